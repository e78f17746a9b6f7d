using System.Security.Cryptography;
using FleetSystem.FleetModel.Cells;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.Matchmaker.Api;
using FleetSystem.SiloHost.Tls;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace FleetSystem.Matchmaker.Cells;

/// <summary>
/// What this silo knows of all cells: asked for in the background, so that no request waits for it. Does nothing where there are neither peers
/// nor an address for them.
/// </summary>
internal sealed partial class CellDirectory(
    IGrainFactory grains, IOptions<FleetSystemOptions> system, IOptions<MatchmakerOptions> options, CellMetrics metrics, IOptions<SiloOptions> silo, TimeProvider time, ILoggerFactory logs) : IHostedLifecycleService, IAsyncDisposable
{
    // What is told is forgotten after three times as long.
    private static readonly TimeSpan TellInterval = TimeSpan.FromSeconds(5);

    private readonly ILogger _log = logs.CreateLogger<CellDirectory>();
    private IReadOnlyList<CellPeer> _peers = [];
    private readonly CancellationTokenSource _stopping = new();
    private Task _refreshing = Task.CompletedTask;
    private int _disposed;
    private volatile CellSnapshot? _own;

    /// <summary>Certificates of this cell; null where it has no peers.</summary>
    public TlsCertificates? Certificates { get; private set; }

    /// <summary>This cell, as its peers are told.</summary>
    public CellSnapshot Own => _own ?? CellMessages.Of(system.Value, [], time.GetUtcNow());

    /// <summary>The peers.</summary>
    public IReadOnlyList<CellPeer> Peers => _peers;

    /// <summary>What is known of the peers.</summary>
    public OtherCells Others => new(
        [.. _peers.Select(peer => peer.Snapshot).OfType<CellSnapshot>()],
        _peers.Where(peer => peer.IsAway || time.GetUtcNow() - peer.Snapshot?.ObservedAt > Options.SnapshotMaxAge).Select(peer => peer.Cell).ToHashSet(StringComparer.Ordinal),
        _peers.All(peer => peer.Snapshot is not null));

    /// <summary>Regions of peers that a request may name, whether or not they can be reached now.</summary>
    public OtherRegions Regions => new(
        _peers.SelectMany(peer => peer.Snapshot?.Regions ?? []).DistinctBy(region => region.Id).ToDictionary(region => region.Id, region => region.Zones),
        _peers.All(peer => peer.Snapshot is not null));

    private CellsOptions Options => options.Value.Cells;

    /// <summary>A peer by its name, or null.</summary>
    public CellPeer? Find(string cell) => _peers.FirstOrDefault(peer => peer.Cell == cell);

    /// <summary>Before anything is served: a request must find the peers.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (Options.Url.Length > 0 || Options.Peers.Count > 0)
        {
            Certificates = LoadCertificates();
            _peers = [.. Options.Peers.Select((peer, index) => new CellPeer(peer, Options, Certificates, index, metrics, time, logs.CreateLogger<CellPeer>()))];
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The silo runs: now there is something to tell.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (Certificates is not null)
            _refreshing = Task.WhenAll(_peers.Select(peer => AgainAsync(() => peer.RefreshAsync(_stopping.Token))).Append(AgainAsync(RefreshOwnAsync)).Append(AgainAsync(TellAsync, TellInterval)));
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _refreshing;
    }

    public async ValueTask DisposeAsync()
    {
        // The container knows it twice, as itself and as a hosted service.
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _stopping.CancelAsync();
        await _refreshing;
        _stopping.Dispose();
        foreach (var peer in _peers) await peer.DisposeAsync();
        Certificates?.Dispose();
    }

    private async Task AgainAsync(Func<Task> refresh, TimeSpan? most = null)
    {
        var stopping = _stopping.Token;
        using var timer = new PeriodicTimer(most < Options.ExchangeInterval ? most.Value : Options.ExchangeInterval, time);
        try
        {
            do
            {
                try
                {
                    await refresh();
                }
                catch (Exception fault)
                {
                    if (stopping.IsCancellationRequested) return;
                    LogRefreshFailed(_log, fault);
                }
            }
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private async Task RefreshOwnAsync() =>
        _own = CellMessages.Of(system.Value, await grains.GetGrain<IRegionDirectoryGrain>(0).List(), time.GetUtcNow());

    /// <summary>Who looks after this cell is to see what its silos see of the others.</summary>
    private Task TellAsync() =>
        _peers.Count == 0 ? Task.CompletedTask : grains.GetGrain<ICellPeersGrain>(0).NotePeers(new PeerReport(silo.Value.SiloName, [.. _peers.Select(peer => peer.Standing)]));

    private TlsCertificates LoadCertificates()
    {
        var tls = Options.Tls;
        try
        {
            return new TlsCertificates(new CertificateFiles(tls.CertificateFile, tls.KeyFile, tls.AuthorityDirectory, tls.ReloadInterval), "the cell", time, logs.CreateLogger<TlsCertificates>());
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new OptionsValidationException(
                nameof(MatchmakerOptions), typeof(MatchmakerOptions), [$"{MatchmakerOptions.Section}:Cells:Tls has files that hold no certificate with its key: {fault.Message}"]);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What a cell has could not be asked for; what is known stays until it is too old")]
    private static partial void LogRefreshFailed(ILogger logger, Exception fault);
}
