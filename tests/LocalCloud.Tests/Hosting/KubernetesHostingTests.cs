using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.LocalCloud.Tests.Agones;
using FleetSystem.SiloHost;
using FleetSystem.SiloHost.Kubernetes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace FleetSystem.LocalCloud.Tests.Hosting;

/// <summary>Silos in the pods of a local cluster, with Orleans' own hosting for Kubernetes. They never probe each other: only events tell.</summary>
[Collection(WholeSystem.Name)]
public sealed class KubernetesHostingTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Watch_NodeAndPodDeleted_TheirSilosAreDeclaredDeadAtTheEvents()
    {
        await using var cluster = await TestCluster.StartAsync();
        var asked = new ConcurrentDictionary<string, byte>();
        cluster.Cluster.OnRequest = request => asked.TryAdd($"{request.Resource} {request.Verb}", 0);
        await using var first = await Silo.StartAsync(cluster, "fleetmanager-a", null);
        await using var second = await Silo.StartAsync(cluster, "fleetmanager-b", first);
        await using var third = await Silo.StartAsync(cluster, "fleetmanager-c", first);
        await first.UntilAsync("fleetmanager-b", SiloStatus.Active);
        await first.UntilAsync("fleetmanager-c", SiloStatus.Active);

        // The pod stays: nobody is there to tell Kubernetes that it has ended.
        cluster.Store.Delete(CoreKinds.Node, second.Node);
        await first.UntilAsync("fleetmanager-b", SiloStatus.Dead);
        Assert.NotNull(cluster.Store.Get(CoreKinds.Pod, "default/fleetmanager-b"));
        Assert.Equal(SiloStatus.Active, first.StatusOf("fleetmanager-c"));

        cluster.Store.Delete(CoreKinds.Pod, "default/fleetmanager-c", new DeletionOptions(GracePeriodSeconds: 0));
        await first.UntilAsync("fleetmanager-c", SiloStatus.Dead);
        Assert.Equal(SiloStatus.Active, first.StatusOf("fleetmanager-a"));
        Assert.Equal(["nodes list", "nodes watch", "pods get", "pods list", "pods watch"], asked.Keys.Order(StringComparer.Ordinal));
    }

    private sealed class Silo(WebApplication host, string node) : IAsyncDisposable
    {
        public string Node => node;

        private IClusterMembershipService Membership => host.Services.GetRequiredService<IClusterMembershipService>();

        public static async Task<Silo> StartAsync(TestCluster cluster, string name, Silo? primary)
        {
            var cancellation = TestContext.Current.CancellationToken;
            var (node, address) = StartPod(cluster, name);
            var kubeConfig = Path.Combine(Directory.CreateTempSubdirectory("silo-test-").FullName, "kubeconfig");
            await KubeConfig.WriteAsync(kubeConfig, [cluster.Cluster], cancellation);
            foreach (var (variable, value) in new[] { (KubernetesOptions.PodName, name), (KubernetesOptions.PodNamespace, "default"), (KubernetesOptions.PodAddress, address) })
                Environment.SetEnvironmentVariable(variable, value);
            try
            {
                var port = FreePorts.NextTcp();
                List<string> settings = ["Urls=http://127.0.0.1:0", $"Silo:Address={address}", $"Silo:Port={port}", "Silo:Kubernetes:Enabled=true", $"Silo:Kubernetes:KubeConfig={kubeConfig}"];
                if (primary is not null) settings.Add($"Silo:PrimarySilo={primary.EndPoint}");
                var builder = SiloHostBuilder.Create([.. settings.Select(setting => "--" + setting)]);
                builder.Logging.ClearProviders();
                builder.Services.AddSingleton(TimeProvider.System);
                builder.AddFleetSilo(typeof(KubernetesHostingTests).Assembly, watchSilos: true, configure: silo =>
                {
                    silo.Configure<ClusterMembershipOptions>(membership => (membership.ProbeTimeout, membership.NumMissedProbesLimit) = (TimeSpan.FromMinutes(10), 1000));

                    // A silo that learns of its death ends its process, which is ours.
                    silo.Services.Replace(ServiceDescriptor.Singleton<IFatalErrorHandler>(new Survivor()));
                });
                var host = builder.Build();
                await host.StartAsync(cancellation);
                return new Silo(host, node) { EndPoint = $"{address}:{port}" };
            }
            finally
            {
                foreach (var variable in new[] { KubernetesOptions.PodName, KubernetesOptions.PodNamespace, KubernetesOptions.PodAddress }) Environment.SetEnvironmentVariable(variable, null);
            }
        }

        public required string EndPoint { get; init; }

        public SiloStatus StatusOf(string name) =>
            Membership.CurrentSnapshot.Members.Values.FirstOrDefault(member => member.Name == name)?.Status ?? SiloStatus.None;

        public async Task UntilAsync(string name, SiloStatus status)
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            await using var timer = TimeProvider.System.CreateTimer(_ => late.Cancel(), null, Deadline, Timeout.InfiniteTimeSpan);
            try
            {
                await foreach (var _ in Membership.MembershipUpdates.WithCancellation(late.Token))
                {
                    if (StatusOf(name) == status) return;
                }
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                Assert.Fail($"{name} is {StatusOf(name)} and did not become {status} within {Deadline}");
            }
        }

        public async ValueTask DisposeAsync()
        {
            using var now = new CancellationTokenSource(TimeSpan.FromSeconds(2), TimeProvider.System);
            await host.StopAsync(now.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await host.DisposeAsync();
        }

        private static (string Node, string Address) StartPod(TestCluster cluster, string name)
        {
            var count = cluster.Store.List(CoreKinds.Pod).Objects.Count;
            var node = cluster.Store.List(CoreKinds.Node).Objects.Values.Select(known => known.Name).Order(StringComparer.Ordinal).ElementAt(count);
            var address = $"127.0.99.{count + 1}";

            // As its kubelet tells it, which is none of the local cluster's.
            cluster.Store.Create(CoreKinds.Pod, (JsonObject)JsonNode.Parse($$$"""
                {
                  "apiVersion": "v1", "kind": "Pod",
                  "metadata": {"name": "{{{name}}}", "namespace": "default", "labels": {"orleans/serviceId": "fleetsystem", "orleans/clusterId": "fleetsystem"}},
                  "spec": {"nodeName": "{{{node}}}", "containers": [{"name": "host", "image": "simulated"}]},
                  "status": {"phase": "Running", "podIP": "{{{address}}}"}
                }
                """)!);
            return (node, address);
        }
    }

    private sealed class Survivor : IFatalErrorHandler
    {
        public bool IsUnexpected(Exception exception) => false;

        public void OnFatalException(object? sender, string? context, Exception? exception)
        {
        }
    }
}
