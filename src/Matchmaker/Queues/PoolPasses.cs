using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Queues;

namespace FleetSystem.Matchmaker.Queues;

/// <summary>Asks a queue's pools for matches, each by itself: one question at a time, and not more often than the queue's interval.</summary>
/// <param name="context">The queue.</param>
/// <param name="state">Its decisions.</param>
/// <param name="decided">What follows once something was decided.</param>
/// <param name="broken">What follows when a decision fails by a fault of ours.</param>
/// <param name="seeds">Seeds of passes.</param>
/// <param name="ended">The end of the queue's life.</param>
internal sealed class PoolPasses(QueueContext context, QueueState state, Action decided, Action<Exception> broken, Random seeds, CancellationToken ended)
{
    private readonly Dictionary<PoolLine, DateTimeOffset> _notBefore = [];
    private DateTimeOffset _explainUntil;
    private DateTimeOffset _explainAt;

    /// <summary>Somebody wants to know why tickets find no match.</summary>
    public void Explain() => _explainUntil = context.Now + (context.Options.ExplainInterval * 3);

    /// <summary>Begins the passes that are due.</summary>
    public void Turn(DateTimeOffset now)
    {
        var explain = now < _explainUntil && now >= _explainAt;
        if (explain) _explainAt = now + context.Options.ExplainInterval;
        var lines = state.Pools.Lines.ToList();
        if (_notBefore.Count > lines.Count)
        {
            foreach (var gone in _notBefore.Keys.Except(lines).ToList()) _notBefore.Remove(gone);
        }

        foreach (var line in lines)
        {
            if (!line.IsAsked && (line.IsDue(now) || (explain && line.Count > 0)) && _notBefore.GetValueOrDefault(line) <= now) _ = PassAsync(line, explain, now);
        }
    }

    private async Task PassAsync(PoolLine line, bool explain, DateTimeOffset now)
    {
        _notBefore[line] = now + context.Queue.PassInterval;
        try
        {
            var pool = context.Grains.GetGrain<IMatchPoolGrain>($"{context.Id}/{line.Pool}");
            while (await PassOnceAsync(pool, line, explain) && !line.IsAsked && !ended.IsCancellationRequested)
            {
            }
        }
        catch (Exception fault)
        {
            broken(fault);
        }
    }

    /// <summary>Sends one order.</summary>
    /// <returns>Whether more of the same moment is to follow.</returns>
    private async Task<bool> PassOnceAsync(IMatchPoolGrain pool, PoolLine line, bool explain)
    {
        var order = state.TakeOrder(line, seeds.Next(), explain, context.Now);
        decided();
        var pass = await AskAsync(pool, line, order);
        if (ended.IsCancellationRequested) return false;
        foreach (var match in state.NoteAnswer(line, order, pass, context.Now)) NoteFormed(match);
        decided();
        return order.IsPartial && pass is { IsLost: false };
    }

    private async Task<PoolPass?> AskAsync(IMatchPoolGrain pool, PoolLine line, PoolOrder order)
    {
        try
        {
            var pass = await pool.Pass(order);
            if (pass.IsLost) QueueLog.PoolLost(context.Log, context.Id, line.Pool);
            else if (!order.IsPartial) context.Metrics.Passed(context.Id, line.Pool.Length == 0, pass.Took);
            return pass;
        }
        catch (Exception fault)
        {
            QueueLog.PassFailed(context.Log, context.Id, line.Pool, fault);
            _notBefore[line] = context.Now + context.Options.PoolRetryPause;
            return null;
        }
    }

    private void NoteFormed(HeldMatch match)
    {
        context.Metrics.Match(context.Id, "formed");
        foreach (var ticket in state.TicketsOf(match)) context.Metrics.Waited(context.Id, match.Record.FormedAt - ticket.Ticket.CreatedAt);
    }
}
