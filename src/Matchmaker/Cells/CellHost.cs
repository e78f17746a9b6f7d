using System.Security.Cryptography.X509Certificates;
using FleetSystem.Matchmaker.Allocator;
using FleetSystem.Matchmaker.Api;
using FleetSystem.Matchmaker.Grpc;
using FleetSystem.SiloHost.Health;
using FleetSystem.SiloHost.Listening;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Cells;

/// <summary>
/// Serves this cell's sessions to its peers, in a server of its own within this process: only who shows a peer's certificate gets in, and players
/// do not. Starts once the silo runs, and serves until requests that are under way have ended.
/// </summary>
internal sealed class CellHost(
    IOptions<MatchmakerOptions> options, CellDirectory cells, PeerSessions sessions, HostDrain drain, TimeProvider time, ILoggerFactory logs) : IHostedLifecycleService, IAsyncDisposable
{
    private WebApplication? _app;

    /// <summary>What is listened on; empty where this cell has no peers.</summary>
    public IReadOnlyList<string> Addresses =>
        _app is null ? [] : [.. _app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses];

    private CellsOptions Options => options.Value.Cells;

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (Options.Url.Length == 0) return;
        _app = Build();
        await _app.StartAsync(cancellationToken);
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (_app is not null) await _app.StopAsync(cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel =>
        {
            ListenerLimits.Set(kestrel);
            kestrel.Listen(AllocatorOptions.EndPoint(Options.Url)!, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(cells.Certificates!.ForServer(IsPeer)) });
            });
        });
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(cells);
        builder.Services.AddSingleton(drain);
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton<ISessionOperations>(sessions);
        builder.Services.AddSingleton<EventFeed>();
        builder.Services.AddSingleton<CallerSessions>();
        builder.Services.AddSingleton<FaultInterceptor>();
        builder.Services.AddRouting();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = GrpcSetup.MaxMessageBytes;
            grpc.Interceptors.Add<FaultInterceptor>();
        });
        var app = builder.Build();
        app.UseCutOff();
        app.UseRouting();
        app.MapGrpcService<PeerSessionsService>();
        app.MapGrpcService<PeerCellsService>();
        return app;
    }

    private bool IsPeer(X509Certificate2 client) => Options.Peers.Any(peer => client.MatchesHostname(peer.Cell, allowWildcards: false, allowCommonName: false));
}
