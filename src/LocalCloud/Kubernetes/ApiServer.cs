using System.Net;
using FleetSystem.LocalCloud.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>
/// The API of one cluster on one endpoint. Stopping it closes the port, as a dead API server does; started again it has the port it had,
/// and the store goes on meanwhile.
/// </summary>
internal sealed partial class ApiServer(
    ObjectStore store,
    ResourceCatalog catalog,
    IReadOnlyList<ApiExtension> extensions,
    IPEndPoint endpoint,
    string? token,
    TimeProvider time,
    ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMilliseconds(500);

    private readonly ApiDiscovery _discovery = new(catalog, extensions);
    private readonly TokenAuthenticator _authenticator = new(token);
    private readonly ListPager _pager = new(store, time);
    private readonly SemaphoreSlim _switch = new(1);
    private WebApplication? _app;
    private CancellationTokenSource? _stopping;
    private ResourceHandler? _resources;
    private IPEndPoint _endpoint = endpoint;

    public ApiFaults Faults { get; } = new();

    public ResourceOperations Operations { get; } = new(store);

    /// <summary>Called for each request that reaches the API, faults included: what do clients really call?</summary>
    public Action<ApiRequest>? OnRequest { get; set; }

    /// <summary>The endpoint; its port is known once the server has started.</summary>
    public IPEndPoint Endpoint => _endpoint;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _switch.WaitAsync(cancellationToken);
        try
        {
            if (_app is not null) return;
            _stopping = new CancellationTokenSource();
            _resources = new ResourceHandler(store, Operations, _pager, new WatchHandler(store, Faults, time, _stopping.Token), time);
            var app = Build();
            try
            {
                await app.StartAsync(cancellationToken);
            }
            catch
            {
                await app.DisposeAsync();
                throw;
            }

            _app = app;
            var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            _endpoint = new IPEndPoint(_endpoint.Address, new Uri(address).Port);
        }
        finally
        {
            _switch.Release();
        }
    }

    /// <summary>Closes the port and breaks every connection.</summary>
    public async Task StopAsync()
    {
        await _switch.WaitAsync();
        try
        {
            if (_app is null) return;
            await _stopping!.CancelAsync();
            await _app.StopAsync();
            await _app.DisposeAsync();
            _app = null;
            _stopping.Dispose();
        }
        finally
        {
            _switch.Release();
        }
    }

    /// <summary>Forgets what a restarted API server has forgotten: watches and pages that resume are told 410.</summary>
    public void ForgetHistory()
    {
        store.ForgetHistory();
        _pager.Forget();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Faults.Dispose();
        _switch.Dispose();
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddEmbeddedLifetime();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // ApiBody answers with a Status; Kestrel's own limit only stops what is far beyond.
            kestrel.Limits.MaxRequestBodySize = 2L * ApiBody.SizeLimit;
            kestrel.Listen(_endpoint, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopTimeout);
        var app = builder.Build();
        app.Run(HandleAsync);
        return app;
    }

    private async Task HandleAsync(HttpContext context)
    {
        try
        {
            var after = await DispatchAsync(context);
            if (after == ApiFaultKind.BreakAfter) context.Abort();
        }
        catch (ApiException refusal) when (!context.Response.HasStarted)
        {
            await ApiResponse.WriteAsync(context.Response, refusal);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; there is nobody to answer.
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException malformed) when (!context.Response.HasStarted)
        {
            await ApiResponse.WriteAsync(context.Response, new ApiException(malformed.StatusCode, "BadRequest", malformed.Message));
        }
        catch (Exception exception) when (exception is not IOException)
        {
            LogFailed(logger, context.Request.Method, context.Request.Path, exception);
            if (context.Response.HasStarted) context.Abort();
            else await ApiResponse.WriteAsync(context.Response, new ApiException(500, "InternalError", $"Internal error occurred: {exception.Message}"));
        }
    }

    private async Task<ApiFaultKind> DispatchAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var request = ApiRequest.Read(context.Request);
        if (request is not null) OnRequest?.Invoke(request);
        var fault = await Faults.BeforeAsync(request, time, context.RequestAborted);
        if (fault == ApiFaultKind.BreakBefore)
        {
            context.Abort();
            return fault;
        }

        if (fault == ApiFaultKind.BreakAfter) context.Response.Body = Stream.Null;
        if (path is "/healthz" or "/livez" or "/readyz")
        {
            await ApiResponse.WriteTextAsync(context.Response, 200, "ok");
            return fault;
        }

        if (path != "/version") _authenticator.Check(context.Request, request);
        if (context.Request.Method is "GET" && _discovery.Answer(path, _endpoint.ToString()) is { } discovered)
        {
            await ApiResponse.WriteAsync(context.Response, 200, discovered);
            return fault;
        }

        if (request is null)
        {
            await ApiResponse.WriteTextAsync(context.Response, 404, "404 page not found\n");
            return fault;
        }

        await ServeAsync(context, request);
        return fault;
    }

    private Task ServeAsync(HttpContext context, ApiRequest request)
    {
        foreach (var extension in extensions)
        {
            if (extension.Group == request.Group && extension.Version == request.Version && extension.Plural == request.Resource)
            {
                return extension.HandleAsync(context, request);
            }
        }

        if (catalog.Find(request.Group, request.Version, request.Resource) is not { } kind)
        {
            return catalog.Groups.Contains((request.Group, request.Version))
                ? throw ApiException.NoSuchResource()
                : ApiResponse.WriteTextAsync(context.Response, 404, "404 page not found\n");
        }

        if (!AcceptsJson(context.Request)) throw ApiException.NotAcceptable();
        return _resources!.HandleAsync(context, kind, request);
    }

    private static bool AcceptsJson(HttpRequest request)
    {
        var accept = request.Headers.Accept.ToString();
        return accept.Length == 0 || accept.Contains("application/json", StringComparison.OrdinalIgnoreCase)
            || accept.Contains("*/*", StringComparison.Ordinal) || accept.Contains("application/*", StringComparison.Ordinal);
    }

    [LoggerMessage(LogLevel.Error, "The Kubernetes API failed to answer {Method} {Path}.")]
    private static partial void LogFailed(ILogger logger, string method, string path, Exception exception);
}
