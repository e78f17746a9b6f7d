using System.Text.Json;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Access;
using FleetSystem.LocalCloud.Matchmaking;

namespace FleetSystem.LocalCloud.Hosting;

/// <summary>
/// Writes the cell's configuration as an operator would: one file that both hosts read. With it either host can also be started by hand, as
/// a process of its own.
/// </summary>
internal static class CellConfiguration
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>A region as the file names it.</summary>
    public sealed record Region(string Id, IReadOnlyList<string> Zones, string AcceleratorArn, string StandardAcceleratorArn, int LoadBalancerPort, string EchoAddress, int EchoPort, string EchoToken);

    /// <summary>Writes the file of a host.</summary>
    public static void Write(string file, HostInstance host, LocalCloudOptions options, PortPlan ports, IReadOnlyList<Region> regions, string kubeConfig, string credentials, string signingKey, CellAccess? access)
    {
        var isManager = host.Kind == HostKind.FleetManager;

        // The other kind's section is that of its first host: it is not read.
        var manager = ports.FleetManagers[isManager ? host.Index : 0];
        var matchmaker = ports.Matchmakers[isManager ? 0 : host.Index];
        var document = new JsonObject
        {
            ["Urls"] = $"http://127.0.0.1:{(isManager ? manager.Operations : matchmaker.Api)}",
            ["Silo"] = new JsonObject { ["Port"] = isManager ? manager.Silo : matchmaker.Silo },
            ["FleetManager"] = new JsonObject
            {
                ["JoinTokenKeyFile"] = signingKey,
                ["Seed"] = options.Seed,
                ["PathHealth"] = new JsonObject
                {
                    ["DownWindow"] = options.PathHealth.DownWindow,
                    ["LossesToDown"] = options.PathHealth.LossesToDown,
                    ["DegradedWindow"] = options.PathHealth.DegradedWindow,
                    ["LossesToDegraded"] = options.PathHealth.LossesToDegraded,
                    ["LossesWhenGood"] = options.PathHealth.LossesWhenGood,
                    ["HealthyAfter"] = options.PathHealth.HealthyAfter.ToString(),
                    ["HealthyAfterMax"] = options.PathHealth.HealthyAfterMax.ToString(),
                    ["RelapseWithin"] = options.PathHealth.RelapseWithin.ToString(),
                },
                ["ServerTraffic"] = new JsonObject
                {
                    ["Interval"] = options.ServerTraffic.Interval.ToString(),
                    ["CallsPerRound"] = options.ServerTraffic.CallsPerRound,
                    ["ReopenAfter"] = options.ServerTraffic.ReopenAfter.ToString(),
                },
            },
            ["Matchmaker"] = new JsonObject
            {
                ["Url"] = $"http://127.0.0.1:{matchmaker.Api}",
                ["GrpcUrl"] = $"http://127.0.0.1:{matchmaker.Grpc}",
                ["RegionRefreshInterval"] = "00:00:00.2",
                ["Allocator"] = new JsonObject { ["RestUrl"] = $"http://127.0.0.1:{matchmaker.Allocator}", ["GrpcUrl"] = $"http://127.0.0.1:{matchmaker.AllocatorGrpc}" },
            },
            ["FleetSystem"] = new JsonObject
            {
                ["Cell"] = "local",
                ["Regions"] = new JsonArray([.. regions.Select(region => RegionNode(region, options, ports, credentials))]),
                ["Clusters"] = new JsonArray([.. regions.Select(region => (JsonNode)new JsonObject
                {
                    ["Id"] = region.Id, ["Region"] = region.Id, ["KubeConfig"] = kubeConfig, ["Context"] = region.Id,
                })]),
                ["Fleets"] = new JsonArray([.. FleetNodes(options)]),
                ["Queues"] = LocalQueues.Configuration(options),
            },
        };
        if (access is not null) document["Access"] = access.Configuration;
        if (ports.DynamoDB is { } dynamo) Cluster(document, dynamo, credentials);
        else Alone(document, ports, options);
        File.WriteAllText(file, document.ToJsonString(Indented));
    }

    private static void Alone(JsonObject document, PortPlan ports, LocalCloudOptions options)
    {
        document["Silo"]!["PrimarySilo"] = $"127.0.0.1:{ports.FleetManagers[0].Silo}";
        document["Storage"] = new JsonObject { ["Sqlite"] = new JsonObject { ["Path"] = Path.Combine(options.DataDirectory, "cell.db") } };
    }

    private static void Cluster(JsonObject document, int dynamo, string credentials)
    {
        document["Silo"]!["Clustering"] = "DynamoDB";
        document["Storage"] = new JsonObject { ["Provider"] = "DynamoDB" };
        document["DynamoDB"] = new JsonObject { ["Service"] = $"http://127.0.0.1:{dynamo}/", ["CredentialsFile"] = credentials, ["CreateTables"] = true };
    }

    private static IEnumerable<JsonNode> FleetNodes(LocalCloudOptions options)
    {
        yield return Fleet(LocalFleet.Name, LocalFleet.Name, LocalFleet.SimulatedName);

        // By itself too: under load, an end of a session on a real server would mostly measure how fast processes start.
        if (options.SimulatedServers > 0) yield return Fleet(LocalFleet.SimulatedName, LocalFleet.SimulatedName);

        JsonObject Fleet(string id, params IEnumerable<string> agonesFleets)
        {
            var fleet = new JsonObject
            {
                ["Id"] = id,
                ["Port"] = LocalFleet.PortName,
                ["AgonesFleets"] = new JsonArray([.. agonesFleets.Select(name => (JsonNode)name)]),
            };
            if (options.SessionsPerServer > 1) fleet["Packing"] = new JsonObject { ["Counter"] = LocalFleet.RoomsCounter };
            return fleet;
        }
    }

    private static JsonNode RegionNode(Region region, LocalCloudOptions options, PortPlan ports, string credentials) => new JsonObject
    {
        ["Id"] = region.Id,
        ["Zones"] = new JsonArray([.. region.Zones.Select(zone => (JsonNode)zone)]),
        ["Accelerator"] = new JsonObject
        {
            ["Arn"] = region.AcceleratorArn,
            ["ServiceUrl"] = $"http://127.0.0.1:{ports.AcceleratorApi}",
            ["CredentialsFile"] = credentials,
            ["Traffic"] = options.AcceleratorTraffic.ToString(),
        },
        ["StandardAccelerator"] = new JsonObject
        {
            ["Arn"] = region.StandardAcceleratorArn,
            ["ServiceUrl"] = $"http://127.0.0.1:{ports.AcceleratorApi}",
            ["CredentialsFile"] = credentials,
            ["Endpoints"] = new JsonArray(new JsonObject { ["EndpointId"] = AcceleratorSetup.ApiEndpointId(region.Id), ["Weight"] = AcceleratorSetup.ApiEndpointWeight }),
        },
        ["NetworkLoadBalancer"] = new JsonObject { ["Address"] = "127.0.0.1", ["Port"] = region.LoadBalancerPort },
        ["Echo"] = new JsonObject { ["Address"] = region.EchoAddress, ["Port"] = region.EchoPort, ["RoutingToken"] = region.EchoToken, ["Protocols"] = new JsonArray([.. options.ProbeProtocols.Select(protocol => (JsonNode)protocol.ToString())]) },
    };
}
