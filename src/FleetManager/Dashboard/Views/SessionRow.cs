using FleetSystem.FleetManager.Ops;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetManager.Dashboard.Views;

/// <summary>A session in a list.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Fleet">Its fleet.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Severity">Whether that is bad.</param>
/// <param name="Players">Its players, the first few of them.</param>
/// <param name="Place">Where its server is; a dash without one.</param>
/// <param name="CreatedAt">When it was asked for.</param>
public sealed record SessionRow(string Id, string Fleet, SessionState State, Severity Severity, string Players, string Place, DateTimeOffset CreatedAt)
{
    private const int ShownPlayers = 3;

    /// <summary>The row of a session.</summary>
    internal static SessionRow Of(OpsSession session) => new(
        session.Id,
        session.Fleet,
        session.State,
        SeverityOf(session.State),
        string.Join(", ", session.Players.Take(ShownPlayers)) + (session.Players.Count > ShownPlayers ? $" and {session.Players.Count - ShownPlayers} more" : ""),
        session.Server is { } server ? $"{server.Name} in {(server.Zone.Length > 0 ? server.Zone : server.Cluster)}" : "–",
        session.CreatedAt);

    /// <summary>How bad it is to be in a state.</summary>
    public static Severity SeverityOf(SessionState state) => state switch
    {
        SessionState.Failed or SessionState.Lost => Severity.Critical,
        SessionState.Pending => Severity.Warning,
        SessionState.Allocating or SessionState.Allocated => Severity.Notice,
        _ => Severity.Good,
    };
}

/// <summary>A step of a session's history.</summary>
/// <param name="Sequence">Counts the steps.</param>
/// <param name="At">When it came.</param>
/// <param name="After">Time since the step before, in words; null for the first.</param>
/// <param name="Title">What it is, in a word.</param>
/// <param name="Detail">Server and reason, or empty.</param>
/// <param name="Severity">Whether it is bad.</param>
public sealed record TimelineStep(long Sequence, DateTimeOffset At, string? After, string Title, string Detail, Severity Severity)
{
    /// <summary>The steps of a session, oldest first.</summary>
    internal static IReadOnlyList<TimelineStep> Of(OpsSession session)
    {
        var steps = new List<TimelineStep>(session.Events.Count);
        OpsSessionEvent? before = null;
        foreach (var happened in session.Events)
        {
            steps.Add(new TimelineStep(
                happened.Sequence,
                happened.At,
                before is null ? null : Since(happened.At - before.At),
                TitleOf(happened, before),
                string.Join(" · ", new[] { happened.State is SessionState.Allocated or SessionState.Playable or SessionState.Lost ? happened.Server : null, happened.Reason }.Where(text => !string.IsNullOrEmpty(text))),
                SessionRow.SeverityOf(happened.State)));
            before = happened;
        }

        return steps;
    }

    private static string TitleOf(OpsSessionEvent happened, OpsSessionEvent? before) => happened.State switch
    {
        SessionState.Pending => "queued",
        SessionState.Allocating when before?.State == SessionState.Lost => "being replaced",
        SessionState.Allocating => "allocating",
        SessionState.Allocated when happened.Incarnation > 1 => "replaced",
        SessionState.Lost when happened.Reason?.StartsWith("moved by ", StringComparison.Ordinal) == true => "moved away",
        SessionState.Lost => "server lost",
        _ => happened.State.ToString().ToLowerInvariant(),
    };

    private static string Since(TimeSpan span) => span.TotalMinutes < 1 ? Words.Duration(span.TotalSeconds) : Words.Age(span);
}
