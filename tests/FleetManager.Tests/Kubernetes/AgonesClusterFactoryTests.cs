using FleetSystem.FleetManager.Kubernetes;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using static FleetSystem.FleetManager.Tests.Kubernetes.ClusterFixture;

namespace FleetSystem.FleetManager.Tests.Kubernetes;

public sealed class AgonesClusterFactoryTests
{
    [Fact]
    public async Task Connect_ConfiguredCluster_CallsItsServer()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.On("DELETE gameservers", Answers.Raw(200, "{}"));
        await using var services = Services(new() { ["FleetSystem:Clusters:0:Id"] = "seoul", ["FleetSystem:Clusters:0:KubeConfig"] = server.KubeConfig, ["FleetSystem:Clusters:0:Namespace"] = "games" });

        await using var cluster = services.GetRequiredService<IAgonesClusterFactory>().Connect("seoul");

        Assert.Empty(server.Requests);
        Assert.True(await cluster.DeleteAsync("a", "", Cancelled));
        Assert.Equal("/apis/agones.dev/v1/namespaces/games/gameservers/a", Assert.Single(server.Requests).Path);
    }

    [Fact]
    public async Task Connect_UnknownCluster_NamesThoseThatThereAre()
    {
        await using var services = Services(new() { ["FleetSystem:Clusters:0:Id"] = "seoul" });

        var thrown = Assert.Throws<ArgumentException>(() => services.GetRequiredService<IAgonesClusterFactory>().Connect("busan"));
        Assert.Contains("'busan'", thrown.Message);
        Assert.Contains("Known: seoul.", thrown.Message);
    }

    [Fact]
    public async Task Connect_ContextNotInTheFile_IsSaidAtTheFirstCall()
    {
        await using var server = await FakeApiServer.StartAsync();
        await using var services = Services(new() { ["FleetSystem:Clusters:0:Id"] = "seoul", ["FleetSystem:Clusters:0:KubeConfig"] = server.KubeConfig, ["FleetSystem:Clusters:0:Context"] = "busan" });
        await using var cluster = services.GetRequiredService<IAgonesClusterFactory>().Connect("seoul");

        var thrown = await Assert.ThrowsAsync<ClusterUnreachableException>(() => cluster.DeleteAsync("a", "", Cancelled));
        Assert.Contains("seoul", thrown.Message);
        Assert.Contains("busan", thrown.Message);
    }

    [Fact]
    public async Task Options_SeveralFaults_AreAllListedWithTheirKeys()
    {
        await using var services = Services(new()
        {
            ["FleetManager:Kubernetes:PageSize"] = "0",
            ["FleetManager:Kubernetes:AllocationTimeout"] = "00:02:00",
            ["FleetManager:Kubernetes:BackoffMin"] = "00:00:20",
            ["FleetManager:Kubernetes:BackoffMax"] = "00:00:10",
        });

        var thrown = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<KubernetesAdapterOptions>>().Value);
        Assert.Equal(3, thrown.Failures.Count());
        foreach (var key in (string[])["PageSize", "AllocationTimeout", "BackoffMax"])
            Assert.Contains(thrown.Failures, fault => fault.StartsWith($"FleetManager:Kubernetes:{key} is ", StringComparison.Ordinal));
    }

    [Fact]
    public void Options_Defaults_AreValid() =>
        Assert.True(new KubernetesAdapterOptionsValidator().Validate(null, new KubernetesAdapterOptions()).Succeeded);

    [Fact]
    public async Task AllocateAsync_Forbidden_LogsTheMissingRule()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.On("POST gameserverallocations", Answers.Recorded(Recording.Load("13-auth"))).On("LIST nodes", Answers.Recorded(Recording.Load("13-auth")));
        var log = new CollectingLogger();
        await using var cluster = new AgonesCluster(new ClusterOptions { Id = "seoul", KubeConfig = server.KubeConfig }, [], FastOptions, TimeProvider.System, 1, log);

        var answer = await cluster.AllocateAsync(new AllocationOrder([], new Dictionary<string, string>(), new Dictionary<string, string>()), Cancelled);
        Assert.True(answer is AllocationAnswer.Refused { Transient: false }, answer.ToString());
        await foreach (var change in cluster.WatchAsync(Cancelled))
        {
            if (change is ClusterChange.SourceLost { Kind: "nodes" }) break;
        }

        Assert.Contains(log.Lines, line => line.Contains("resources: [\"gameserverallocations\"], verbs: [create]", StringComparison.Ordinal));
        Assert.Contains(log.Lines, line => line.Contains("resources: [\"nodes\"], verbs: [list, watch]", StringComparison.Ordinal));
    }

    private static ServiceProvider Services(Dictionary<string, string?> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddAgonesClusters();
        services.AddOptions<FleetSystemOptions>().BindConfiguration(FleetSystemOptions.Section);
        return services.BuildServiceProvider();
    }

    private sealed class CollectingLogger : ILogger<AgonesCluster>
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Lines { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception));
    }
}
