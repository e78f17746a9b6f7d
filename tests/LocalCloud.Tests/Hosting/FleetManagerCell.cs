using FleetSystem.FleetManager;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.LocalCloud.Tests.Agones;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FleetSystem.LocalCloud.Tests.Hosting;

/// <summary>The FleetManager's own host over local clusters of one region, through the real adapter; the first cluster comes first.</summary>
internal sealed class FleetManagerCell : IAsyncDisposable
{
    /// <summary>Its only fleet.</summary>
    public const string Fleet = "arena";

    private readonly WebApplication _host;
    private readonly string _directory;

    private FleetManagerCell(WebApplication host, string directory) => (_host, _directory) = (host, directory);

    /// <summary>Address of the operators' API and of the autoscalers' webhook.</summary>
    public string Url => _host.Urls.First();

    public static async Task<FleetManagerCell> StartAsync(IReadOnlyList<(string Name, TestCluster Cluster)> clusters, CancellationToken cancellationToken, params string[] more)
    {
        var directory = Directory.CreateTempSubdirectory("fleet-manager-cell-").FullName;
        var (signingKey, _) = CellKeys.EnsureJoinKeys(directory);
        foreach (var (name, cluster) in clusters) await KubeConfig.WriteAsync(Path.Combine(directory, name), [cluster.Cluster], cancellationToken);
        string[] settings =
        [
            "Urls=http://127.0.0.1:0", $"Silo:Port={FreePorts.NextTcp()}", $"Storage:Sqlite:Path={Path.Combine(directory, "cell.db")}",
            $"FleetManager:JoinTokenKeyFile={signingKey}", "FleetManager:OrphanGrace=00:00:01",
            $"FleetSystem:Regions:0:Id={TestCluster.Region}",
            .. TestCluster.Zones.Select((zone, index) => $"FleetSystem:Regions:0:Zones:{index}={zone}"),
            .. clusters.SelectMany((cluster, index) => new[]
            {
                $"FleetSystem:Clusters:{index}:Id={cluster.Name}", $"FleetSystem:Clusters:{index}:Region={TestCluster.Region}",
                $"FleetSystem:Clusters:{index}:KubeConfig={Path.Combine(directory, cluster.Name)}", $"FleetSystem:Clusters:{index}:Priority={index}",
            }),
            $"FleetSystem:Fleets:0:Id={Fleet}",
            .. more,
        ];
        var host = FleetManagerHost.Build([.. settings.Select(setting => "--" + setting)], builder => builder.Logging.ClearProviders());
        await host.StartAsync(cancellationToken);
        return new FleetManagerCell(host, directory);
    }

    public async Task<SessionRecord> CreateAsync(string key, double deadlineSeconds = 20) => (await Session(key).Create(
        new SessionRequest
        {
            Fleet = Fleet,
            Players = [new SessionPlayer("p1", new Dictionary<string, int>())],
            Deadline = TimeSpan.FromSeconds(deadlineSeconds),
            Lifetime = TimeSpan.FromHours(1),
        },
        "print")).View!.Session;

    public async Task<SessionRecord> GetAsync(string key) => (await Session(key).Get())!.Session;

    /// <summary>The session after each change, first as it stands.</summary>
    public IAsyncEnumerable<SessionView> Watch(string key, CancellationToken cancellationToken) => Session(key).Watch(0, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await _host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private ISessionGrain Session(string key) => _host.Services.GetRequiredService<IGrainFactory>().GetGrain<ISessionGrain>(SessionIds.FromKey("test", key));
}
