using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.Simulation.Tests.Engine;

namespace FleetSystem.Simulation.Tests.Load;

/// <summary>
/// One session's callers: they create it, repeat the request with the same key whenever something fails or at the same time, read it, watch
/// it, and end it. They know the service by its grain interface alone.
/// </summary>
internal sealed class Caller(string key, SessionRequest request, IGrainFactory grains, VirtualTime time, Random random, Invariants invariants, Journal journal)
{
    private const string Fingerprint = "print";

    /// <summary>
    /// How much later than its deadline an answer may come: a silo is declared dead (8 s), a claim that was under way is looked for and given up
    /// (some 5 s a region), the sweep finds the interrupted session (5 s), the store is slow (3 s a write).
    /// </summary>
    public static readonly TimeSpan Slack = TimeSpan.FromSeconds(25);

    private readonly string _session = SessionIds.FromKey("simulation", key);

    public string Session => _session;

    /// <summary>Whether every request of this caller that asks for something new has its answer.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>How the first request ended.</summary>
    public SessionState? Answer { get; private set; }

    // As a client of the HTTP API does: no answer for so long, and the same request again with the same key.
    private TimeSpan Patience => request.Deadline + SimulatedSystem.PlayableDeadline + TimeSpan.FromSeconds(3);

    private ISessionGrain Grain => grains.GetGrain<ISessionGrain>(_session);

    /// <summary>Creates the session and lives with it; ends it after a while, or leaves it open.</summary>
    public async Task RunAsync(TimeSpan start, TimeSpan? endAfter, int twins, bool watches)
    {
        await Pause(start);
        var asked = time.Elapsed;
        if (watches) _ = WatchAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 1 + twins).Select(_ => CreateAsync()));
        var allowed = replies.Max(reply => reply.View!.Session.Incarnation) * (request.Deadline + (request.WaitFor == WaitFor.Playable ? SimulatedSystem.PlayableDeadline : TimeSpan.Zero)) + Slack;
        invariants.OnDefiniteAnswer(_session, asked, allowed);
        if (replies.Count(reply => reply.Outcome == CreateOutcome.Created) > 1) journal.Break($"Session {_session} was created twice.");
        Answer = replies[0].View!.Session.State;
        IsAnswered = true;
        if (random.Next(8) == 0) await ExpectConflictAsync();
        if (endAfter is not { } life) return;
        await Pause(life);
        await EndAsync();
    }

    /// <summary>Ends the session, and asks until it is told that it is over.</summary>
    public async Task EndAsync()
    {
        var view = await InsistAsync(() => Grain.End("ended by its caller").WaitAsync(Patience, time));
        if (view is null) journal.Break($"Session {_session} was answered before and is unknown when it is ended.");
        else if (!view.Session.IsClosed) journal.Break($"Session {_session} was ended and is {view.Session.State}.");
    }

    private async Task<CreateReply> CreateAsync()
    {
        CreateReply? reply = null;
        await InsistAsync(async () =>
        {
            reply = await Grain.Create(request, Fingerprint).WaitAsync(Patience, time);
            return reply.View;
        });
        var session = reply!.View!.Session;
        if (!session.IsClosed && session.State != SessionState.Playable && !(session.State == SessionState.Allocated && request.WaitFor == WaitFor.Allocated))
            journal.Break($"Session {_session} was answered as {session.State}, which is not what its request waits for.");
        return reply;
    }

    private async Task ExpectConflictAsync()
    {
        while (true)
        {
            try
            {
                var reply = await Grain.Create(request, "another print").WaitAsync(Patience, time);
                if (reply.Outcome != CreateOutcome.Conflict) journal.Break($"Session {_session} was created with another request under the same key: {reply.Outcome}.");
                return;
            }
            catch (Exception)
            {
                await Pause(TimeSpan.FromMilliseconds(random.Next(50, 1_000)));
            }
        }
    }

    private async Task WatchAsync()
    {
        var last = 0L;
        var closed = false;
        while (!closed)
        {
            try
            {
                await foreach (var view in Grain.Watch(last))
                {
                    if (view.Session.LastSequence < last) journal.Break($"The watch of session {_session} told event #{view.Session.LastSequence} after #{last}.");
                    invariants.OnAnswered(view, last);
                    last = view.Session.LastSequence;
                    closed = view.Session.IsClosed;
                }
            }
            catch (Exception)
            {
                // The grain has moved: the feed goes on from the last event.
            }

            await Pause(TimeSpan.FromMilliseconds(random.Next(50, 1_000)));
        }
    }

    /// <summary>Asks again until there is an answer: what fails says nothing.</summary>
    private async Task<SessionView?> InsistAsync(Func<Task<SessionView?>> ask)
    {
        while (true)
        {
            var seen = invariants.Seen(_session);
            try
            {
                var view = await ask();
                if (view is not null) invariants.OnAnswered(view, seen);
                return view;
            }
            catch (Exception)
            {
                await Pause(TimeSpan.FromMilliseconds(random.Next(50, 1_000)));
            }
        }
    }

    private Task Pause(TimeSpan duration) => Task.Delay(duration, time);
}
