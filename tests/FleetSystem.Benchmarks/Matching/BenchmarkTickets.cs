using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.Benchmarks.Matching;

/// <summary>The rule set and the players that matching is measured with: 5 against 5, close in skill, near enough to one region, more of both with time.</summary>
internal sealed class BenchmarkTickets(int seed)
{
    public static readonly string[] Regions = ["ap-northeast-1", "ap-northeast-2", "ap-southeast-1", "eu-central-1", "eu-west-1", "us-east-1", "us-west-2", "sa-east-1"];

    // Latency between regions in milliseconds, roughly; a player's own is added.
    private static readonly int[,] Between = Distances();

    private readonly Random _random = new(seed);
    private int _number;

    public static RuleSet RuleSet { get; } = RuleSetReader.Read("""
        {
            "name": "bench", "ruleLanguageVersion": "1.0",
            "playerAttributes": [{ "name": "skill", "type": "number", "default": 1500 }],
            "teams": [{ "name": "red", "minPlayers": 5, "maxPlayers": 5 }, { "name": "blue", "minPlayers": 5, "maxPlayers": 5 }],
            "rules": [
                { "name": "Skill", "type": "distance", "measurements": ["max(flatten(teams[*].players.attributes[skill]))"], "referenceValue": "min(flatten(teams[*].players.attributes[skill]))", "maxDistance": 100 },
                { "name": "Fast", "type": "latency", "maxLatency": 60 }],
            "expansions": [
                { "target": "rules[Skill].maxDistance", "steps": [{ "waitTimeSeconds": 10, "value": 200 }, { "waitTimeSeconds": 30, "value": 400 }, { "waitTimeSeconds": 60, "value": 800 }] },
                { "target": "rules[Fast].maxLatency", "steps": [{ "waitTimeSeconds": 15, "value": 100 }, { "waitTimeSeconds": 45, "value": 180 }] }]
        }
        """).RuleSet!;

    /// <summary>A player, or every sixth time a party of two to four.</summary>
    public MatchmakingTicket Next(DateTimeOffset now)
    {
        var size = _random.Next(6) == 0 ? _random.Next(2, 5) : 1;
        var home = _random.Next(Regions.Length);
        var skill = 1500 + (300 * Normal());
        return Ticket(now, size, home, () => skill + (size > 1 ? 30 * Normal() : 0));
    }

    /// <summary>A player whom nobody is near.</summary>
    public MatchmakingTicket NextAlone(DateTimeOffset now)
    {
        var skill = (_number + 1) * 1_000d;
        return Ticket(now, 1, _random.Next(Regions.Length), () => skill);
    }

    /// <summary>Milliseconds until the next player comes, at so many a second.</summary>
    public double NextPause(double perSecond) => -Math.Log(1 - _random.NextDouble()) * 1_000 / perSecond;

    private MatchmakingTicket Ticket(DateTimeOffset now, int size, int home, Func<double> skill)
    {
        _number++;
        var players = new MatchmakingPlayer[size];
        for (var i = 0; i < size; i++)
        {
            var own = 8 + _random.Next(35);
            var latencies = new Dictionary<string, int>(Regions.Length);
            for (var region = 0; region < Regions.Length; region++) latencies.Add(Regions[region], own + Between[home, region]);
            players[i] = new($"player-{_number:x8}-{i}", new Dictionary<string, AttributeValue>(1) { ["skill"] = Math.Clamp(skill(), 0, 1e12) }, latencies);
        }

        return new($"ticket-{_number:x8}", now, now.AddMinutes(5), players);
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private static int[,] Distances()
    {
        var table = new int[Regions.Length, Regions.Length];
        for (var from = 0; from < Regions.Length; from++)
        {
            for (var to = 0; to < Regions.Length; to++) table[from, to] = from == to ? 0 : Regions[from][..2] == Regions[to][..2] ? 40 : 150;
        }

        return table;
    }
}
