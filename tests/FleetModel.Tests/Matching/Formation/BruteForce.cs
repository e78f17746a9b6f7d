using System.Numerics;
using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Tests.Matching.Formation;

/// <summary>The exact answer for a few tickets: every way to put them into teams is tried.</summary>
internal static class BruteForce
{
    /// <summary>Sets of tickets, as bits, that are a match in some way.</summary>
    public static IReadOnlyList<uint> Matches(RuleSet ruleSet, PlainEvaluator evaluator, IReadOnlyList<MatchmakingTicket> tickets, DateTimeOffset now)
    {
        var teams = ruleSet.Stages[0].Teams;
        var most = teams.Select((_, team) => ruleSet.Stages.Max(stage => stage.Teams[team].MaxPlayers)).ToArray();
        var least = teams.Select((_, team) => ruleSet.Stages.Min(stage => stage.Teams[team].MinPlayers)).ToArray();
        var found = new HashSet<uint>();
        var members = teams.Select(_ => new List<MatchmakingTicket>()).ToArray();
        var players = new int[teams.Count];

        void Try(int index, uint bits)
        {
            if (index == tickets.Count)
            {
                if (bits == 0 || found.Contains(bits)) return;
                for (var team = 0; team < teams.Count; team++)
                {
                    if (players[team] < least[team]) return;
                }

                if (evaluator.IsMatch(members, now)) found.Add(bits);
                return;
            }

            for (var team = 0; team < teams.Count; team++)
            {
                var size = tickets[index].Players.Count;
                if (players[team] + size > most[team]) continue;
                members[team].Add(tickets[index]);
                players[team] += size;
                Try(index + 1, bits | (1u << index));
                players[team] -= size;
                members[team].RemoveAt(members[team].Count - 1);
            }

            Try(index + 1, bits);
        }

        Try(0, 0);
        return [.. found];
    }

    /// <summary>Most players that can be in matches at once.</summary>
    public static int MostPlayers(IReadOnlyList<uint> matches, IReadOnlyList<MatchmakingTicket> tickets)
    {
        var best = new Dictionary<uint, int> { [0] = 0 };
        int Best(uint free)
        {
            if (best.TryGetValue(free, out var known)) return known;

            // The lowest ticket is in one of the matches, or in none.
            var low = 1u << BitOperations.TrailingZeroCount(free);
            var most = Best(free & ~low);
            foreach (var match in matches.Where(match => (match & low) != 0 && (match & ~free) == 0)) most = Math.Max(most, Players(match) + Best(free & ~match));
            best[free] = most;
            return most;
        }

        int Players(uint bits) => Enumerable.Range(0, tickets.Count).Where(index => (bits & (1u << index)) != 0).Sum(index => tickets[index].Players.Count);
        return Best((1u << tickets.Count) - 1);
    }
}
