namespace FleetSystem.LocalCloud.Matchmaking;

/// <summary>A player who wants a match.</summary>
/// <param name="Id">The player.</param>
/// <param name="Skill">His skill, about 1000.</param>
/// <param name="Latencies">Round trip in milliseconds by region, as if he lived somewhere.</param>
internal sealed record MatchmakingBot(string Id, double Skill, IReadOnlyDictionary<string, int> Latencies);

/// <summary>A crowd that wants matches. Pure.</summary>
internal static class BotCrowd
{
    private const double MeanSkill = 1000;
    private const double SkillSpread = 200;

    // Friends play about as well as each other.
    private const int FriendsSpread = 50;

    /// <summary>Makes parties: of each region's players the first half in parties of two, the others alone.</summary>
    /// <param name="name">Beginning of all ids.</param>
    /// <param name="regions">Regions that players live near.</param>
    /// <param name="each">Players near each, a multiple of 4.</param>
    /// <param name="seed">Seed of everything random.</param>
    public static IReadOnlyList<IReadOnlyList<MatchmakingBot>> Create(string name, IReadOnlyList<string> regions, int each, int seed)
    {
        var random = new Random(seed);
        var parties = new List<IReadOnlyList<MatchmakingBot>>();
        foreach (var home in regions)
        {
            var inParties = each / 4 * 2;
            for (var index = 0; index < each; index++)
            {
                var bot = Bot($"{name}-{home}-{index + 1}", home);
                if (index < inParties && index % 2 == 1) parties[^1] = [.. parties[^1], bot with { Skill = parties[^1][0].Skill + random.Next(-FriendsSpread, FriendsSpread) }];
                else parties.Add([bot]);
            }
        }

        return parties;

        MatchmakingBot Bot(string id, string home)
        {
            // The sum of twelve even numbers is as good as normally distributed.
            var skill = Math.Round(MeanSkill + (SkillSpread * (Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6)));
            return new MatchmakingBot(id, skill, regions.ToDictionary(region => region, region => region == home ? random.Next(20, 60) : random.Next(110, 145)));
        }
    }
}
