using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.Simulation.Tests.Engine;

namespace FleetSystem.Simulation.Tests;

/// <summary>
/// What must hold at every step, checked where things become true: in the store, in the cluster, at the caller. It remembers by itself and
/// believes nothing that the code under test says of itself.
/// </summary>
internal sealed class Invariants(VirtualTime time, Journal journal, Faults faults, Func<string, string, GameServerSnapshot?> find)
{
    // A list of the session's servers that was under way when one was allocated, and what follows from it.
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(6);

    private readonly Dictionary<string, SessionRecord> _stored = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Cluster, string Server), string> _holders = [];
    private readonly Dictionary<(string Session, int Incarnation), List<(string Cluster, string Server, TimeSpan At)>> _claims = [];
    private readonly Dictionary<string, long> _answered = new(StringComparer.Ordinal);

    /// <summary>Each session's record as the store has it.</summary>
    public IReadOnlyDictionary<string, SessionRecord> Stored => _stored;

    /// <summary>Servers that were claimed for an incarnation of a session while it had another.</summary>
    public int SurplusClaims { get; private set; }

    /// <summary>A session was written.</summary>
    public void OnStored(SessionRecord next)
    {
        var before = _stored.GetValueOrDefault(next.Id);
        if (before is { IsClosed: true }) journal.Break($"Session {next.Id} was {before.State}, which is final, and is stored as {next.State}.");
        CheckHistory(before, next);
        if (next.Incarnation - (before?.Incarnation ?? 1) is not (0 or 1))
            journal.Break($"Session {next.Id} went from incarnation {before?.Incarnation ?? 1} to {next.Incarnation}.");
        if (before is { HoldsServer: true, Server: { } held })
        {
            if (next is { HoldsServer: true, Server: { } other } && (other.Cluster, other.Name) != (held.Cluster, held.Name))
                journal.Break($"Session {next.Id} held server {held.Name} and is stored with {other.Name}, and never lost the first.");
            _holders.Remove((held.Cluster, held.Name));
        }

        if (next is { HoldsServer: true, Server: { } server })
        {
            if (!_claims.TryGetValue((next.Id, next.Incarnation), out var claimed) || !claimed.Exists(claim => (claim.Cluster, claim.Server) == (server.Cluster, server.Name)))
                journal.Break($"Session {next.Id} is stored with server {server.Name} of {server.Cluster}, which was never claimed for its incarnation {next.Incarnation}.");
            if (!_holders.TryAdd((server.Cluster, server.Name), next.Id))
                journal.Break($"Server {server.Name} of {server.Cluster} has two sessions: {_holders[(server.Cluster, server.Name)]} and {next.Id}.");
        }

        _stored[next.Id] = next;
    }

    /// <summary>
    /// A server is asked for. Whoever asks for an incarnation again has looked for its tag before: one that has been there for longer than a look
    /// may take was not looked for.
    /// </summary>
    public void OnAsked(string session, int incarnation)
    {
        if (!_claims.TryGetValue((session, incarnation), out var claimed)) return;
        foreach (var (cluster, server, at) in claimed)
        {
            if (time.Elapsed - at > LongestLook && find(cluster, server) is { IsGone: false })
                journal.Break($"A server is asked for for incarnation {incarnation} of session {session}, which has {server} of {cluster} since {(time.Elapsed - at).TotalSeconds:0.0} s.");
        }
    }

    /// <summary>Agones has allocated a server.</summary>
    public void OnClaimed(string cluster, string server, SessionTag tag)
    {
        if (_stored.GetValueOrDefault(tag.Session) is not { } session || session.Incarnation < tag.Incarnation)
            journal.Break($"Server {server} of {cluster} was allocated for incarnation {tag.Incarnation} of session {tag.Session}, and the store knows nothing of that.");
        if (!_claims.TryGetValue((tag.Session, tag.Incarnation), out var claimed)) _claims[(tag.Session, tag.Incarnation)] = claimed = [];
        if (claimed.Any(earlier => find(earlier.Cluster, earlier.Server) is { IsGone: false }))
        {
            SurplusClaims++;
            if (faults.ClaimsAreUnique) journal.Break($"Server {server} of {cluster} was allocated for incarnation {tag.Incarnation} of session {tag.Session}, which has {string.Join(", ", claimed.Select(earlier => earlier.Server))}.");
        }

        claimed.Add((cluster, server, time.Elapsed));
    }

    /// <summary>How many answers about a session its caller has had, to be handed in with the next.</summary>
    public long Seen(string session) => _answered.GetValueOrDefault(session);

    /// <summary>A caller got a session as an answer.</summary>
    /// <param name="view">The answer.</param>
    /// <param name="seenBefore">What had been answered of the session when the question was asked.</param>
    public void OnAnswered(SessionView view, long seenBefore)
    {
        var session = view.Session;
        if (_stored.GetValueOrDefault(session.Id) is not { } stored || stored.LastSequence < session.LastSequence)
            journal.Break($"Session {session.Id} was answered as {session.State} #{session.LastSequence}, which is not in the store.");
        else if (stored.Events.FirstOrDefault(happened => happened.Sequence == session.LastSequence) is { } happened && happened != session.Events[^1])
            journal.Break($"Session {session.Id} was answered with event #{session.LastSequence} {session.Events[^1].State}, and the store has {happened.State} there.");
        if (session.LastSequence < seenBefore)
            journal.Break($"Session {session.Id} was answered up to event #{seenBefore} before, and later only up to #{session.LastSequence}.");
        if (session.HoldsServer != view.Connections.Count > 0) journal.Break($"Session {session.Id} is {session.State} and has {view.Connections.Count} connections.");
        _answered[session.Id] = Math.Max(Seen(session.Id), session.LastSequence);
    }

    /// <summary>A request was answered for good; it must not have taken longer than it may.</summary>
    public void OnDefiniteAnswer(string session, TimeSpan asked, TimeSpan allowed)
    {
        var took = time.Elapsed - asked;
        LongestOverrun = took - allowed > LongestOverrun ? took - allowed : LongestOverrun;
        if (took > allowed) journal.Break($"Session {session} was answered after {took.TotalSeconds:0.0} s; {allowed.TotalSeconds:0.0} s are allowed.");
    }

    /// <summary>How close an answer came to its limit: below zero while all were in time.</summary>
    public TimeSpan LongestOverrun { get; private set; } = TimeSpan.MinValue;

    private void CheckHistory(SessionRecord? before, SessionRecord next)
    {
        for (var i = 1; i < next.Events.Count; i++)
        {
            if (next.Events[i].Sequence != next.Events[i - 1].Sequence + 1) journal.Break($"The events of session {next.Id} have a gap after #{next.Events[i - 1].Sequence}.");
        }

        if (before is null)
        {
            if (next.Events[0].Sequence != 1) journal.Break($"The first event of session {next.Id} is #{next.Events[0].Sequence}.");
            return;
        }

        if (next.LastSequence <= before.LastSequence || next.Events[0].Sequence > before.LastSequence + 1)
            journal.Break($"Session {next.Id} had events up to #{before.LastSequence} and is stored with #{next.Events[0].Sequence} to #{next.LastSequence}.");
        var known = next.Events.ToDictionary(happened => happened.Sequence);
        foreach (var happened in before.Events)
        {
            if (known.TryGetValue(happened.Sequence, out var kept) && kept != happened) journal.Break($"Event #{happened.Sequence} of session {next.Id} was {happened.State} and became {kept.State}.");
        }
    }
}
