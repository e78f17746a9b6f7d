using System.Collections.Concurrent;
using FleetSystem.FleetManager.Kubernetes;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Placement;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FleetSystem.LocalCloud.Tests.Agones;

/// <summary>What FleetManager's adapter asks of a cluster, against what agones/rbac.yaml grants: nothing missing, nothing too much.</summary>
public sealed class RightsTests
{
    [Fact]
    public async Task Rbac_EveryCallOfTheAdapter_IsGrantedAndNothingElseIs()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await TestCluster.StartAsync();
        await cluster.StartFleetAsync("arena", 3);
        var asked = new ConcurrentDictionary<Right, byte>();
        var everythingWatched = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Cluster.OnRequest = request =>
        {
            asked.TryAdd(new(request.Namespace is not null, request.Group, request.Resource + (request.Subresource is null ? "" : "/" + request.Subresource), request.Verb), 0);
            if (asked.Keys.Count(right => right.Verb == "watch") == 3) everythingWatched.TrySetResult();
        };

        await using var services = await ServicesAsync(cluster, cancellation);
        await using var adapter = services.GetRequiredService<IAgonesClusterFactory>().Connect("test");
        Assert.Equal(
            ["AllocateAsync", "ChangeAsync", "ChangeFleetSizeAsync", "DeleteAsync", "FindByLabelAsync", "FindBySessionAsync", "LabelAsync", "ListAllocationPoliciesAsync", "ProbeAsync", "ReadAsync", "ReadFleetSizesAsync", "WatchAsync"],
            typeof(IAgonesCluster).GetMethods().Select(method => method.Name).Order());
        using (var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
        {
            var watch = Task.Run(async () => { await foreach (var _ in adapter.WatchAsync(watching.Token)) ; }, cancellation);
            await everythingWatched.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, cancellation);
            await watching.CancelAsync();
            await watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        await adapter.ProbeAsync(cancellation);
        cluster.Cluster.Apply("""
            apiVersion: multicluster.agones.dev/v1
            kind: GameServerAllocationPolicy
            metadata: {name: to-green, namespace: default}
            spec:
              priority: 2
              weight: 150
              connectionInfo: {clusterName: green, namespace: default, secretName: client, allocationEndpoints: [10.0.0.1]}
            """);
        Assert.Equal([new AllocationPolicySnapshot("to-green", 2, 150, "green")], await adapter.ListAllocationPoliciesAsync(cancellation));
        var claim = Assert.IsType<AllocationAnswer.Allocated>(await adapter.AllocateAsync(
            new([new(new Dictionary<string, string> { [AgonesNames.FleetLabel] = "arena" }, [])], new Dictionary<string, string> { [AgonesKeys.Session] = "s-1" }, new Dictionary<string, string>()), cancellation));
        Assert.Equal(claim.Server.Name, Assert.Single(await adapter.FindBySessionAsync("s-1", cancellation)).Name);
        Assert.Equal(claim.Server.Name, Assert.Single(await adapter.FindByLabelAsync(AgonesKeys.Session, "s-1", cancellation)).Server.Name);
        Assert.True(await adapter.LabelAsync(claim.Server.Name, new Dictionary<string, string> { ["a"] = "b" }, cancellation));
        var read = (await adapter.ReadAsync(claim.Server.Name, cancellation))!;
        Assert.True(await adapter.ChangeAsync(read, new ServerChange.Edit { Labels = new Dictionary<string, string?> { ["a"] = null } }, cancellation));
        Assert.False(await adapter.ChangeAsync(read, new ServerChange.Deletion(), cancellation));
        Assert.True(await adapter.DeleteAsync(claim.Server.Name, claim.Server.Uid, cancellation));

        await FleetSizeTests.ScaleAsync(adapter, 4);
        cluster.Cluster.Apply(FleetSizeTests.Buffer);
        await FleetSizeTests.BufferAsync(adapter, policy => policy with { MaxReplicas = 30 });

        var granted = Granted();
        Assert.True(asked.Keys.All(granted.Contains), $"missing in agones/rbac.yaml: {string.Join("; ", asked.Keys.Where(right => !granted.Contains(right)))}");
        Assert.True(granted.All(asked.ContainsKey), $"granted in agones/rbac.yaml and never used: {string.Join("; ", granted.Where(right => !asked.ContainsKey(right)))}");
    }

    [Fact]
    public void Rbac_Bindings_GiveBothRolesToTheServiceAccountOfFleetManager()
    {
        var documents = Delivered.Read("rbac.yaml");
        var account = documents.Single(document => document.Text("kind") == "ServiceAccount")["metadata"]!;
        foreach (var (binding, role) in new[] { ("RoleBinding", "Role"), ("ClusterRoleBinding", "ClusterRole") })
        {
            var bound = documents.Single(document => document.Text("kind") == binding);
            var named = documents.Single(document => document.Text("kind") == role);
            Assert.Equal((role, (string)named["metadata"]!["name"]!), ((string)bound["roleRef"]!["kind"]!, (string)bound["roleRef"]!["name"]!));
            var subject = Assert.Single(bound["subjects"]!.AsArray())!;
            Assert.Equal(((string)account["name"]!, (string)account["namespace"]!), ((string)subject["name"]!, (string)subject["namespace"]!));
        }

        var manager = Delivered.Read("fleetsystem.yaml").Single(document => document.Text("kind") == "Deployment" && (string)document["metadata"]!["name"]! == "fleetsystem-fleetmanager");
        Assert.Equal((string)account["name"]!, (string)manager["spec"]!["template"]!["spec"]!["serviceAccountName"]!);
    }

    private static HashSet<Right> Granted() =>
    [
        .. from document in Delivered.Read("rbac.yaml")
           where document.Text("kind") is "Role" or "ClusterRole"
           from rule in document["rules"]!.AsArray()
           from @group in rule!["apiGroups"]!.AsArray()
           from resource in rule["resources"]!.AsArray()
           from verb in rule["verbs"]!.AsArray()
           select new Right(document.Text("kind") == "Role", (string)@group!, (string)resource!, (string)verb!),
    ];

    internal static async Task<ServiceProvider> ServicesAsync(TestCluster cluster, CancellationToken cancellationToken)
    {
        var kubeConfig = Path.Combine(Directory.CreateTempSubdirectory("rights-test-").FullName, "kubeconfig");
        await KubeConfig.WriteAsync(kubeConfig, [cluster.Cluster], cancellationToken);
        return new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .Configure<FleetSystemOptions>(system =>
            {
                system.Clusters = [new ClusterOptions { Id = "test", Region = TestCluster.Region, KubeConfig = kubeConfig }];
                system.Fleets = [new FleetOptions { Id = "arena" }];
            })
            .AddAgonesClusters()
            .BuildServiceProvider();
    }

    private sealed record Right(bool Namespaced, string Group, string Resource, string Verb);
}
