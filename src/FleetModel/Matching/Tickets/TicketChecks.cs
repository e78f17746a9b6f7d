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
    public static IReadOnlyList<RuleSetFault> Faults(MatchmakingTicket ticket, RuleSet ruleSet, IReadOnlyList<string> regions)
    {
        // Nearly every ticket has none, and this is asked a hundred thousand times a second: nothing is allocated until there is one.
        List<RuleSetFault>? faults = null;
        if (ticket.Id is not { Length: >= 1 and <= RuleSetLimits.MaxTextLength }) Add(ref faults, "id", $"must have 1 to {RuleSetLimits.MaxTextLength} characters.");
        var players = ticket.Players;
        if (players.Count == 0) Add(ref faults, "players", "must have at least one player.");
        if (players.Count > ruleSet.MaxTeamPlayers)
        {
            // Nothing more is said of so many players: they cannot be in one ticket anyway.
            Add(ref faults, "players", $"has {players.Count} players: the largest team has {ruleSet.MaxTeamPlayers}, and a ticket's players stay in one team.");
            return faults!;
        }

        if (players.Count > 1 && players.Select(player => player.Id).Distinct(StringComparer.Ordinal).Count() < players.Count) Add(ref faults, "players", "has a player twice.");
        for (var i = 0; i < players.Count; i++) CheckPlayer(players[i], "", i, ruleSet, regions, ref faults);
        return faults ?? (IReadOnlyList<RuleSetFault>)[];
    }

    /// <summary>What is wrong with a request to fill a running match, each with its place; none when it can be served.</summary>
    /// <param name="backfill">The request.</param>
    /// <param name="ruleSet">The rule set.</param>
    /// <param name="regions">Regions that matches can be placed in.</param>
    public static IReadOnlyList<RuleSetFault> Faults(BackfillTicket backfill, RuleSet ruleSet, IReadOnlyList<string> regions)
    {
        List<RuleSetFault>? faults = null;
        if (backfill.Id is not { Length: >= 1 and <= RuleSetLimits.MaxTextLength }) Add(ref faults, "id", $"must have 1 to {RuleSetLimits.MaxTextLength} characters.");
        if (backfill.Region is { } region && !regions.Contains(region)) Add(ref faults, "region", $"is '{region}': it must be one of {string.Join(", ", regions)}.");
        var (players, ids) = (0, new HashSet<string>(StringComparer.Ordinal));
        foreach (var (name, members) in backfill.Teams)
        {
            var index = ruleSet.Stages[0].Teams.ToList().FindIndex(team => team.Name == name);
            if (index < 0)
            {
                Add(ref faults, $"teams.{name}", $"is no team of the rule set. It has: {string.Join(", ", ruleSet.Stages[0].Teams.Select(team => team.Name))}.");
                continue;
            }

            var most = ruleSet.Stages.Max(stage => stage.Teams[index].MaxPlayers);
            if (members.Count > most)
            {
                // Nothing more is said of so many players.
                Add(ref faults, $"teams.{name}", $"has {members.Count} players: the team has at most {most}.");
                return faults!;
            }

            players += members.Count;
            for (var i = 0; i < members.Count; i++)
            {
                CheckPlayer(members[i], $"teams.{name}.", i, ruleSet, regions, ref faults);
                if (!ids.Add(members[i].Id)) Add(ref faults, $"teams.{name}.players[{i}].id", "is in the match twice.");
            }
        }

        if (players == 0) Add(ref faults, "teams", "must have at least one player: a match without any is a new one.");
        if (players >= ruleSet.MaxPlayers) Add(ref faults, "teams", "are full: there is no place to fill.");
        return faults ?? (IReadOnlyList<RuleSetFault>)[];
    }

    private static void CheckPlayer(MatchmakingPlayer player, string prefix, int index, RuleSet ruleSet, IReadOnlyList<string> regions, ref List<RuleSetFault>? faults)
    {
        if (player.Id is not { Length: >= 1 and <= RuleSetLimits.MaxTextLength }) Add(ref faults, $"{prefix}players[{index}].id", $"must have 1 to {RuleSetLimits.MaxTextLength} characters.");
        for (var i = 0; i < ruleSet.Attributes.Count; i++)
        {
            var attribute = ruleSet.Attributes[i];
            if (player.Attributes.TryGetValue(attribute.Name, out var value))
            {
                if (value.FaultAs(attribute.Type) is { } fault) Add(ref faults, $"{prefix}players[{index}].attributes.{attribute.Name}", $"{fault}.");
            }
            else if (attribute is { IsUsed: true, Default: null })
            {
                Add(ref faults, $"{prefix}players[{index}].attributes.{attribute.Name}", "is missing: the queue's rules look at it, and it has no default.");
            }
        }

        var isTold = false;
        for (var i = 0; i < regions.Count; i++)
        {
            if (!player.LatencyMilliseconds.TryGetValue(regions[i], out var latency)) continue;
            isTold = true;
            if (latency < 0) Add(ref faults, $"{prefix}players[{index}].latencyMilliseconds.{regions[i]}", $"is {latency}: it must be 0 or more.");
        }

        if (ruleSet.NeedsLatency && !isTold)
            Add(ref faults, $"{prefix}players[{index}].latencyMilliseconds", $"has none of the regions {string.Join(", ", regions)}, and the queue's rules look at latency.");
    }

    private static void Add(ref List<RuleSetFault>? faults, string path, string message) => (faults ??= []).Add(new(path, message));
}
