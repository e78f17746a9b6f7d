using System.Text.Json.Nodes;
using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.LocalCloud.Bots;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.LocalCloud.Matchmaking;

namespace FleetSystem.LocalCloud.Tour;

/// <summary>The step <c>matchmake</c>: a crowd of bots becomes sessions, which are checked against the rule set and then played.</summary>
internal sealed class MatchmakeStep(LocalCloudOptions options, PlayersApi api, TimeProvider time)
{
    private const int Players = 40;
    private const int PlayersPerMatch = 4;
    private const int DatagramsEach = 20;
    private static readonly BotOptions Calm = new() { InputInterval = TimeSpan.FromMilliseconds(50) };

    // One server a region stays free, for whatever else goes on.
    private int PlayersPerRegion => Math.Min(Players / options.Regions.Count, ((options.ServersPerZone * options.ZonesPerRegion) - 1) * PlayersPerMatch) / PlayersPerMatch * PlayersPerMatch;

    /// <summary>Runs it.</summary>
    public async Task<JsonObject> RunAsync(string name, CancellationToken cancellationToken)
    {
        var ruleSet = RuleSetReader.Read(await File.ReadAllBytesAsync(LocalQueues.DuosFile, cancellationToken)).RuleSet ?? throw new TourFailedException($"{LocalQueues.DuosFile} has faults.");
        var crowd = BotCrowd.Create(name, [.. options.Regions], PlayersPerRegion, options.Seed);
        var matchmaking = new CrowdMatchmaking(api, time);
        var results = await Task.WhenAll(crowd.Select(party => matchmaking.MatchAsync(LocalQueues.Duos, party, cancellationToken)));
        var matches = new List<MatchResult>();
        foreach (var group in results.GroupBy(result => result.Ticket.Match!.SessionId!))
        {
            var session = await api.GetAsync(group.Key, cancellationToken);
            matches.Add(new MatchResult(group.Key, session.GameServer?.Region ?? "", [.. group]));
        }

        var faults = new MatchCheck(ruleSet).Faults(crowd, matches).Take(5).ToList();
        if (faults.Count > 0) throw new TourFailedException(string.Join("; ", faults));
        var played = await PlayAsync(matchmaking, results, cancellationToken);
        foreach (var match in matches) await api.EndAsync(match.SessionId, cancellationToken);
        return Report(crowd, results, matches, played);
    }

    /// <summary>Every bot joins its session and plays.</summary>
    /// <returns>Datagrams answered.</returns>
    private static async Task<long> PlayAsync(CrowdMatchmaking matchmaking, IReadOnlyList<PartyResult> results, CancellationToken cancellationToken)
    {
        var joining = results.Select(result => matchmaking.PlayAsync(result, Calm, cancellationToken)).ToList();
        try
        {
            var reports = await Task.WhenAll(joining.Zip(results).Select(async pair =>
            {
                var bots = await pair.First;
                var session = pair.Second.Ticket.Match!.SessionId!.Split('.')[0];
                var told = await Task.WhenAll(bots.Select(bot => bot.UntilAsync(report => report.IsJoined && report.Answered >= DatagramsEach, cancellationToken)));
                foreach (var report in told)
                {
                    if (report.Session != session) throw new TourFailedException($"{report.PlayerId} plays in {report.Session} instead of {session}");
                    if (report.Violations.Count > 0) throw new TourFailedException($"{report.PlayerId}: {string.Join("; ", report.Violations)}");
                }

                return told.Sum(report => report.Answered);
            }));
            return reports.Sum();
        }
        finally
        {
            foreach (var joined in joining)
            {
                await ((Task)joined).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                foreach (var bot in joined.IsCompletedSuccessfully ? await joined : []) await bot.DisposeAsync();
            }
        }
    }

    private static JsonObject Report(IReadOnlyList<IReadOnlyList<MatchmakingBot>> crowd, IReadOnlyList<PartyResult> results, IReadOnlyList<MatchResult> matches, long played)
    {
        var regions = matches.CountBy(match => match.Region).OrderBy(pair => pair.Key, StringComparer.Ordinal);
        return new JsonObject
        {
            ["players"] = crowd.Sum(party => party.Count),
            ["parties"] = crowd.Count(party => party.Count > 1),
            ["sessions"] = matches.Count,
            ["sessionsByRegion"] = new JsonObject(regions.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            ["waitSeconds"] = Spread(results.Select(result => result.Wait)),
            ["untilToldOfSessionSeconds"] = Spread(results.Select(result => result.ToSession)),
            ["skillSpread"] = new JsonObject { ["median"] = Median(matches.Select(SkillSpread)), ["widest"] = matches.Max(SkillSpread) },
            ["highestLatencyMilliseconds"] = matches.Max(match => match.Players.Max(player => player.Latencies[match.Region])),
            ["datagramsAnswered"] = played,
        };
    }

    private static double SkillSpread(MatchResult match) => match.Players.Max(player => player.Skill) - match.Players.Min(player => player.Skill);

    private static JsonObject Spread(IEnumerable<TimeSpan> times)
    {
        var seconds = times.Select(one => Math.Round(one.TotalSeconds, 2)).ToList();
        return new JsonObject { ["shortest"] = seconds.Min(), ["median"] = Median(seconds), ["longest"] = seconds.Max() };
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
