using System.Collections.Concurrent;
using System.Net;
using FleetSystem.LocalCloud.Hosting;
using Grpc.Core;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FleetSystem.LocalCloud.Sdk;

/// <summary>Serves the Agones SDK for the game servers of the local clusters: each has a sidecar on a port of its own, all share one host.</summary>
internal sealed class SdkServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SdkListener _listener;
    private readonly SdkSidecarOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<int, SdkSidecar> _sidecars = new();

    private SdkServer(SdkSidecarOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options;
        _time = time;
        _logger = loggers.CreateLogger<SdkSidecar>();
        _listener = new SdkListener(loggers);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddEmbeddedLifetime();
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IConnectionListenerFactory>(_listener);
        builder.Services.AddSingleton(this);
        builder.Services.AddSingleton<StableSdkService>();
        builder.Services.AddSingleton<BetaSdkService>();
        builder.Services.AddRouting();
        builder.Services.AddGrpc();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        _app = builder.Build();
        _app.UseRouting();
        _app.MapGrpcService<StableSdkService>();
        _app.MapGrpcService<BetaSdkService>();
    }

    public static async Task<SdkServer> StartAsync(
        SdkSidecarOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var server = new SdkServer(options, time, loggers);
        await server._app.StartAsync(cancellationToken);
        return server;
    }

    /// <summary>Starts a sidecar for a GameServer; disposing it frees its port and ends its streams.</summary>
    public SdkSidecar Add(IGameServerResource gameServer)
    {
        var port = _listener.Open();
        var sidecar = new SdkSidecar(gameServer, port, _options, _time, _logger, Release);
        _sidecars[port] = sidecar;
        return sidecar;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sidecar in _sidecars.Values)
            await sidecar.DisposeAsync();
        await _app.DisposeAsync();
    }

    /// <summary>The sidecar that a call came to.</summary>
    internal SdkSidecar Of(ServerCallContext context) =>
        _sidecars.TryGetValue(context.GetHttpContext().Connection.LocalPort, out var sidecar)
            ? sidecar
            : throw new RpcException(new Status(StatusCode.Unavailable, "the sidecar of this port has ended"));

    private ValueTask Release(SdkSidecar sidecar)
    {
        _listener.Close(sidecar.Port);
        _sidecars.TryRemove(sidecar.Port, out _);
        return ValueTask.CompletedTask;
    }
}
