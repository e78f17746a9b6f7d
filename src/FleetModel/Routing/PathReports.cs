namespace FleetSystem.FleetModel.Routing;

/// <summary>
/// What the players of a region say of its paths: the newest report of each player, as long as it counts. Pure: time is given, and the same
/// reports give the same verdicts. One owner calls it.
/// </summary>
/// <param name="options">When a path is suspected, and what is kept.</param>
public sealed class PathReports(PathReportOptions options)
{
    private static readonly RouteKind[] Kinds = Enum.GetValues<RouteKind>();

    private readonly LinkedList<Entry> _oldestFirst = [];
    private readonly Dictionary<string, LinkedListNode<Entry>> _byPlayer = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<LinkedListNode<Entry>>> _bySession = new(StringComparer.Ordinal);
    private readonly Dictionary<RouteKind, DateTimeOffset> _suspectedSince = [];
    private readonly Dictionary<RouteKind, DateTimeOffset> _clearedSince = [];

    /// <summary>Players whose report is kept, at most <see cref="PathReportOptions.MaxPlayers"/>.</summary>
    public int Count => _byPlayer.Count;

    /// <summary>Takes a player's report in place of the earlier one, which may have come from another session.</summary>
    public void Take(string session, RouteReport report, DateTimeOffset now)
    {
        if (_byPlayer.TryGetValue(report.PlayerId, out var before)) Remove(before);
        Expire(now);
        if (_byPlayer.Count >= options.MaxPlayers) Remove(_oldestFirst.First!);
        var entry = _oldestFirst.AddLast(new Entry(session, report, now));
        _byPlayer.Add(report.PlayerId, entry);
        if (!_bySession.TryGetValue(session, out var members)) _bySession.Add(session, members = []);
        members.Add(entry);
    }

    /// <summary>Forgets what a session's players told: its server is gone, and their paths with it.</summary>
    public void Forget(string session)
    {
        if (!_bySession.TryGetValue(session, out var members)) return;
        foreach (var entry in members.ToList()) Remove(entry);
    }

    /// <summary>What the reports that still count say, a verdict for each kind that any of them tells of.</summary>
    public IReadOnlyList<PathVerdict> Judge(DateTimeOffset now)
    {
        Expire(now);
        var verdicts = new List<PathVerdict>(Kinds.Length);
        foreach (var kind in Kinds)
        {
            if (Judge(kind, now) is { } verdict) verdicts.Add(verdict);
        }

        return verdicts;
    }

    private PathVerdict? Judge(RouteKind kind, DateTimeOffset now)
    {
        var (players, sessions, failedPlayers, failedSessions, users) = (0, 0, 0, 0, 0);
        var (lost, sent, shares) = (0L, 0L, 0d);
        var newest = DateTimeOffset.MinValue;
        foreach (var members in _bySession.Values)
        {
            var (told, failed) = (0, 0);
            foreach (var entry in members)
            {
                if (entry.Value.Report.Current == kind) users++;
                if (entry.Value.Report.Paths.FirstOrDefault(path => path.Kind == kind) is not { } path) continue;
                told++;
                if (path.State == PathState.Down) failed++;
                (lost, sent) = (lost + path.Lost, sent + path.Sent);
                if (entry.Value.At > newest) newest = entry.Value.At;
            }

            if (told == 0) continue;
            sessions++;
            players += told;
            failedPlayers += failed;
            if (failed > 0) failedSessions++;
            shares += (double)failed / told;
        }

        var share = sessions == 0 ? 0 : shares / sessions;
        var limit = _suspectedSince.ContainsKey(kind) ? options.ClearedShare : options.SuspectedShare;
        var isSuspected = failedPlayers >= options.MinPlayers && failedSessions >= options.MinSessions && share >= limit;
        var since = Since(kind, isSuspected, now);
        return players == 0 ? null : new PathVerdict(kind, isSuspected, since, players, failedPlayers, share, sent == 0 ? 0 : (double)lost / sent, users, newest, newest + options.Window);
    }

    private DateTimeOffset Since(RouteKind kind, bool isSuspected, DateTimeOffset now)
    {
        var (entered, left) = isSuspected ? (_suspectedSince, _clearedSince) : (_clearedSince, _suspectedSince);
        left.Remove(kind);
        entered.TryAdd(kind, now);
        return entered[kind];
    }

    private void Expire(DateTimeOffset now)
    {
        while (_oldestFirst.First is { } oldest && now - oldest.Value.At >= options.Window) Remove(oldest);
    }

    private void Remove(LinkedListNode<Entry> entry)
    {
        _oldestFirst.Remove(entry);
        _byPlayer.Remove(entry.Value.Report.PlayerId);
        var members = _bySession[entry.Value.Session];
        members.Remove(entry);
        if (members.Count == 0) _bySession.Remove(entry.Value.Session);
    }

    private readonly record struct Entry(string Session, RouteReport Report, DateTimeOffset At);
}
