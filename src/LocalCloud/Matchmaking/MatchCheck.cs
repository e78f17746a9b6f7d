using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.LocalCloud.Matchmaking;

/// <summary>
/// Looks from outside whether the matches of a crowd are what the rule set promises. It reads nothing but limits from the rule set, and does its own arithmetic. Pure.
/// </summary>
/// <param name="ruleSet">The rule set: a distance rule on skill around the average, and a latency rule.</param>
internal sealed class MatchCheck(RuleSet ruleSet)
{
    // The pass looks a moment before the match is written down.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(0.25);

    /// <summary>What is wrong, as sentences; none when all is well.</summary>
    public IEnumerable<string> Faults(IReadOnlyList<IReadOnlyList<MatchmakingBot>> crowd, IReadOnlyList<MatchResult> matches)
    {
        foreach (var player in crowd.SelectMany(party => party))
        {
            var sessions = matches.Count(match => match.Players.Any(other => other.Id == player.Id));
            if (sessions != 1) yield return $"{player.Id} is in {sessions} sessions";
        }

        foreach (var fault in matches.SelectMany(Faults)) yield return fault;
    }

    private IEnumerable<string> Faults(MatchResult match)
    {
        foreach (var result in match.Parties)
        {
            var teams = result.Ticket.Players.Select(player => player.Team).Distinct().ToList();
            if (teams.Count != 1 || teams[0] is null) yield return $"the party of {result.Party[0].Id} is in teams {string.Join(", ", teams)}";
        }

        // The rule set's expansions go by the newest ticket's age.
        var age = match.Parties.Min(result => result.Wait) + Tolerance;
        var stage = ruleSet.Stages[ruleSet.StageAt(age.TotalSeconds)];
        foreach (var team in stage.Teams)
        {
            var count = match.Parties.Sum(result => result.Ticket.Players.Count(player => player.Team == team.Name));
            if (count < team.MinPlayers || count > team.MaxPlayers) yield return $"{match.SessionId} has {count} players in team {team.Name}";
        }

        if (stage.Rules.OfType<LatencyRule>().FirstOrDefault()?.MaxLatency is { } maxLatency)
        {
            foreach (var player in match.Players.Where(player => player.Latencies[match.Region] > maxLatency))
                yield return $"{player.Id} has {player.Latencies[match.Region]} ms to {match.Region}; at an age of {age.TotalSeconds:0.0} s {maxLatency} ms are allowed";
        }

        if (stage.Rules.OfType<DistanceRule>().FirstOrDefault()?.MaxDistance is not { } maxDistance) yield break;

        // In rules on numbers each player of a party counts as the party's average.
        var average = match.Players.Average(player => player.Skill);
        foreach (var result in match.Parties)
        {
            var distance = Math.Abs(result.Party.Average(player => player.Skill) - average);
            if (distance > maxDistance + 1e-6) yield return $"the party of {result.Party[0].Id} is {distance:0} from its match's average; at an age of {age.TotalSeconds:0.0} s {maxDistance} are allowed";
        }
    }
}
