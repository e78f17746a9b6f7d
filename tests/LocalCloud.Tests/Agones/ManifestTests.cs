using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;
using k8s;

namespace FleetSystem.LocalCloud.Tests.Agones;

public sealed class ManifestTests
{
    private const string Yaml = """
        # A fleet and its autoscaler.
        apiVersion: agones.dev/v1
        kind: Fleet
        metadata:
          name: arena
          labels: {build: "7", on: "true"}
        spec:
          replicas: 2
          template:
            spec:
              ports:
              - {name: game, portPolicy: Dynamic, containerPort: 7777, protocol: UDP}
              template:
                spec:
                  containers:
                  - name: game-server
                    image: simulated
                    args: ["--rate", "0.5"]
        ---
        apiVersion: autoscaling.agones.dev/v1
        kind: FleetAutoscaler
        metadata:
          name: arena
        spec:
          fleetName: arena
          policy:
            type: Buffer
            buffer:
              bufferSize: 20%
              minReplicas: 2
              maxReplicas: 9
        """;

    [Fact]
    public void Parse_TwoDocuments_QuotedScalarsStayTexts()
    {
        var documents = Manifest.Parse(Yaml);

        Assert.Equal(["Fleet", "FleetAutoscaler"], documents.Select(document => (string)document["kind"]!));
        Assert.Equal("""{"build":"7","on":"true"}""", documents[0]["metadata"]!["labels"]!.ToJsonString());
        Assert.Equal(2, documents[0].Child("spec").Integer("replicas"));
        Assert.Equal("20%", (string?)documents[1]["spec"]!["policy"]!["buffer"]!["bufferSize"]);
    }

    [Fact]
    public void Parse_NoYaml_SaysWhere()
    {
        var refused = Assert.Throws<FormatException>(() => Manifest.Parse("a: 1\n b: 2\n"));

        Assert.Contains("line 2", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: [1, 2\nb: }")]
    [InlineData("- 1")]
    [InlineData("just text")]
    public void Parse_NoMapping_IsRefused(string yaml) => Assert.Throws<FormatException>(() => Manifest.Parse(yaml));

    [Fact]
    public async Task Apply_Twice_SecondTimeNothingChanges()
    {
        await using var cluster = await TestCluster.StartAsync();

        cluster.Cluster.Apply(Yaml);
        await cluster.UntilAsync(() => cluster.ServersOf("arena", GameServerState.Ready).Count == 2);
        var generation = cluster.Store.Get(AgonesKinds.Fleet, "default/arena")!.Generation;
        cluster.Cluster.Apply(Yaml);

        Assert.Equal(generation, cluster.Store.Get(AgonesKinds.Fleet, "default/arena")!.Generation);
    }

    [Fact]
    public async Task Apply_UnknownKind_IsRefused()
    {
        await using var cluster = await TestCluster.StartAsync();

        var refused = Assert.Throws<ApiException>(() => cluster.Cluster.Apply("apiVersion: v1\nkind: Unicorn\n"));

        Assert.Equal("no matches for kind \"Unicorn\" in version \"v1\"", refused.Message);
    }

    [Fact]
    public async Task WriteAsync_TwoClusters_EachContextReachesItsCluster()
    {
        await using var first = await TestCluster.StartAsync(seed: 1);
        await using var second = new LocalCluster(new LocalClusterOptions { Name = "second", Region = "us-west-2", Nodes = [], Token = "other" });
        await second.StartAsync(TestContext.Current.CancellationToken);
        var path = Path.Combine(Path.GetTempPath(), $"kubeconfig-{Environment.ProcessId}-{nameof(WriteAsync_TwoClusters_EachContextReachesItsCluster)}");
        await KubeConfig.WriteAsync(path, [first.Cluster, second], TestContext.Current.CancellationToken);
        try
        {
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            Assert.Equal(6, await CountNodesAsync(path, "test"));
            Assert.Equal(0, await CountNodesAsync(path, "second"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Seed_SameSteps_SameNamesUidsAndPorts()
    {
        Assert.Equal(await RunAsync(), await RunAsync());

        static async Task<List<string>> RunAsync()
        {
            await using var cluster = await TestCluster.StartAsync(seed: 42);
            var servers = await cluster.StartFleetAsync("arena", 6);
            return [.. servers.Select(server => $"{server.Name} {server.ToJson()["status"]!["nodeName"]}").Order(StringComparer.Ordinal)];
        }
    }

    private static async Task<int> CountNodesAsync(string path, string context)
    {
        using var client = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(path, context));
        return (await client.CoreV1.ListNodeAsync(cancellationToken: TestContext.Current.CancellationToken)).Items.Count;
    }
}
