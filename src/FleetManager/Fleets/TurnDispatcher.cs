using FleetSystem.FleetModel.Waiting;

namespace FleetSystem.FleetManager.Fleets;

/// <summary>
/// The queue of a fleet in a region, at work: looks for free servers and hands out turns as long as somebody waits. Belongs to one
/// <see cref="FleetGrain"/> and is called on its scheduler alone.
/// </summary>
/// <param name="line">Who waits.</param>
/// <param name="show">Told how many wait, whenever that may have changed.</param>
/// <param name="countFree">Servers that are free by the clusters' snapshots.</param>
/// <param name="options">Its limits.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where a failure is told.</param>
/// <param name="stopping">Cancelled when the silo stops: nobody is kept waiting by a grain that is to move.</param>
internal sealed partial class TurnDispatcher(
    WaitingLine line, Action<int> show, Func<Task<int>> countFree, WaitingOptions options, TimeProvider time, ILogger<TurnDispatcher> log, CancellationToken stopping)
{
    private readonly Dictionary<string, List<TaskCompletionSource<QueueSignal>>> _waiters = new(StringComparer.Ordinal);
    private Task _dispatching = Task.CompletedTask;
    private int _claiming;

    /// <summary>Takes a session into the queue.</summary>
    public QueueReply Enter(QueueTicket ticket)
    {
        if (line.HasTurn(ticket.Session, Now)) return new QueueReply(QueueSignal.Turn, null);
        if (ticket.Deadline <= Now) return new QueueReply(QueueSignal.Expired, null);
        if (!line.Enter(ticket, Now)) return new QueueReply(QueueSignal.Full, null);
        show(line.Count);
        if (_dispatching.IsCompleted) _dispatching = DispatchAsync();
        return new QueueReply(QueueSignal.Waiting, line.PlaceOf(ticket.Session));
    }

    /// <summary>Takes a session into the queue, and waits a while for its turn.</summary>
    public async Task<QueueReply> WaitForTurnAsync(QueueTicket ticket)
    {
        var entered = Enter(ticket);
        if (entered.Signal != QueueSignal.Waiting) return entered;

        // Whoever else waits for the same session's turn gets the same answer: to send one of two away would only bring it back.
        var waiter = new TaskCompletionSource<QueueSignal>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_waiters.TryGetValue(ticket.Session, out var waiters)) _waiters.Add(ticket.Session, waiters = []);
        waiters.Add(waiter);
        using var late = new CancellationTokenSource(options.PollLimit, time);
        using var atLimit = late.Token.UnsafeRegister(static waiting => ((TaskCompletionSource<QueueSignal>)waiting!).TrySetResult(QueueSignal.Waiting), waiter);
        using var atStop = stopping.UnsafeRegister(static waiting => ((TaskCompletionSource<QueueSignal>)waiting!).TrySetResult(QueueSignal.Moving), waiter);
        var signal = await waiter.Task;
        waiters.Remove(waiter);
        if (waiters.Count == 0 && _waiters.TryGetValue(ticket.Session, out var current) && current == waiters) _waiters.Remove(ticket.Session);
        return new QueueReply(signal, signal == QueueSignal.Waiting ? line.PlaceOf(ticket.Session) : null);
    }

    /// <summary>Takes a session out of the queue, and its turn back.</summary>
    public void Leave(string session)
    {
        line.Leave(session);
        show(line.Count);
        Answer(session, QueueSignal.Left);
    }

    /// <summary>Where a session stands, or null.</summary>
    public QueuePlace? PlaceOf(string session) => line.PlaceOf(session);

    /// <summary>Servers wanted beyond those claimed.</summary>
    public int Demand() => line.Demand(Now) + _claiming;

    /// <summary>Whether a session may claim a server now. Uses its turn up.</summary>
    public bool MayClaim(string session, DateTimeOffset deadline) => line.MayClaim(session, deadline, Now);

    /// <summary>Runs a claim: until it has ended, the server that it may take is nobody else's.</summary>
    public async Task<T> ClaimingAsync<T>(Func<Task<T>> claim)
    {
        _claiming++;
        try
        {
            return await claim();
        }
        finally
        {
            _claiming--;
        }
    }

    private DateTimeOffset Now => time.GetUtcNow();

    private async Task DispatchAsync()
    {
        while (!line.IsIdle && !stopping.IsCancellationRequested)
        {
            try
            {
                foreach (var late in line.Expire(Now)) Answer(late, QueueSignal.Expired);
                if (line.Count > 0)
                {
                    var free = await countFree();
                    foreach (var next in line.HandOut(free - _claiming, Now)) Answer(next, QueueSignal.Turn);
                }
            }
            catch (Exception fault)
            {
                LogFailed(log, line.Count, fault);
            }

            show(line.Count);

            await Task.Delay(options.Interval, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private void Answer(string session, QueueSignal signal)
    {
        if (!_waiters.Remove(session, out var waiters)) return;
        foreach (var waiter in waiters) waiter.TrySetResult(signal);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Turns for {Waiting} waiting sessions could not be handed out; trying again")]
    private static partial void LogFailed(ILogger logger, int waiting, Exception fault);
}
