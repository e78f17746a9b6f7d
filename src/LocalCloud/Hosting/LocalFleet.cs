using System.Globalization;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Hosting;

/// <summary>The Agones Fleets of the local cloud.</summary>
internal static class LocalFleet
{
    /// <summary>The fleet that players ask for.</summary>
    public const string Name = "arena";

    /// <summary>The Agones Fleet of its servers without a process; the one of its processes bears the fleet's own name.</summary>
    public const string SimulatedName = Name + "-simulated";

    /// <summary>Name of its game port.</summary>
    public const string PortName = "game";

    /// <summary>Image of game servers that run as processes.</summary>
    public const string Image = "fleetsystem/game-server:local";

    /// <summary>Image of game servers that have no process.</summary>
    public const string SimulatedImage = "simulated";

    /// <summary>Counter of the sessions on a server, where a server takes several.</summary>
    public const string RoomsCounter = "rooms";

    /// <summary>List of the players on a server.</summary>
    public const string PlayersList = "players";

    private const int PlayersCapacity = 64;
    private const int BackfillSeconds = 2;

    /// <summary>Manifest of the fleet whose servers are processes.</summary>
    /// <param name="replicas">Servers of the fleet in the cluster.</param>
    /// <param name="joinKeysFile">File with the join tokens' public keys.</param>
    /// <param name="options">How many sessions a server takes, and when they end.</param>
    public static JsonObject Manifest(int replicas, string joinKeysFile, LocalCloudOptions options) => Manifest(Name, replicas, Image, options, new JsonArray(
        Variable("GAMESERVER_JOIN_KEYS_FILE", joinKeysFile),
        Variable("GAMESERVER_IDLE_END_SECONDS", Text((int)options.SessionIdleEnd.TotalSeconds)),
        Variable("GAMESERVER_BACKFILL_SECONDS", Text(options.SessionsPerServer > 1 ? 0 : BackfillSeconds)),
        Variable("GAMESERVER_SESSIONS_MAX", Text(options.SessionsPerServer)),
        Variable("GAMESERVER_PLACES_COUNTER", options.SessionsPerServer > 1 ? RoomsCounter : "")));

    /// <summary>Manifest of the Agones Fleet whose servers have no process: second choice after those that have.</summary>
    public static JsonObject SimulatedManifest(int replicas, LocalCloudOptions options) => Manifest(SimulatedName, replicas, SimulatedImage, options, []);

    private static JsonObject Manifest(string name, int replicas, string image, LocalCloudOptions options, JsonArray environment)
    {
        var server = new JsonObject
        {
            ["ports"] = new JsonArray(new JsonObject { ["name"] = PortName, ["portPolicy"] = "Dynamic", ["containerPort"] = 7777, ["protocol"] = "UDP" }),
            ["health"] = new JsonObject { ["initialDelaySeconds"] = 5, ["periodSeconds"] = 5, ["failureThreshold"] = 3 },
            ["template"] = new JsonObject
            {
                ["spec"] = new JsonObject
                {
                    ["containers"] = new JsonArray(new JsonObject { ["name"] = "game-server", ["image"] = image, ["env"] = environment }),
                },
            },
        };
        if (image == Image)
            server["lists"] = new JsonObject { [PlayersList] = new JsonObject { ["values"] = new JsonArray(), ["capacity"] = PlayersCapacity } };
        if (options.SessionsPerServer > 1)
            server["counters"] = new JsonObject { [RoomsCounter] = new JsonObject { ["count"] = 0, ["capacity"] = options.SessionsPerServer } };

        return new JsonObject
        {
            ["apiVersion"] = "agones.dev/v1",
            ["kind"] = "Fleet",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
            ["spec"] = new JsonObject { ["replicas"] = replicas, ["template"] = new JsonObject { ["spec"] = server } },
        };
    }

    private static JsonObject Variable(string name, string value) => new() { ["name"] = name, ["value"] = value };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
