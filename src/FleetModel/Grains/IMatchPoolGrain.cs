using FleetSystem.FleetModel.Matching.Formation;
using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Grains;

/// <summary>
/// Forms matches among some of a queue's tickets. Its key is <c>queue/pool</c>. It keeps nothing: the queue sends it what changes and asks it for a pass, and sends
/// everything again when it has started anew. Pools of one queue work side by side on the Matchmakers' silos.
/// </summary>
[Alias("fleet.IMatchPoolGrain")]
public interface IMatchPoolGrain : IGrainWithStringKey
{
    /// <summary>Takes in what has changed, in the order removals, tickets, backfills, and makes one pass.</summary>
    [Alias("Pass")]
    Task<PoolPass> Pass(PoolOrder order);
}

/// <summary>What a queue tells a pool.</summary>
[GenerateSerializer, Immutable, Alias("fleet.PoolOrder")]
public sealed record PoolOrder
{
    /// <summary>Names one life of the pool: another one means that it begins empty, with the order's rule set.</summary>
    [Id(0)] public required string Epoch { get; init; }

    /// <summary>Counts the orders of an epoch, from 1; an order that follows none that the pool knows is answered with <see cref="PoolPass.IsLost"/>.</summary>
    [Id(1)] public required long Sequence { get; init; }

    /// <summary>The rule set, in an epoch's first order.</summary>
    [Id(2)] public string? RuleSet { get; init; }

    /// <summary>Tickets and backfills that leave.</summary>
    [Id(3)] public IReadOnlyList<string> Leave { get; init; } = [];

    /// <summary>Tickets that come.</summary>
    [Id(4)] public IReadOnlyList<MatchmakingTicket> Tickets { get; init; } = [];

    /// <summary>Running matches that ask for players.</summary>
    [Id(5)] public IReadOnlyList<BackfillTicket> Backfills { get; init; } = [];

    /// <summary>The time by the queue's clock: a pool has none.</summary>
    [Id(6)] public required DateTimeOffset Now { get; init; }

    /// <summary>Seed of the pass.</summary>
    [Id(7)] public int Seed { get; init; }

    /// <summary>Whether more orders of the same moment follow, so that no pass is worth while yet.</summary>
    [Id(8)] public bool IsPartial { get; init; }

    /// <summary>Whether the pool shall also look at why its longest-waiting tickets find no match.</summary>
    [Id(9)] public bool Explain { get; init; }
}

/// <summary>What came of a pass.</summary>
[GenerateSerializer, Immutable, Alias("fleet.PoolPass")]
public sealed record PoolPass
{
    /// <summary>The pool does not know the order before this one: begin a new epoch and send everything. Nothing was done.</summary>
    [Id(0)] public bool IsLost { get; init; }

    /// <summary>Matches; their tickets have left the pool.</summary>
    [Id(1)] public IReadOnlyList<FormedMatch> Matches { get; init; } = [];

    /// <summary>Tickets and backfills whose time is over; they have left the pool.</summary>
    [Id(2)] public IReadOnlyList<string> Expired { get; init; } = [];

    /// <summary>Tickets and backfills that the rule set cannot match, and why; they were not taken in.</summary>
    [Id(3)] public IReadOnlyList<RefusedTicket> Refused { get; init; } = [];

    /// <summary>Tickets that wait in the pool.</summary>
    [Id(4)] public int Waiting { get; init; }

    /// <summary>False when another pass would go on with what is left.</summary>
    [Id(5)] public bool IsComplete { get; init; } = true;

    /// <summary>How long the pass took.</summary>
    [Id(6)] public TimeSpan Took { get; init; }

    /// <summary>Why the longest-waiting tickets find no match; none unless it was asked for.</summary>
    [Id(7)] public IReadOnlyList<MatchObstacle> Obstacles { get; init; } = [];
}

/// <summary>A ticket or backfill that a rule set cannot match.</summary>
/// <param name="Id">The ticket or backfill.</param>
/// <param name="Faults">Why.</param>
[GenerateSerializer, Immutable, Alias("fleet.RefusedTicket")]
public sealed record RefusedTicket([property: Id(0)] string Id, [property: Id(1)] IReadOnlyList<RuleSetFault> Faults);

/// <summary>Something that keeps tickets from a match.</summary>
/// <param name="Rule">The rule; empty when it is that there are too few players.</param>
/// <param name="Tickets">Tickets, of those looked at, for which nothing else is in the way, or it is the most frequent.</param>
/// <param name="LookedAt">Tickets looked at.</param>
[GenerateSerializer, Immutable, Alias("fleet.MatchObstacle")]
public sealed record MatchObstacle([property: Id(0)] string Rule, [property: Id(1)] int Tickets, [property: Id(2)] int LookedAt);
