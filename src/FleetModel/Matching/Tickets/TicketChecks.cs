using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.FleetModel.Matching.Tickets;

/// <summary>Whether a ticket can be matched by a rule set at all.</summary>
public static class TicketChecks
{
    /// <summary>Latency in milliseconds beyond which a region counts as not reported.</summary>
    public const int MaxLatencyMilliseconds = 60_000;

    /// <summary>What is wrong with a ticket, each with its place; none when it can be matched.</summary>
    /// <param name="ticket">The ticket.</param>
    /// <param name="ruleSet">The rule set.</param>
    /// <param name="regions">Regions that matches can be placed in.</param>
    public static IReadOnlyList<RuleSetFault> Faults(MatchmakingTicket ticket, RuleSet ruleSet, IReadOnlyCollection<string> regions)
    {
        var faults = new List<RuleSetFault>();
        if (ticket.Id is not { Length: >= 1 and <= RuleSetLimits.MaxTextLength }) faults.Add(new("id", $"must have 1 to {RuleSetLimits.MaxTextLength} characters."));
        if (ticket.Players.Count == 0) faults.Add(new("players", "must have at least one player."));
        if (ticket.Players.Count > ruleSet.MaxTeamPlayers)
        {
            // Nothing more is said of so many players: they cannot be in one ticket anyway.
            faults.Add(new("players", $"has {ticket.Players.Count} players: the largest team has {ruleSet.MaxTeamPlayers}, and a ticket's players stay in one team."));
            return faults;
        }

        if (ticket.Players.Select(player => player.Id).Distinct(StringComparer.Ordinal).Count() < ticket.Players.Count) faults.Add(new("players", "has a player twice."));
        for (var i = 0; i < ticket.Players.Count; i++) CheckPlayer(ticket.Players[i], $"players[{i}]", ruleSet, regions, faults);
        return faults;
    }

    private static void CheckPlayer(MatchmakingPlayer player, string path, RuleSet ruleSet, IReadOnlyCollection<string> regions, List<RuleSetFault> faults)
    {
        if (player.Id is not { Length: >= 1 and <= RuleSetLimits.MaxTextLength }) faults.Add(new($"{path}.id", $"must have 1 to {RuleSetLimits.MaxTextLength} characters."));
        foreach (var attribute in ruleSet.Attributes)
        {
            if (player.Attributes.TryGetValue(attribute.Name, out var value))
            {
                if (value.FaultAs(attribute.Type) is { } fault) faults.Add(new($"{path}.attributes.{attribute.Name}", $"{fault}."));
            }
            else if (attribute is { IsUsed: true, Default: null })
            {
                faults.Add(new($"{path}.attributes.{attribute.Name}", "is missing: the queue's rules look at it, and it has no default."));
            }
        }

        foreach (var (region, latency) in player.LatencyMilliseconds)
        {
            if (latency < 0) faults.Add(new($"{path}.latencyMilliseconds.{region}", $"is {latency}: it must be 0 or more."));
        }

        if (ruleSet.NeedsLatency && !player.LatencyMilliseconds.Keys.Any(regions.Contains))
            faults.Add(new($"{path}.latencyMilliseconds", $"has none of the regions {string.Join(", ", regions)}, and the queue's rules look at latency."));
    }
}
