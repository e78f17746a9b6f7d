using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Hosting;

namespace FleetSystem.LocalCloud.Matchmaking;

/// <summary>The matchmaking queues of the local cloud, each with a rule set in a file beside the program.</summary>
internal static class LocalQueues
{
    /// <summary>Two against two on game servers that are processes.</summary>
    public const string Duos = "arena-duos";

    /// <summary>The same on servers without a process, for load.</summary>
    public const string SimulatedDuos = "simulated-duos";

    /// <summary>A hundred players a match on servers without a process, for load: so placement is no limit.</summary>
    public const string SimulatedRoyale = "simulated-royale";

    /// <summary>File of the rule set of <see cref="Duos"/>.</summary>
    public static string DuosFile => FileOf(Duos);

    /// <summary>The queues as the cell's configuration has them.</summary>
    public static JsonArray Configuration(LocalCloudOptions options)
    {
        var queues = new JsonArray(Queue(Duos, Duos, LocalFleet.Name));
        if (options.SimulatedServers == 0) return queues;
        queues.Add(Queue(SimulatedDuos, Duos, LocalFleet.SimulatedName));
        queues.Add(Queue(SimulatedRoyale, SimulatedRoyale, LocalFleet.SimulatedName));
        return queues;
    }

    private static JsonNode Queue(string id, string ruleSet, string fleet) => new JsonObject { ["Id"] = id, ["RuleSetFile"] = FileOf(ruleSet), ["Fleet"] = fleet };

    private static string FileOf(string ruleSet) => Path.Combine(AppContext.BaseDirectory, "rulesets", $"{ruleSet}.json");
}
