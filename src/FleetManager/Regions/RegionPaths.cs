using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetManager.Regions;

/// <summary>The ways into one region: what its players report, and how the paths stand with what this silo's probes say. The region's grain owns it.</summary>
/// <param name="options">When reports make a path suspected.</param>
/// <param name="time">The clock.</param>
internal sealed class RegionPaths(PathReportOptions options, TimeProvider time)
{
    // Every silo asks each second; all of them within this time get one verdict.
    private static readonly TimeSpan JudgeInterval = TimeSpan.FromMilliseconds(500);

    private readonly PathReports _reports = new(options);
    private IReadOnlyList<PathVerdict> _judged = [];
    private DateTimeOffset _judgedAt;

    /// <summary>Takes a player's report.</summary>
    public void Take(string session, RouteReport report) => _reports.Take(session, report, time.GetUtcNow());

    /// <summary>Forgets what a session's players told.</summary>
    public void Forget(string session) => _reports.Forget(session);

    /// <summary>What the reports say.</summary>
    public IReadOnlyList<PathVerdict> Judge()
    {
        var now = time.GetUtcNow();
        if (now - _judgedAt < JudgeInterval) return _judged;
        (_judged, _judgedAt) = (_reports.Judge(now), now);
        return _judged;
    }

    /// <summary>How each path stands of which anything is known: over UDP, and over TCP where that is probed.</summary>
    public static IReadOnlyList<PathStatus> Statuses(RegionEdge view) =>
    [
        .. Statuses(view, view.Paths.Keys.Union(view.Reported.Keys), GameProtocol.Udp),
        .. Statuses(view.Over(GameProtocol.Tcp), view.TcpPaths.Keys, GameProtocol.Tcp),
    ];

    private static IEnumerable<PathStatus> Statuses(RegionEdge view, IEnumerable<RouteKind> kinds, GameProtocol protocol) =>
        kinds.Order().Select(kind =>
        {
            var (probed, reported) = (view.Paths.GetValueOrDefault(kind), view.Reported.GetValueOrDefault(kind));
            var since = probed is null || probed.State == PathState.Healthy && reported is { IsSuspected: true } ? reported!.Since : probed.Since;
            return new PathStatus(kind, view.StateOf(kind), since) { ObservedAt = probed?.ObservedAt, LossShare = probed?.LossShare ?? 0, Reported = reported, Protocol = protocol };
        });
}
