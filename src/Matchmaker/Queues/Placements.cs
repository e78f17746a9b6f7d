using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Queues;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.Matchmaker.Queues;

/// <summary>
/// Gets matches their sessions, so many at once. A session that waits for a server is looked at again and again; one that gave no answer is asked for again under
/// the same id, so that there is never a second.
/// </summary>
/// <param name="context">The queue.</param>
/// <param name="state">Its decisions.</param>
/// <param name="stored">Writes what was decided, and waits until it is stored.</param>
/// <param name="broken">What follows when a decision fails by a fault of ours.</param>
/// <param name="ended">The end of the queue's life.</param>
internal sealed class Placements(QueueContext context, QueueState state, Func<Task> stored, Action<Exception> broken, CancellationToken ended)
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
        var answer = await AskSessionAsync(placement);
        _asked--;
        if (ended.IsCancellationRequested) return;
        if (answer.State is null && context.Now >= placement.GiveUpAt)
        {
            answer = new(PlacementState.Failed, $"its session gave no answer in time: {answer.Reason}", IsUnknown: true);
        }

        try
        {
            if (answer.State is PlacementState.Placed or PlacementState.Failed) Settle(placement.Match, answer);
            else _ = AskAgainAsync(placement);
            AskNext();
        }
        catch (Exception fault)
        {
            broken(fault);
        }
    }

    private async Task<Answer> AskSessionAsync(Placement placement)
    {
        var match = placement.Match.Record;
        try
        {
            var session = context.Grains.Reach<ISessionGrain>(match.SessionId!);
            return match.Backfill is null ? await CreateAsync(session, placement) : await FillAsync(session, placement);
        }
        catch (Exception fault)
        {
            if (!placement.IsTold) QueueLog.AskedAgain(context.Log, context.Id, match.Id, match.SessionId!, fault.Message);
            placement.IsTold = true;
            return new(null, fault.Message);
        }
    }

    private async Task<Answer> CreateAsync(ISessionGrain session, Placement placement)
    {
        var match = placement.Match.Record;
        placement.Request ??= MatchPlacement.Request(context.Queue, context.Fleet, match, state.TicketsOf(placement.Match), context.Home);
        var reply = await session.Create(placement.Request, MatchPlacement.Fingerprint(match));
        return reply.View?.Session is { } created
            ? new(MatchPlacement.StateOf(created), created.Failure?.Message ?? $"its session is {created.State}", created)
            : new(PlacementState.Failed, $"its session could not be created: {reply.Outcome}");
    }

    private async Task<Answer> FillAsync(ISessionGrain session, Placement placement)
    {
        var match = placement.Match;
        if ((await session.Get())?.Session is not { IsClosed: false } running) return new(PlacementState.Failed, "the session that it was to fill is over", IsSessionOver: true);
        var reply = await session.AddPlayers(MatchPlacement.Addition(context.Queue, match.Record, state.TicketsOf(match), state.BackfillOf(match), running));
        return reply.Outcome switch
        {
            AddPlayersOutcome.Added => new(PlacementState.Placed, "", reply.View!.Session),
            AddPlayersOutcome.Full => new(PlacementState.Failed, "the session that it was to fill has as many players as its fleet takes", IsSessionOver: true),
            _ => new(PlacementState.Failed, "the session that it was to fill is over", IsSessionOver: true),
        };
    }

    private async Task AskAgainAsync(Placement placement)
    {
        placement.Pause = placement.Pause == TimeSpan.Zero ? FirstPause : placement.Pause * 2 < context.Options.FollowInterval ? placement.Pause * 2 : context.Options.FollowInterval;
        await context.PauseAsync(placement.Pause, ended);
        _waiting.Enqueue(placement);
        AskNext();
    }

    private void Settle(HeldMatch match, Answer answer)
    {
        _underWay.Remove(match.Id);
        context.Metrics.Match(context.Id, answer.State == PlacementState.Placed ? "placed" : "not-placed");
        if (answer is { State: PlacementState.Placed, Session: { } session })
        {
            state.Place(match, session, context.Now);
        }
        else
        {
            QueueLog.NotPlaced(context.Log, context.Id, match.Id, answer.Reason);
            state.FailPlacement(match, answer.Reason, answer.IsSessionOver, context.Now);
        }

        _ = StoreAsync(match.Record, answer.IsUnknown);
    }

    private async Task StoreAsync(MatchRecord match, bool isUnknown)
    {
        try
        {
            await stored();
        }
        catch (QueueUnavailableException)
        {
            // It is stored later, or another life decides anew: for that one the session may be the right one.
            return;
        }

        if (isUnknown && match.Backfill is null) await AbandonAsync(match.SessionId!);
    }

    /// <summary>Ends a session that was given up and may have been created all the same, as soon as it answers.</summary>
    private async Task AbandonAsync(string session)
    {
        for (var until = context.Now + AbandonPatience; context.Now < until && !ended.IsCancellationRequested;)
        {
            try
            {
                await context.Grains.Reach<ISessionGrain>(session).End("its match was given up");
                return;
            }
            catch (Exception)
            {
                // Told already that it gives no answer; should it never, its lifetime ends it.
            }

            await context.PauseAsync(context.Options.FollowInterval, ended);
        }
    }

    /// <summary>What a session answered; no state: nothing.</summary>
    private readonly record struct Answer(PlacementState? State, string Reason, SessionRecord? Session = null, bool IsSessionOver = false, bool IsUnknown = false);

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
