using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Queues;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.Matchmaker.Queues;

/// <summary>
/// Gets matches their sessions, so many at once. A session that waits for a server is looked at again and again; one that gave no answer is asked for again under
/// the same id, so that there is never a second.
/// </summary>
/// <param name="context">The queue.</param>
/// <param name="state">Its decisions.</param>
/// <param name="decided">What follows once something was decided.</param>
/// <param name="ended">The end of the queue's life.</param>
internal sealed class Placements(QueueContext context, QueueState state, Action decided, CancellationToken ended)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AbandonPatience = TimeSpan.FromMinutes(5);

    private readonly Queue<Placement> _waiting = new();
    private readonly HashSet<string> _underWay = new(StringComparer.Ordinal);
    private int _asked;

    /// <summary>Matches that have no session yet.</summary>
    public int Count => _underWay.Count;

    /// <summary>Matches are to be placed; those that are already under way stay so.</summary>
    public void Add(IReadOnlyList<HeldMatch> matches)
    {
        foreach (var match in matches)
        {
            if (_underWay.Add(match.Id)) _waiting.Enqueue(new(match, context.Now + context.Queue.PlacementTimeout + context.Options.PlacementPatience));
        }

        AskNext();
    }

    private void AskNext()
    {
        while (_asked < context.Options.MaxPlacements && !ended.IsCancellationRequested && _waiting.TryDequeue(out var placement)) _ = AskAsync(placement);
    }

    private async Task AskAsync(Placement placement)
    {
        _asked++;
        var (outcome, reason) = await AskSessionAsync(placement);
        _asked--;
        if (ended.IsCancellationRequested) return;
        if (outcome is null && context.Now >= placement.GiveUpAt)
        {
            (outcome, reason) = (PlacementState.Failed, $"its session gave no answer in time: {reason}");
            _ = AbandonAsync(placement.Match.Record.SessionId!);
        }

        if (outcome is PlacementState.Placed or PlacementState.Failed) Settle(placement.Match, outcome.Value, reason);
        else _ = AskAgainAsync(placement);
        AskNext();
    }

    private async Task<(PlacementState? Outcome, string Reason)> AskSessionAsync(Placement placement)
    {
        var match = placement.Match.Record;
        try
        {
            placement.Request ??= MatchPlacement.Request(context.Queue, context.Fleet, match, state.TicketsOf(placement.Match), context.Home);
            var reply = await context.Grains.GetGrain<ISessionGrain>(match.SessionId!).Create(placement.Request, MatchPlacement.Fingerprint(match));
            return reply.View?.Session is { } session
                ? (MatchPlacement.StateOf(session), session.Failure?.Message ?? $"its session is {session.State}")
                : (PlacementState.Failed, $"its session could not be created: {reply.Outcome}");
        }
        catch (Exception fault)
        {
            if (!placement.IsTold) QueueLog.AskedAgain(context.Log, context.Id, match.Id, match.SessionId!, fault.Message);
            placement.IsTold = true;
            return (null, fault.Message);
        }
    }

    private async Task AskAgainAsync(Placement placement)
    {
        placement.Pause = placement.Pause == TimeSpan.Zero ? FirstPause : placement.Pause * 2 < context.Options.FollowInterval ? placement.Pause * 2 : context.Options.FollowInterval;
        await context.PauseAsync(placement.Pause, ended);
        _waiting.Enqueue(placement);
        AskNext();
    }

    private void Settle(HeldMatch match, PlacementState outcome, string reason)
    {
        _underWay.Remove(match.Id);
        context.Metrics.Match(context.Id, outcome == PlacementState.Placed ? "placed" : "not-placed");
        if (outcome == PlacementState.Placed)
        {
            state.Place(match, context.Now);
        }
        else
        {
            QueueLog.NotPlaced(context.Log, context.Id, match.Id, reason);
            state.FailPlacement(match, reason, context.Now);
        }

        decided();
    }

    /// <summary>Ends a session that was given up and may have been created all the same, as soon as it answers.</summary>
    private async Task AbandonAsync(string session)
    {
        for (var until = context.Now + AbandonPatience; context.Now < until && !ended.IsCancellationRequested;)
        {
            try
            {
                await context.Grains.GetGrain<ISessionGrain>(session).End("its match was given up");
                return;
            }
            catch (Exception)
            {
                // Told already that it gives no answer; should it never, its lifetime ends it.
            }

            await context.PauseAsync(context.Options.FollowInterval, ended);
        }
    }

    /// <summary>A match on its way to its session.</summary>
    private sealed class Placement(HeldMatch match, DateTimeOffset giveUpAt)
    {
        public HeldMatch Match => match;

        public DateTimeOffset GiveUpAt => giveUpAt;

        public SessionRequest? Request { get; set; }

        public TimeSpan Pause { get; set; }

        public bool IsTold { get; set; }
    }
}
