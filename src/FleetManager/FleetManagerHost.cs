using FleetSystem.FleetManager.Clusters;
using FleetSystem.FleetManager.Dashboard;
using FleetSystem.FleetManager.Diagnosis;
using FleetSystem.FleetManager.Edge;
using FleetSystem.FleetManager.Fleets;
using FleetSystem.FleetManager.Kubernetes;
using FleetSystem.FleetManager.Matchmaking;
using FleetSystem.FleetManager.Ops;
using FleetSystem.FleetManager.Regions;
using FleetSystem.FleetManager.Sessions;
using FleetSystem.FleetManager.Storage;
using FleetSystem.FleetModel.Routing;
using FleetSystem.SiloHost;
using FleetSystem.SiloHost.Access;
using FleetSystem.SiloHost.Diagnosis;
using FleetSystem.SiloHost.Health;
using FleetSystem.SiloHost.Listening;
using FleetSystem.SiloHost.Telemetry;
using FleetSystem.SiloHost.Tls;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager;

/// <summary>Builds the FleetManager host: a silo with the grains of sessions, fleets, clusters and regions, and the adapters that they use.</summary>
public static class FleetManagerHost
{
    /// <summary>Builds the host.</summary>
    /// <param name="args">Command line; <c>--config FILE</c> names the configuration file.</param>
    /// <param name="configure">Further set-up, for example of logging.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = SiloHostBuilder.Create(
            args,
            (FleetManagerOptions.Section, typeof(FleetManagerOptions)),
            (KubernetesAdapterOptions.Section, typeof(KubernetesAdapterOptions)),
            (StorageOptions.Section, typeof(StorageOptions)),
            (DashboardOptions.Section, typeof(DashboardOptions)));
        AddServices(builder.Services, builder.Configuration);
        builder.Services.AddStorageOptions(builder.Configuration);
        builder.AddFleetSilo(typeof(FleetManagerHost).Assembly, watchSilos: true, configure: silo => silo.AddGrainStorage(builder.Configuration));
        AddLoops(builder.Services);
        builder.Services.AddHostedService<ClusterRehearsal>();
        builder.Services.AddDashboard(builder.Configuration);
        builder.Services.AddHostHealth();
        builder.AddListenerLimits();
        builder.AddListenerTls();
        builder.AddFleetTelemetry("fleet-manager");
        configure?.Invoke(builder);

        var app = builder.Build();
        app.MapHostHealth();
        app.MapOps();
        app.MapDashboard();
        app.MapFleetMetrics(isServed: AccessSetup.MayRead);
        return app;
    }

    /// <summary>Everything but the silo's own set-up: tests put their clusters, clock and store in its place.</summary>
    internal static void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddFleetSystemOptions(configuration);
        services.AddOptions<FleetManagerOptions>().Bind(configuration.GetSection(FleetManagerOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<FleetManagerOptions>, FleetManagerOptionsValidator>();

        services.AddSingleton(TimeProvider.System);
        services.AddAgonesClusters();
        services.AddSingleton<IAcceleratorControlPlane, AwsAcceleratorControlPlane>();
        services.AddSingleton<ClusterMetrics>();
        services.AddSingleton<JoinTokenIssuer>();
        services.AddSingleton<ConnectionIssuer>();
        services.AddSingleton<AllocationTallies>();
        services.AddSingleton<AllocationMetrics>();
        services.AddSingleton<QueueMetrics>();
        services.AddMatchmaking();
        services.AddSingleton<ZoneMetrics>();
        services.AddSingleton<ServerFinder>();
        services.AddSingleton<TurnWaiter>();
        services.AddSingleton<EdgeMetrics>();
        services.AddSingleton<EdgeMonitor>();
        services.AddOps(configuration);
        services.AddDiagnosis<ClusterDiagnosis>().AddDiagnosis<AcceleratorDiagnosis>().AddDiagnosis<StorageDiagnosis>();
        services.AddSingleton<IEdge>(provider => provider.GetRequiredService<EdgeMonitor>());
        services.AddSingleton<IStartCondition, ClustersSynced>();
    }

    /// <summary>What acts by itself. Registered after the silo, and so started after it: every loop calls grains.</summary>
    internal static void AddLoops(IServiceCollection services)
    {
        services.AddHostedService(provider => provider.GetRequiredService<EdgeMonitor>());
        services.AddHostedService<ClusterKeeper>();
        services.AddHostedService<SessionSweep>();
        services.AddHostedService<AllocationReporter>();
    }
}
