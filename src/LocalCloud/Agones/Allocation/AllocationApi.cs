using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones.Allocation;

/// <summary>The aggregated API <c>allocation.agones.dev/v1</c>: one resource that can only be created.</summary>
/// <param name="allocator">Claims the servers.</param>
/// <param name="time">The clock.</param>
/// <param name="delay">How long an allocation waits for its batch; zero for none.</param>
internal sealed class AllocationApi(GameServerAllocator allocator, TimeProvider time, TimeSpan delay)
{
    private const string Group = "allocation.agones.dev";
    private const string Version = "v1";
    private const string Plural = "gameserverallocations";

    public ApiExtension Extension => new(Group, Version, Plural, Describe, HandleAsync);

    private static JsonObject Describe() => new()
    {
        ["name"] = Plural,
        ["singularName"] = "gameserverallocation",
        ["namespaced"] = true,
        ["kind"] = "GameServerAllocation",
        ["verbs"] = new JsonArray("create"),
        ["shortNames"] = new JsonArray("gsa"),
    };

    private async Task HandleAsync(HttpContext context, ApiRequest request)
    {
        if (request.Namespace is null || request.Name is not null) throw ApiException.NoSuchResource();
        if (request.Verb != "create")
        {
            await ApiResponse.WriteTextAsync(context.Response, 405, "Method not supported\n");
            return;
        }

        try
        {
            if (context.Request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
            {
                throw new AllocationDecodeException("Could not find deserializer");
            }

            var body = await ApiBody.ReadAsync(context.Request);
            var allocation = AllocationRequest.Read(body.Span, request.Namespace);
            // Not with the request's token: a client that has gone does not take its allocation back.
            if (delay > TimeSpan.Zero) await Task.Delay(delay, time, CancellationToken.None);
            await ApiResponse.WriteAsync(context.Response, 201, Answer(allocation, allocator.Allocate(allocation)));
        }
        catch (AllocationDecodeException unreadable)
        {
            await ApiResponse.WriteTextAsync(context.Response, 500, unreadable.Message + "\n");
        }
    }

    private JsonObject Answer(AllocationRequest request, StoredObject? server)
    {
        var metadata = new JsonObject();
        if (server is not null) metadata["name"] = server.Name;
        metadata["namespace"] = request.Namespace;
        metadata["creationTimestamp"] = Rfc3339.Seconds(time.GetUtcNow());
        return new JsonObject
        {
            ["kind"] = "GameServerAllocation",
            ["apiVersion"] = $"{Group}/{Version}",
            ["metadata"] = metadata,
            ["spec"] = request.Spec,
            ["status"] = server is null ? Unallocated() : Allocated(server.ToJson()),
        };
    }

    private static JsonObject Unallocated() => new() { ["state"] = "UnAllocated", ["gameServerName"] = "", ["source"] = "" };

    private static JsonObject Allocated(JsonObject server)
    {
        var metadata = server.Child("metadata")!;
        var status = server.Child("status")!;
        var answer = new JsonObject
        {
            ["state"] = GameServerState.Allocated,
            ["gameServerName"] = metadata.Text("name"),
            ["ports"] = status["ports"]?.DeepClone(),
            ["address"] = status.Text("address"),
            ["addresses"] = status["addresses"]?.DeepClone(),
            ["nodeName"] = status.Text("nodeName"),
            ["source"] = "local",
            ["metadata"] = new JsonObject
            {
                ["labels"] = metadata["labels"]?.DeepClone(),
                ["annotations"] = metadata["annotations"]?.DeepClone(),
            },
        };
        if (status.Child("counters") is { } counters) answer["counters"] = counters.DeepClone();
        if (status.Child("lists") is { } lists) answer["lists"] = lists.DeepClone();
        return answer;
    }
}
