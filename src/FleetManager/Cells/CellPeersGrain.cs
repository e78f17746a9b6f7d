using FleetSystem.FleetModel.Cells;
using FleetSystem.FleetModel.Grains;

namespace FleetSystem.FleetManager.Cells;

/// <summary>Keeps in memory what silos tell of the other cells, as long as they go on telling.</summary>
internal sealed class CellPeersGrain(TimeProvider time) : Grain, ICellPeersGrain
{
    /// <summary>Most silos that are listened to; there are a few.</summary>
    internal const int MaxSilos = 64;

    /// <summary>How long a silo's word holds.</summary>
    internal static readonly TimeSpan Life = TimeSpan.FromSeconds(15);

    private readonly SortedDictionary<string, (PeerReport Report, DateTimeOffset At)> _reports = new(StringComparer.Ordinal);

    public Task NotePeers(PeerReport report)
    {
        Forget();
        if (_reports.Count < MaxSilos || _reports.ContainsKey(report.Silo)) _reports[report.Silo] = (report, time.GetUtcNow());
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<PeerReport>> List()
    {
        Forget();
        return Task.FromResult<IReadOnlyList<PeerReport>>([.. _reports.Values.Select(known => known.Report)]);
    }

    private void Forget()
    {
        var now = time.GetUtcNow();
        foreach (var late in _reports.Where(known => now - known.Value.At > Life).Select(known => known.Key).ToList()) _reports.Remove(late);
    }
}
