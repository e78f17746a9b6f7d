using System.Net;
using FleetSystem.FleetManager.Clusters;
using FleetSystem.FleetManager.Edge;
using FleetSystem.FleetManager.Kubernetes;
using FleetSystem.FleetManager.Regions;
using FleetSystem.FleetManager.Sessions;
using FleetSystem.FleetManager.Storage;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;
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
        var builder = WebApplication.CreateBuilder(args);
        if (builder.Configuration["config"] is { } file) builder.Configuration.AddJsonFile(Path.GetFullPath(file), optional: false);
        AddServices(builder.Services, builder.Configuration);
        builder.UseOrleans(silo => AddSilo(silo, builder.Configuration));
        AddLoops(builder.Services);
        configure?.Invoke(builder);

        var app = builder.Build();
        app.MapGet("/livez", () => "ok");
        return app;
    }

    /// <summary>Everything but the silo's own set-up: tests put their clusters, clock and store in its place.</summary>
    internal static void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<FleetSystemOptions>().Bind(configuration.GetSection(FleetSystemOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<FleetSystemOptions>, FleetSystemOptionsValidator>();
        services.AddOptions<FleetManagerOptions>().Bind(configuration.GetSection(FleetManagerOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<FleetManagerOptions>, FleetManagerOptionsValidator>();

        services.AddSingleton(TimeProvider.System);
        services.AddAgonesClusters();
        services.AddSingleton<IAcceleratorControlPlane, AwsAcceleratorControlPlane>();
        services.AddSingleton<JoinTokenIssuer>();
        services.AddSingleton<ConnectionIssuer>();
        services.AddSingleton<ServerFinder>();
        services.AddSingleton<EdgeMonitor>();
        services.AddSingleton<IEdge>(provider => provider.GetRequiredService<EdgeMonitor>());
    }

    /// <summary>What acts by itself. Registered after the silo, and so started after it: every loop calls grains.</summary>
    internal static void AddLoops(IServiceCollection services)
    {
        services.AddHostedService(provider => provider.GetRequiredService<EdgeMonitor>());
        services.AddHostedService<ClusterKeeper>();
        services.AddHostedService<SessionSweep>();
    }

    private static void AddSilo(ISiloBuilder silo, ConfigurationManager configuration)
    {
        silo.Services.AddOptions<SiloOptions>().Bind(configuration.GetSection(SiloOptions.Section)).ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<SiloOptions>, SiloOptionsValidator>();
        var options = configuration.GetSection(SiloOptions.Section).Get<SiloOptions>() ?? new SiloOptions();

        // Both kinds of silo may share a process: each runs its own grain classes alone.
        silo.Services.PostConfigure<Orleans.Configuration.GrainTypeOptions>(types => types.Classes.RemoveWhere(type =>
            type.Assembly != typeof(FleetManagerHost).Assembly && type.Assembly.GetName().Name!.StartsWith("FleetSystem.", StringComparison.Ordinal)));
        silo.UseDevelopmentClustering(options.Primary);
        silo.Configure<Orleans.Configuration.ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ClusterId));
        silo.ConfigureEndpoints(IPAddress.Parse(options.Address), options.Port, options.GatewayPort);
        silo.AddSqliteGrainStorageAsDefault(storage => configuration.GetSection(SqliteStorageOptions.SectionName).Bind(storage));
    }
}
