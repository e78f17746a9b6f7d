using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>
/// Which pool a ticket waits in: that of its fastest region while it is fresh and the region has one, the common one otherwise. A region gets a pool of its own when
/// it has enough fresh tickets, and loses it when it has less than half of that. Tickets only ever go from a region's pool to the common one.
/// </summary>
public sealed class PoolPlan
{
    private readonly MatchmakingQueueOptions _options;
    private readonly string _life;
    private readonly Dictionary<string, RegionPool> _regions = new(StringComparer.Ordinal);
    private (RuleSet RuleSet, string Text) _rules;
    private int _openings;

    internal PoolPlan(MatchmakingQueueOptions options, string life, (RuleSet RuleSet, string Text) rules)
    {
        (_options, _life, _rules) = (options, life, rules);
        Common = new("", life, rules);
    }

    /// <summary>The common pool.</summary>
    public PoolLine Common { get; }

    /// <summary>All pools, the common one first.</summary>
    public IEnumerable<PoolLine> Lines => _regions.Values.Where(region => region.Line is not null).Select(region => region.Line!).Prepend(Common);

    /// <summary>A ticket begins to wait, or goes on.</summary>
    internal void Join(HeldTicket ticket, DateTimeOffset now)
    {
        if (_options.Pools == PoolDivision.Common || ticket.Region.Length == 0 || ticket.Record.Ticket.CreatedAt + _options.PoolPatience <= now)
        {
            Common.Add(ticket);
            return;
        }

        var region = RegionOf(ticket.Region);
        region.Enter(ticket);
        (region.Line ?? Common).Add(ticket);
    }

    /// <summary>A backfill begins to wait: in its region's pool as long as there is one, for the most players come by there.</summary>
    internal void Join(HeldBackfill backfill) => (backfill.Record.Ticket.Region is { } name && _regions.GetValueOrDefault(name)?.Line is { } line ? line : Common).Add(backfill);

    /// <summary>A ticket or backfill waits no longer.</summary>
    internal void Leave(Pooled pooled)
    {
        pooled.Line?.Remove(pooled);
        if (pooled is HeldTicket { IsFresh: true } ticket) _regions[ticket.Region].Age(ticket);
    }

    /// <summary>Moves those whose patience is over, and opens and closes regions' pools. A pool that is being asked keeps whom it has until it has answered.</summary>
    internal void Rebalance(DateTimeOffset now)
    {
        foreach (var region in _regions.Values)
        {
            if (region.Line is { IsAsked: true }) continue;
            while (region.TakeImpatient(now - _options.PoolPatience) is { } ticket)
            {
                if (ticket.Line == region.Line && region.Line is not null) Move(ticket, Common);
            }

            if (region.Line is { } open && region.Fresh < (_options.MinPoolTickets + 1) / 2) Close(region, open);
            else if (region.Line is null && region.Fresh >= Math.Max(1, _options.MinPoolTickets)) Open(region);
        }
    }

    /// <summary>Another rule set holds: every pool begins anew.</summary>
    internal void Restart((RuleSet RuleSet, string Text) rules)
    {
        _rules = rules;
        foreach (var line in Lines) line.Restart(rules);
    }

    private void Open(RegionPool region)
    {
        // A life that no pool of the region had before: what it may still remember is not meant.
        region.Line = new(region.Name, FormattableString.Invariant($"{_life}/{++_openings}"), _rules);
        for (var i = Common.Members.Count - 1; i >= 0; i--)
        {
            // Sessions that ask for players are few; tickets stay where they are asked for already.
            if (Common.Members[i] is HeldBackfill backfill && backfill.Record.Ticket.Region == region.Name) Move(backfill, region.Line);
        }
    }

    private void Close(RegionPool region, PoolLine line)
    {
        for (var i = line.Members.Count - 1; i >= 0; i--) Move(line.Members[i], Common);
        region.Line = null;
    }

    private static void Move(Pooled pooled, PoolLine to)
    {
        pooled.Line!.Remove(pooled);
        to.Add(pooled);
    }

    private RegionPool RegionOf(string name)
    {
        if (!_regions.TryGetValue(name, out var region)) _regions.Add(name, region = new(name));
        return region;
    }

    /// <summary>A region: its fresh tickets, and its pool when it has one.</summary>
    private sealed class RegionPool(string name)
    {
        // By age, for a ticket comes here when it is new. Who has left is passed over when it is his turn.
        private readonly Queue<HeldTicket> _byAge = new();

        public string Name => name;

        public int Fresh { get; private set; }

        public PoolLine? Line { get; set; }

        public void Enter(HeldTicket ticket)
        {
            ticket.IsFresh = true;
            Fresh++;
            _byAge.Enqueue(ticket);
        }

        public void Age(HeldTicket ticket)
        {
            ticket.IsFresh = false;
            Fresh--;
        }

        public HeldTicket? TakeImpatient(DateTimeOffset createdBy)
        {
            while (_byAge.TryPeek(out var oldest) && (!oldest.IsFresh || oldest.Record.Ticket.CreatedAt <= createdBy))
            {
                _byAge.Dequeue();
                if (!oldest.IsFresh) continue;
                Age(oldest);
                return oldest;
            }

            return null;
        }
    }
}
