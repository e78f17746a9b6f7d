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

    /// <summary>Manifest of the fleet whose servers are processes.</summary>
    /// <param name="replicas">Servers of the fleet in the cluster.</param>
    /// <param name="joinKeysFile">File with the join tokens' public keys.</param>
    public static JsonObject Manifest(int replicas, string joinKeysFile) => Manifest(Name, replicas, Image, new JsonArray(
        new JsonObject { ["name"] = "GAMESERVER_JOIN_KEYS_FILE", ["value"] = joinKeysFile }));

    /// <summary>Manifest of the Agones Fleet whose servers have no process: second choice after those that have.</summary>
    public static JsonObject SimulatedManifest(int replicas) => Manifest(SimulatedName, replicas, SimulatedImage, []);

    private static JsonObject Manifest(string name, int replicas, string image, JsonArray environment) => new()
    {
        ["apiVersion"] = "agones.dev/v1",
        ["kind"] = "Fleet",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
        ["spec"] = new JsonObject
        {
            ["replicas"] = replicas,
            ["template"] = new JsonObject
            {
                ["spec"] = new JsonObject
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
                },
            },
        },
    };
}
