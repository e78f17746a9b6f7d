using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.FleetManager;
using FleetSystem.FleetManager.Storage;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;
using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.Matchmaker;
using FleetSystem.SiloHost;
using FleetSystem.SiloHost.Access;
using FleetSystem.SiloHost.Health;
using FleetSystem.SiloHost.Kubernetes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using GameServerState = FleetSystem.LocalCloud.Agones.GameServerState;

namespace FleetSystem.LocalCloud.Tests.Agones;

/// <summary>The files in agones/ against the code that they are for.</summary>
public sealed class DeliveredManifestsTests
{
    [Fact]
    public void EveryFile_Parsed_HasWholeObjectsWithNamesAndNamespacesOnce()
    {
        Assert.Equal(["autoscaler-buffer.yaml", "autoscaler-webhook.yaml", "fleet-arena.yaml", "fleet-per-zone.yaml", "fleetsystem.yaml", "quilkin.yaml", "rbac.yaml"], Delivered.Files);
        foreach (var file in Delivered.Files)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var document in Delivered.Read(file))
            {
                var name = $"{document.Text("apiVersion")} {document.Text("kind")} {(string?)document["metadata"]?["name"]}";
                Assert.True(document.Text("apiVersion") is not null && document.Text("kind") is not null && document["metadata"]?["name"] is not null, $"{file}: {name} is not whole");
                Assert.True(seen.Add(name), $"{file}: {name} is there twice");
                Assert.True(document.Text("kind")!.StartsWith("ClusterRole", StringComparison.Ordinal) || (string?)document["metadata"]!["namespace"] == "default", $"{file}: {name} names no namespace");
            }
        }
    }

    [Theory]
    [InlineData("fleet-arena.yaml", 6)]
    [InlineData("fleet-per-zone.yaml", 6)]
    public async Task Fleets_Applied_ComeUpReady(string file, int servers)
    {
        await using var cluster = await TestCluster.StartAsync();
        var fleets = Delivered.KnownToTheCluster(file).ToList();

        foreach (var fleet in fleets)
        {
            // There is no image to run here: everything else is as delivered.
            foreach (var container in fleet["spec"]!["template"]!["spec"]!["template"]!["spec"]!["containers"]!.AsArray()) container!["image"] = "simulated";
            cluster.Cluster.Apply(fleet);
        }

        await cluster.UntilAsync(() => fleets.Sum(fleet => cluster.ServersOf((string)fleet["metadata"]!["name"]!, GameServerState.Ready).Count) == servers);
    }

    [Fact]
    public void FleetPerZone_Templates_AreBoundToTheZoneThatTheirLabelSays()
    {
        var templates = Delivered.KnownToTheCluster("fleet-per-zone.yaml").Select(fleet => fleet["spec"]!["template"]!).ToList();
        var labels = templates.Select(template => (string)template["metadata"]!["labels"]![AgonesKeys.Zone]!).ToList();

        Assert.Equal(TestCluster.Zones, labels);
        Assert.Equal(labels, templates.Select(template => (string)template["spec"]!["template"]!["spec"]!["nodeSelector"]![AgonesKeys.NodeZone]!));
    }

    [Theory]
    [InlineData("autoscaler-buffer.yaml")]
    [InlineData("autoscaler-webhook.yaml")]
    public async Task Autoscalers_Applied_AreTakenForTheFleetBesideThem(string file)
    {
        await using var cluster = await TestCluster.StartAsync();

        var autoscaler = Assert.Single(Delivered.KnownToTheCluster(file));

        // The local cluster resolves no services; everything else is as delivered.
        if (autoscaler["spec"]!["policy"]!["webhook"] is JsonObject webhook && webhook.Remove("service")) webhook["url"] = "http://127.0.0.1:1/scale";
        var stored = cluster.Cluster.Apply(autoscaler);

        Assert.Contains((string)stored["spec"]!["fleetName"]!, Delivered.KnownToTheCluster("fleet-arena.yaml").Select(fleet => (string)fleet["metadata"]!["name"]!));
    }

    [Fact]
    public void Configuration_OfTheHosts_PassesTheirValidatorsAndMatchesTheFleets()
    {
        var text = (string)Object("fleetsystem.yaml", "ConfigMap", "fleetsystem")["data"]!["cell.json"]!;
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        var configuration = new ConfigurationBuilder().AddJsonStream(stream).Build();
        using var services = new ServiceCollection().AddFleetSystemOptions(configuration).BuildServiceProvider();

        var system = services.GetRequiredService<IOptions<FleetSystemOptions>>().Value;

        // The hosts pass over a key or an element that they cannot bind; a file that we give away has none such.
        configuration.GetSection(FleetSystemOptions.Section).Get<FleetSystemOptions>(binder => binder.ErrorOnUnknownConfiguration = true);
        Assert.Equal(Delivered.KnownToTheCluster("fleet-arena.yaml").Select(fleet => (string)fleet["metadata"]!["name"]!), system.Fleets.SelectMany(fleet => fleet.NamesInAgones));
    }

    [Theory]
    [InlineData("fleetsystem-fleetmanager")]
    [InlineData("fleetsystem-matchmaker")]
    public void Deployment_Parts_BelongTogether(string name)
    {
        var spec = Object("fleetsystem.yaml", "Deployment", name)["spec"]!;
        var (pod, container) = (spec["template"]!["spec"]!, ContainerOf(name));
        var ports = container["ports"]!.AsArray().Select(port => (string)port!["name"]!).ToList();
        var labels = spec["template"]!["metadata"]!["labels"]!;

        Assert.Equal(name, (string)labels["app"]!);
        foreach (var selector in (pod["topologySpreadConstraints"]?.AsArray() ?? []).Select(spread => spread!["labelSelector"]).Append(spec["selector"]))
            Assert.All(selector!["matchLabels"]!.AsObject(), label => Assert.Equal((string)label.Value!, (string)labels[label.Key]!));
        Assert.All(container["volumeMounts"]!.AsArray(), mount => Assert.Contains(pod["volumes"]!.AsArray(), volume => (string)volume!["name"]! == (string)mount!["name"]!));
        foreach (var (probe, path) in new[] { ("startupProbe", HealthEndpoints.LivenessPath), ("livenessProbe", HealthEndpoints.LivenessPath), ("readinessProbe", HealthEndpoints.ReadinessPath) })
        {
            Assert.Contains((string)container[probe]!["httpGet"]!["port"]!, ports);
            Assert.Equal(path, (string)container[probe]!["httpGet"]!["path"]!);
        }

        foreach (var service in Delivered.Read("fleetsystem.yaml").Where(document => document.Text("kind") == "Service" && (string)document["spec"]!["selector"]!["app"]! == name))
            Assert.All(service["spec"]!["ports"]!.AsArray(), port => Assert.Contains((string?)port!["targetPort"] ?? (string)port["name"]!, ports));
        Assert.NotNull(container["resources"]!["requests"]!["cpu"]);
        Assert.NotNull(container["resources"]!["requests"]!["memory"]);
    }

    [Fact]
    public void Deployments_OfMoreThanOnePod_AreSpreadOverZonesAndDisruptedOneAtATime()
    {
        foreach (var deployment in Delivered.Read("fleetsystem.yaml").Where(document => document.Text("kind") == "Deployment" && (long)document["spec"]!["replicas"]! > 1))
        {
            var name = (string)deployment["metadata"]!["name"]!;
            Assert.Contains(deployment["spec"]!["template"]!["spec"]!["topologySpreadConstraints"]!.AsArray(), spread => (string)spread!["topologyKey"]! == AgonesKeys.NodeZone);
            var cell = JsonNode.Parse((string)Object("fleetsystem.yaml", "ConfigMap", "fleetsystem")["data"]!["cell.json"]!)!;
            Assert.Equal((nameof(ClusteringProvider.DynamoDB), nameof(StorageProvider.DynamoDB)), ((string)cell["Silo"]!["Clustering"]!, (string)cell["Storage"]!["Provider"]!));
            var budget = Object("fleetsystem.yaml", "PodDisruptionBudget", name)["spec"]!;
            Assert.Equal((1, name), ((long)budget["maxUnavailable"]!, (string)budget["selector"]!["matchLabels"]!["app"]!));
        }
    }

    [Theory]
    [InlineData("fleetsystem-fleetmanager")]
    [InlineData("fleetsystem-matchmaker")]
    public void Environment_OfTheHosts_IsReadAndAgreesWithPortsLabelsAndTheTimeToStop(string name)
    {
        var spec = Object("fleetsystem.yaml", "Deployment", name)["spec"]!["template"]!;
        var container = ContainerOf(name);
        var environment = container["env"]!.AsArray().ToDictionary(entry => (string)entry!["name"]!, entry => (string?)entry!["value"] ?? "10.0.0.1");
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(environment.Where(entry => entry.Key.Contains("__", StringComparison.Ordinal)).Select(entry => KeyValuePair.Create(entry.Key.Replace("__", ":", StringComparison.Ordinal), (string?)entry.Value)))
            .Build();
        var silo = configuration.GetSection(SiloOptions.Section).Get<SiloOptions>(Strictly)!;
        var matchmaker = configuration.GetSection(MatchmakerOptions.Section).Get<MatchmakerOptions>(Strictly) ?? new MatchmakerOptions();
        Assert.True(configuration.GetSection(AccessOptions.Section).Get<AccessOptions>(Strictly)!.Trusted);
        Assert.Equal(
            [AccessOptions.Section, .. name.EndsWith("matchmaker", StringComparison.Ordinal) ? [MatchmakerOptions.Section] : Array.Empty<string>(), SiloOptions.Section],
            configuration.GetChildren().Select(section => section.Key).Order(StringComparer.Ordinal));

        // Every port that is listened on is told, and no other.
        string[] urls = environment.TryGetValue("Urls", out var ops) ? [ops] : [matchmaker.Url, matchmaker.GrpcUrl, matchmaker.MetricsUrl, matchmaker.Allocator.GrpcUrl, matchmaker.Allocator.RestUrl];
        var listened = urls.Select(url => (long)new Uri(url).Port).Append(silo.Port).Distinct().Order();
        Assert.Equal(listened, container["ports"]!.AsArray().Select(port => (long)port!["containerPort"]!).Order());

        // Orleans' agent finds the silos by these labels, and would have to write them otherwise.
        foreach (var label in new[] { "orleans/serviceId", "orleans/clusterId" }) Assert.Equal(silo.ClusterId, (string)spec["metadata"]!["labels"]![label]!);
        Assert.True(silo.Kubernetes.Enabled);
        foreach (var variable in new[] { KubernetesOptions.PodName, KubernetesOptions.PodNamespace, KubernetesOptions.PodAddress }) Assert.Contains(variable, environment.Keys);
        Assert.InRange(silo.Drain.Total, silo.Drain.Delay, TimeSpan.FromSeconds((long)spec["spec"]!["terminationGracePeriodSeconds"]! - 1));
        Assert.True(silo.Drain.Delay > TimeSpan.Zero);

        static void Strictly(BinderOptions binder) => binder.ErrorOnUnknownConfiguration = true;
    }

    [Fact]
    public void Images_InTheManifests_AreThoseThatAPublishMakes()
    {
        foreach (var (name, host) in new[] { ("fleetsystem-fleetmanager", typeof(FleetManagerHost)), ("fleetsystem-matchmaker", typeof(MatchmakerHost)) })
        {
            var made = host.Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "ContainerImage").Value;
            Assert.Equal($"example.com/{made}", (string)ContainerOf(name)["image"]!);
        }
    }

    [Fact]
    public void SiloRole_InTheManifest_IsBoundToTheAccountsOfBothHosts()
    {
        var role = Object("fleetsystem.yaml", "Role", "fleetsystem-silos");
        var rule = Assert.Single(role["rules"]!.AsArray())!;

        // What a silo asks for: see KubernetesHostingTests.
        Assert.Equal(("pods", "get,list,watch"), ((string)Assert.Single(rule["resources"]!.AsArray())!, string.Join(',', rule["verbs"]!.AsArray().Select(verb => (string)verb!))));
        Assert.Equal(
            Delivered.Read("fleetsystem.yaml").Where(document => document.Text("kind") == "Deployment").Select(host => (string)host["spec"]!["template"]!["spec"]!["serviceAccountName"]!),
            Object("fleetsystem.yaml", "RoleBinding", "fleetsystem-silos")["subjects"]!.AsArray().Select(subject => (string)subject!["name"]!));
    }

    [Fact]
    public void Quilkin_Filters_TakeOffAsManyBytesAsARoutingTokenHas()
    {
        var config = Object("quilkin.yaml", "ConfigMap", "quilkin-filters");
        var filters = Manifest.Parse((string)config["data"]!["quilkin.yaml"]!).Single()["filters"]!.AsArray();

        Assert.Equal("true", (string)config["metadata"]!["labels"]!["quilkin.dev/configmap"]!);
        Assert.Equal(["Capture", "TokenRouter"], filters.Select(filter => ((string)filter!["name"]!).Split('.')[^1]));
        Assert.Equal(RoutingToken.Bytes, (long)filters[0]!["config"]!["suffix"]!["size"]!);
        Assert.True((bool)filters[0]!["config"]!["suffix"]!["remove"]!);
    }

    [Fact]
    public void Quilkin_LoadBalancer_LeadsUdpToProxiesOfEveryZoneAndStaysInAZone()
    {
        var service = Object("quilkin.yaml", "Service", "quilkin-proxy");
        var pod = Object("quilkin.yaml", "Deployment", "quilkin-proxy")["spec"]!["template"]!;
        var ports = pod["spec"]!["containers"]![0]!["ports"]!.AsArray();
        var port = Assert.Single(service["spec"]!["ports"]!.AsArray())!;

        Assert.True(JsonNode.DeepEquals(service["spec"]!["selector"], pod["metadata"]!["labels"]));
        Assert.Contains(ports, candidate => (string)candidate!["name"]! == (string)port["targetPort"]! && (string?)candidate["protocol"] == "UDP");
        Assert.Equal("UDP", (string)port["protocol"]!);
        var annotations = service["metadata"]!["annotations"]!;
        Assert.Equal("load_balancing.cross_zone.enabled=false", (string)annotations["service.beta.kubernetes.io/aws-load-balancer-attributes"]!);
        Assert.Contains(ports, candidate => $"{(long)candidate!["containerPort"]!}" == (string)annotations["service.beta.kubernetes.io/aws-load-balancer-healthcheck-port"]!);
        Assert.Equal(AgonesKeys.NodeZone, (string)pod["spec"]!["topologySpreadConstraints"]![0]!["topologyKey"]!);
        Assert.Equal(TestCluster.Zones.Length, (long)Object("quilkin.yaml", "Deployment", "quilkin-proxy")["spec"]!["replicas"]!);
    }

    private static JsonNode ContainerOf(string deployment) =>
        Assert.Single(Object("fleetsystem.yaml", "Deployment", deployment)["spec"]!["template"]!["spec"]!["containers"]!.AsArray())!;

    private static JsonObject Object(string file, string kind, string name) =>
        Delivered.Read(file).Single(document => document.Text("kind") == kind && (string)document["metadata"]!["name"]! == name);
}
