using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.FleetModel.Waiting;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Sessions;

/// <summary>
/// Waits for a session's turn: in the queues of all regions that may serve it at once, and out of the others as soon as one has its turn.
/// What it needs it has from the session's record, so that it can begin anew anywhere.
/// </summary>
internal sealed partial class TurnWaiter(
    IGrainFactory grains, IOptions<FleetSystemOptions> system, IOptions<FleetManagerOptions> options, TimeProvider time, ILogger<TurnWaiter> log)
{
    // A queue answers from its memory. What does not come was lost on the way, and must not hold the session up as long as Orleans would wait.
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(2);

    /// <summary>Finds a session a queue: the first that has room, in the order of its regions. One that waited before keeps its own.</summary>
    /// <returns>The queue's region and the place in it, if known; null when every queue is full.</returns>
    public async Task<(string Region, QueuePlace? Place)?> EnterAsync(SessionRecord session)
    {
        if (session.Wait is { } wait) return (wait.Region, null);
        string? silent = null;
        foreach (var region in RegionsOf(session))
        {
            try
            {
                var reply = await Queue(session, region).Enter(Ticket(session, time.GetUtcNow())).WaitAsync(AnswerPatience, time);
                if (reply.Signal != QueueSignal.Full) return (region, reply.Place);
            }
            catch (Exception fault)
            {
                LogSilent(log, session.Id, region, fault);
                silent ??= region;
            }
        }

        // A queue that cannot say that it is full gets the session when it can be asked again.
        return silent is null ? null : (silent, null);
    }

    /// <summary>Waits for the turn of a session that is Pending.</summary>
    /// <param name="session">The session.</param>
    /// <param name="rest">How long it lets others go first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The region that has a server for it, or null at the deadline or when cancelled.</returns>
    public async Task<string?> WaitAsync(SessionRecord session, TimeSpan rest, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var deadline = UntilDeadlineAsync(session, over.Token);
        var regions = RegionsOf(session);
        var waits = regions.Select(region => WaitInAsync(session, region, rest, over.Token)).ToList();
        string? served = null;
        while (served is null && waits.Count > 0)
        {
            var ended = await Task.WhenAny([.. waits, deadline]);
            if (ended == deadline) break;
            waits.Remove(ended);
            served = await ended;
        }

        if (cancellationToken.IsCancellationRequested) served = null;
        over.Cancel();
        await Task.WhenAll(regions.Where(region => region != served).Select(region => LeaveAsync(session, region)));
        return served;
    }

    /// <summary>Where a session stands in the queue that took it in; null when that is not known.</summary>
    public async Task<QueuePlace?> PlaceAsync(SessionRecord session)
    {
        if (session.Wait is not { } wait) return null;
        try
        {
            return await Queue(session, wait.Region).GetPlace(session.Id).WaitAsync(AnswerPatience, time);
        }
        catch (Exception fault)
        {
            LogSilent(log, session.Id, wait.Region, fault);
            return null;
        }
    }

    // In a method of its own, because what waits for any of several tasks must not be sent through the thread pool by one that is cancelled.
    private async Task<string?> UntilDeadlineAsync(SessionRecord session, CancellationToken cancellationToken)
    {
        var left = session.AllocationDeadline - time.GetUtcNow();
        await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return null;
    }

    private async Task<string?> WaitInAsync(SessionRecord session, string region, TimeSpan rest, CancellationToken cancellationToken)
    {
        var ticket = Ticket(session, session.Wait!.Since) with { IsHome = session.Wait.Region == region, Rest = rest };
        while (!cancellationToken.IsCancellationRequested)
        {
            var again = false;
            try
            {
                var reply = await Queue(session, region).WaitForTurn(ticket).WaitAsync(options.Value.Waiting.PollLimit + AnswerPatience, time, CancellationToken.None);
                if (reply.Signal == QueueSignal.Turn && !cancellationToken.IsCancellationRequested) return region;
                if (reply.Signal == QueueSignal.Expired) return null;
                again = reply.Signal is QueueSignal.Waiting or QueueSignal.Left;
            }
            catch (Exception fault)
            {
                // The queue's silo died: the queue begins anew elsewhere, of what those who wait tell it.
                LogSilent(log, session.Id, region, fault);
            }

            if (!again) await Task.Delay(options.Value.Waiting.RetryPause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        // The call may have come to the queue after it was told that the session leaves.
        await LeaveAsync(session, region);
        return null;
    }

    private async Task LeaveAsync(SessionRecord session, string region)
    {
        try
        {
            await Queue(session, region).Leave(session.Id).WaitAsync(AnswerPatience, time);
        }
        catch (Exception fault)
        {
            // Its place is gone with the queue, or ends at its deadline; a turn that nobody takes lapses.
            LogSilent(log, session.Id, region, fault);
        }
    }

    private IFleetGrain Queue(SessionRecord session, string region) => grains.GetGrain<IFleetGrain>(FleetGrainKey.Of(region, session.Request.Fleet));

    private IReadOnlyList<string> RegionsOf(SessionRecord session) =>
        system.Value.Fleets.FirstOrDefault(fleet => fleet.Id == session.Request.Fleet) is { } fleet
            ? [.. RegionPlanner.Plan(system.Value, fleet, session.Request).Select(choice => choice.Region)]
            : [];

    private static QueueTicket Ticket(SessionRecord session, DateTimeOffset since) =>
        new() { Session = session.Id, Deadline = session.AllocationDeadline, Since = since };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The queue that session {SessionId} waits in in region {RegionId} did not answer; it is asked again")]
    private static partial void LogSilent(ILogger logger, string sessionId, string regionId, Exception fault);
}
