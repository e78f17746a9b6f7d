using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Net.Http.Headers;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>The verbs of one resource over HTTP.</summary>
internal sealed class ResourceHandler(
    ObjectStore store, ResourceOperations operations, ListPager pager, WatchHandler watches, TimeProvider time)
{
    // A list that asks for a version of the future is held this long for it to come.
    private static readonly TimeSpan FutureVersionWait = TimeSpan.FromSeconds(3);

    public Task HandleAsync(HttpContext context, ResourceKind kind, ApiRequest request)
    {
        if (request.Subresource is not null && !Serves(kind, request.Subresource))
        {
            throw request.Name is null ? ApiException.NoSuchResource() : ApiException.NotFound(kind, request.Name);
        }

        return request switch
        {
            { Verb: "list" } => ListAsync(context, kind, request),
            { Verb: "watch" } => watches.ServeAsync(context, kind, request.Namespace, ListQuery.Read(context.Request.Query)),
            { Verb: "create", Name: null } when !kind.Namespaced || request.Namespace is not null => CreateAsync(context, kind, request),
            { Verb: "deletecollection" } when !kind.Namespaced || request.Namespace is not null => DeleteCollectionAsync(context, kind, request),
            { Subresource: "scale" } => ScaleAsync(context, kind, request),
            { Verb: "get" } => ApiResponse.WriteAsync(context.Response, 200, operations.Get(kind, request.Namespace, request.Name!).Utf8),
            { Verb: "update", Name: not null } => UpdateAsync(context, kind, request),
            { Verb: "patch", Name: not null } => PatchAsync(context, kind, request),
            { Verb: "delete", Subresource: null } => DeleteAsync(context, kind, request),
            _ => throw ApiException.MethodNotAllowed(),
        };
    }

    private static bool Serves(ResourceKind kind, string subresource) => subresource switch
    {
        "status" => kind.StatusSubresource,
        "scale" => kind.ScaleProperty is not null,
        _ => false,
    };

    private async Task ListAsync(HttpContext context, ResourceKind kind, ApiRequest request)
    {
        var query = ListQuery.Read(context.Request.Query);
        if (query.ResourceVersion is { } version && version > store.ResourceVersion) await WaitForAsync(kind, version, context.RequestAborted);
        await ApiResponse.WriteListAsync(context.Response, kind, pager.List(kind, request.Namespace, query));
    }

    private async Task WaitForAsync(ResourceKind kind, long version, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(FutureVersionWait, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var watch = store.Watch(kind, out _);
        try
        {
            while (store.ResourceVersion < version) await watch.WaitAsync(ending.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw ApiException.VersionTooLarge(version, store.ResourceVersion);
        }
    }

    private async Task CreateAsync(HttpContext context, ResourceKind kind, ApiRequest request)
    {
        var body = await ReadObjectAsync(context.Request, kind);
        await ApiResponse.WriteAsync(context.Response, 201, operations.Create(kind, request.Namespace, body).Utf8);
    }

    private async Task UpdateAsync(HttpContext context, ResourceKind kind, ApiRequest request)
    {
        var body = await ReadObjectAsync(context.Request, kind);
        var stored = operations.Replace(kind, request.Namespace, request.Name!, request.Subresource, body);
        await ApiResponse.WriteAsync(context.Response, 200, stored.Utf8);
    }

    private async Task PatchAsync(HttpContext context, ResourceKind kind, ApiRequest request)
    {
        var patch = await ReadPatchAsync(context.Request, kind);
        var stored = operations.Patch(kind, request.Namespace, request.Name!, request.Subresource, patch);
        await ApiResponse.WriteAsync(context.Response, 200, stored.Utf8);
    }

    private async Task ScaleAsync(HttpContext context, ResourceKind kind, ApiRequest request)
    {
        var stored = request.Verb switch
        {
            "get" => operations.Get(kind, request.Namespace, request.Name!),
            "patch" => await PatchScaleAsync(context.Request, kind, request),
            "update" => await UpdateScaleAsync(context.Request, kind, request),
            _ => throw ApiException.MethodNotAllowed(),
        };
        await ApiResponse.WriteAsync(context.Response, 200, ResourceOperations.ReadScale(stored));
    }

    private async Task<StoredObject> PatchScaleAsync(HttpRequest request, ResourceKind kind, ApiRequest target)
    {
        var patch = await ReadPatchAsync(request, kind);
        return operations.ChangeScale(kind, target.Namespace, target.Name!, patch);
    }

    private async Task<StoredObject> UpdateScaleAsync(HttpRequest request, ResourceKind kind, ApiRequest target)
    {
        var scale = await ReadObjectAsync(request, kind);
        return operations.ChangeScale(kind, target.Namespace, target.Name!, _ => scale);
    }

    private async Task DeleteAsync(HttpContext context, ResourceKind kind, ApiRequest request)
    {
        var options = await ReadDeletionAsync(context.Request, kind);
        var deletion = operations.Delete(kind, request.Namespace, request.Name!, options);
        // What goes at once is confirmed, what lingers is shown; a Pod is shown either way.
        if (!deletion.Removed || !kind.Custom) await ApiResponse.WriteAsync(context.Response, 200, deletion.Object.Utf8);
        else await ApiResponse.WriteAsync(context.Response, 200, Success(deletion.Object));
    }

    private async Task DeleteCollectionAsync(HttpContext context, ResourceKind kind, ApiRequest request)
    {
        var options = await ReadDeletionAsync(context.Request, kind);
        var page = pager.List(kind, request.Namespace, ListQuery.Read(context.Request.Query));
        foreach (var stored in page.Items) store.Delete(kind, stored.Key, options with { Uid = null, ResourceVersion = null });
        await ApiResponse.WriteListAsync(context.Response, kind, page);
    }

    private static JsonObject Success(StoredObject stored) => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Success",
        ["details"] = new JsonObject
        {
            ["name"] = stored.Name,
            ["group"] = stored.Kind.Group,
            ["kind"] = stored.Kind.Plural,
            ["uid"] = stored.Uid,
        },
    };

    private static async Task<JsonObject> ReadObjectAsync(HttpRequest request, ResourceKind kind)
    {
        if (MediaTypeOf(request) is not (null or "application/json"))
        {
            throw ApiException.UnsupportedMediaType(["application/json"]);
        }

        return await ReadJsonAsync(request, kind) as JsonObject
            ?? throw ApiException.BadRequest($"the object provided is unrecognized (must be of type {kind.Kind}): it is no JSON object");
    }

    private static async Task<Func<JsonObject, JsonObject>> ReadPatchAsync(HttpRequest request, ResourceKind kind)
    {
        // The media type is judged before the body is.
        var mediaType = MediaTypeOf(request);
        if (mediaType is not (PatchBody.Json or PatchBody.Merge or PatchBody.Strategic)) return PatchBody.Read(kind, mediaType, null);
        return PatchBody.Read(kind, mediaType, await ReadJsonAsync(request, kind));
    }

    private static async Task<DeletionOptions> ReadDeletionAsync(HttpRequest request, ResourceKind kind)
    {
        long? grace = long.TryParse(request.Query["gracePeriodSeconds"], out var seconds) ? seconds : null;
        if (request.ContentLength is null or 0 && !request.Headers.ContainsKey(HeaderNames.TransferEncoding)) return new DeletionOptions(grace);
        var body = await ReadJsonAsync(request, kind) as JsonObject;
        var preconditions = body.Child("preconditions");
        return new DeletionOptions(body.Integer("gracePeriodSeconds") ?? grace, preconditions.Text("uid"), preconditions.Text("resourceVersion"));
    }

    private static async Task<JsonNode?> ReadJsonAsync(HttpRequest request, ResourceKind kind)
    {
        var bytes = await ApiBody.ReadAsync(request);
        try
        {
            return bytes.Length == 0 ? null : JsonNodes.ParseStrict(bytes.Span);
        }
        catch (JsonException exception)
        {
            throw ApiException.BadRequest($"the object provided is unrecognized (must be of type {kind.Kind}): couldn't get version/kind; json parse error: {exception.Message}");
        }
    }

    private static string? MediaTypeOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed.MediaType.Value!.ToLowerInvariant() : request.ContentType;
}
