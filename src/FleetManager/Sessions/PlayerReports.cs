using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetManager.Sessions;

/// <summary>
/// What one session's players tell of their paths: each is who it says it is, and tells no more often than allowed. In memory alone: a
/// session that moves to another silo knows it again with the next reports. The session's grain owns it.
/// </summary>
internal sealed class PlayerReports(JoinTokenIssuer tokens, PathReportOptions options, TimeProvider time)
{
    // No more than the session has players: only they have tokens.
    private readonly Dictionary<string, (RouteKind Current, DateTimeOffset At)> _last = new(StringComparer.Ordinal);

    /// <summary>Whether any has been taken since the last <see cref="Clear"/>.</summary>
    public bool Any => _last.Count > 0;

    /// <summary>Takes a report if it may be taken.</summary>
    public async ValueTask<RouteReportReply> TakeAsync(SessionRecord session, RouteReport report, string joinToken)
    {
        var outcome = await tokens.VerifyAsync(joinToken, session, report.PlayerId, time.GetUtcNow());
        if (outcome != RouteReportOutcome.Taken) return new RouteReportReply(outcome);
        var now = time.GetUtcNow();
        if (_last.TryGetValue(report.PlayerId, out var last) && last.At + options.Interval - now is { Ticks: > 0 } wait) return new RouteReportReply(RouteReportOutcome.TooSoon, wait);
        _last[report.PlayerId] = (report.Current, now);
        return new RouteReportReply(RouteReportOutcome.Taken);
    }

    /// <summary>The kind of route that a player uses, or null when it has not said so lately.</summary>
    public RouteKind? CurrentOf(string player) =>
        _last.TryGetValue(player, out var last) && time.GetUtcNow() - last.At < options.Window ? last.Current : null;

    /// <summary>Forgets all: the session has left its server.</summary>
    public void Clear() => _last.Clear();
}
