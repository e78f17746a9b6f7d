using System.Text.Json;
using System.Text.Json.Serialization;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Answer of <c>GET /ops/v1/queues</c>.</summary>
/// <param name="Queues">Queues, in the order of the configuration.</param>
/// <param name="Next">What gives the next page as <c>after</c>, or null when this is the last.</param>
internal sealed record OpsQueueList(IReadOnlyList<OpsQueue> Queues, string? Next);

/// <summary>A queue as its operators see it. Times and rates are of the last minutes.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Fleet">The fleet that its matches play on.</param>
/// <param name="Available">False when it did not say in time how it does: the rest is then as of nothing.</param>
/// <param name="RuleSetVersion">The rule set that it goes by; null when it is not available.</param>
/// <param name="Tickets">Open tickets by status.</param>
/// <param name="Players">Players in them.</param>
/// <param name="Backfills">Sessions that ask for players.</param>
/// <param name="MatchesPerMinute">Matches in the last minute.</param>
/// <param name="WaitMedianSeconds">The time that half of the tickets matched in the last five minutes waited at most; null when there were none.</param>
/// <param name="WaitP95Seconds">The same for 95 of a hundred.</param>
/// <param name="OldestSince">When the longest-waiting ticket was created; null when none waits.</param>
/// <param name="Pools">Its pools.</param>
/// <param name="Obstacles">Why the longest-waiting tickets find no match, most frequent first; known some seconds after it was asked for.</param>
internal sealed record OpsQueue(
    string Id,
    string Fleet,
    bool Available,
    string? RuleSetVersion,
    IReadOnlyDictionary<TicketStatus, int> Tickets,
    int Players,
    int Backfills,
    int MatchesPerMinute,
    double? WaitMedianSeconds,
    double? WaitP95Seconds,
    DateTimeOffset? OldestSince,
    IReadOnlyList<OpsPool> Pools,
    IReadOnlyList<OpsObstacle> Obstacles)
{
    public static OpsQueue Of(string id, string fleet, QueueStatus? status) => new(
        id,
        fleet,
        status is not null,
        status?.RuleSetVersion,
        status?.Tickets ?? new Dictionary<TicketStatus, int>(),
        status?.Players ?? 0,
        status?.Backfills ?? 0,
        status?.MatchesPerMinute ?? 0,
        status?.WaitMedian?.TotalSeconds,
        status?.WaitP95?.TotalSeconds,
        status?.OldestSince,
        [.. (status?.Pools ?? []).Select(pool => new OpsPool(pool.Pool.Length > 0 ? pool.Pool : null, pool.Waiting, pool.LastPass.TotalSeconds))],
        [.. (status?.Obstacles ?? []).Select(obstacle => new OpsObstacle(obstacle.Rule.Length > 0 ? obstacle.Rule : null, obstacle.Tickets, obstacle.LookedAt))]);
}

/// <summary>A pool of a queue.</summary>
/// <param name="Region">The region, or null for the common one.</param>
/// <param name="Waiting">Tickets that wait in it.</param>
/// <param name="LastPassSeconds">How long its last pass took.</param>
internal sealed record OpsPool(string? Region, int Waiting, double LastPassSeconds);

/// <summary>Something that keeps tickets from a match.</summary>
/// <param name="Rule">The rule; null when there are too few players.</param>
/// <param name="Tickets">Tickets that it keeps from one.</param>
/// <param name="LookedAt">Tickets that were looked at.</param>
internal sealed record OpsObstacle(string? Rule, int Tickets, int LookedAt);

/// <summary>Answer of <c>GET /ops/v1/queues/{queue}</c>.</summary>
internal sealed record OpsQueueDetail(OpsQueue Queue, OpsRuleSet RuleSet);

/// <summary>The rule set that holds for a queue.</summary>
/// <param name="Version">Its version, which changes with the text. The queue goes by it within some seconds.</param>
/// <param name="Configured">Whether it is the configuration's.</param>
/// <param name="By">The operator who set it, or null.</param>
/// <param name="Since">Since when it holds; null when it is the configuration's.</param>
/// <param name="Text">The rule set as it was written.</param>
internal sealed record OpsRuleSet(string Version, bool Configured, string? By, DateTimeOffset? Since, string Text)
{
    public static OpsRuleSet Of(RuleSetVersion version) => new(version.Version, version.By is null, version.By, version.Since, version.Text);
}

/// <summary>Body of <c>PUT /ops/v1/queues/{queue}/rule-set</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SetRuleSetRequest
{
    /// <summary>The rule set: the object itself, or its text in a string, as one with comments has to be.</summary>
    public JsonElement? RuleSet { get; init; }

    /// <summary>Why; required.</summary>
    public string? Reason { get; init; }
}

/// <summary>Answer to another rule set.</summary>
/// <param name="RuleSet">What holds now.</param>
/// <param name="Warnings">What is accepted, and may not be meant.</param>
internal sealed record SetRuleSetAnswer(OpsRuleSet RuleSet, IReadOnlyList<OpsFieldError> Warnings);
