using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Formation;
using FleetSystem.FleetModel.Matching.RuleSets;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Queues.Pools;

/// <summary>
/// A pool as a grain: one order after the other, each on a thread that it has to itself. It knows its queue's orders alone, and when one is missing it says that it is
/// lost rather than to guess: matches of an answer that nobody got have left it.
/// </summary>
[PoolPlacement]
internal sealed partial class MatchPoolGrain(IOptions<FleetSystemOptions> system, PassThreads threads, TimeProvider time, ILogger<MatchPoolGrain> log) : Grain, IMatchPoolGrain
{
    /// <summary>Work of one pass: some 250 ms, then the queue is told what was found and asks again.</summary>
    internal const long MaxWork = 500_000;

    private Life? _life;

    public async Task<PoolPass> Pass(PoolOrder order)
    {
        var life = _life;

        // Until it is done nobody knows what the pool holds.
        _life = null;
        var isFirst = order is { Sequence: 1, RuleSet: not null } && order.Epoch != life?.Epoch;
        if (!isFirst && (life is null || life.Epoch != order.Epoch || life.Sequence + 1 != order.Sequence))
        {
            var pool = this.GetPrimaryKeyString();
            LogLost(log, pool, order.Epoch, order.Sequence);
            _life = life;
            return new PoolPass { IsLost = true };
        }

        var (served, pass) = await threads.RunAsync(() => Serve(isFirst ? Begin(order.RuleSet!) : life!.Pool, order));
        _life = new Life(order.Epoch, order.Sequence, served);
        return pass;
    }

    private (MatchPool Pool, PoolPass Pass) Serve(MatchPool pool, PoolOrder order)
    {
        var started = time.GetTimestamp();
        foreach (var id in order.Leave) pool.Remove(id);
        List<RefusedTicket> refused = [];
        foreach (var ticket in order.Tickets)
        {
            if (pool.Add(ticket) is { Count: > 0 } faults) refused.Add(new RefusedTicket(ticket.Id, faults));
        }

        foreach (var backfill in order.Backfills)
        {
            if (pool.Add(backfill) is { Count: > 0 } faults) refused.Add(new RefusedTicket(backfill.Id, faults));
        }

        if (order.IsPartial) return (pool, new PoolPass { Refused = refused, Waiting = pool.Count, IsComplete = false, Took = time.GetElapsedTime(started) });
        var formed = pool.Form(order.Now, order.Seed);
        return (pool, new PoolPass
        {
            Matches = formed.Matches,
            Expired = formed.Expired,
            Refused = refused,
            Waiting = pool.Count,
            IsComplete = formed.IsComplete,
            Took = time.GetElapsedTime(started),
            Obstacles = order.Explain ? pool.Explain() : [],
        });
    }

    private MatchPool Begin(string ruleSet)
    {
        var key = PoolKey.Parse(this.GetPrimaryKeyString());
        var reading = RuleSetReader.Read(ruleSet);
        return reading.RuleSet is { } rules
            ? new MatchPool(rules, RegionsOf(key.Queue), new FormationLimits { MaxWork = MaxWork })
            : throw new InvalidOperationException($"Pool {key} was given a rule set with faults: {reading.Faults[0]}");
    }

    private IReadOnlyList<string> RegionsOf(string queue)
    {
        var fleet = system.Value.Fleets.FirstOrDefault(fleet => fleet.Id == system.Value.Queues.FirstOrDefault(known => known.Id == queue)?.Fleet)
            ?? throw new InvalidOperationException($"Queue '{queue}' is not part of the configuration, or its fleet is not.");
        return [.. system.Value.Regions.Select(region => region.Id).Where(fleet.RunsIn)];
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Pool {Pool} knows no order before {Sequence} of epoch {Epoch}: its queue begins anew")]
    private static partial void LogLost(ILogger logger, string pool, string epoch, long sequence);

    private sealed record Life(string Epoch, long Sequence, MatchPool Pool);
}
