using System.Net;
using System.Reflection;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.SiloHost.Access;
using FleetSystem.SiloHost.Diagnosis;
using FleetSystem.SiloHost.DynamoDB;
using FleetSystem.SiloHost.Kubernetes;
using FleetSystem.SiloHost.Telemetry;
using FleetSystem.SiloHost.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost;

/// <summary>Sets a host up as a silo of the cell.</summary>
public static class SiloHostBuilder
{
    /// <summary>Makes a builder that reads the file that <c>--config FILE</c> names. A key of it that nothing reads is a fault.</summary>
    /// <param name="args">Command line.</param>
    /// <param name="sections">Sections that this host reads, by their path, with the options that they become.</param>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="InvalidDataException">The file is not JSON.</exception>
    public static WebApplicationBuilder Create(string[] args, params IEnumerable<(string Path, Type Options)> sections)
    {
        var builder = WebApplication.CreateBuilder(args);
        // Orleans places grains through it, and tells itself what came of a placement: these would be lines on top for each try.
        builder.Logging.AddFilter("Polly", LogLevel.None);
        if (builder.Configuration["config"] is not { } file) return builder;
        builder.Configuration.AddJsonFile(Path.GetFullPath(file), optional: false);
        var keys = new ConfigurationKeys(
        [
            (SiloOptions.Section, typeof(SiloOptions)),
            (DynamoDBOptions.Section, typeof(DynamoDBOptions)),
            (FleetSystemOptions.Section, typeof(FleetSystemOptions)),
            (TelemetryOptions.Section, typeof(TelemetryOptions)),
            (AccessOptions.Section, typeof(AccessOptions)),
            (TlsOptions.Section, typeof(TlsOptions)),
            .. sections,
        ]);
        var faults = keys.FaultsOf(new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(file), optional: false).Build());
        builder.Services.AddSingleton<IValidateOptions<SiloOptions>>(new ConfigurationKeysValidator(faults));
        return builder;
    }

    /// <summary>Binds and checks what the cell consists of.</summary>
    public static IServiceCollection AddFleetSystemOptions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<FleetSystemOptions>().Bind(configuration.GetSection(FleetSystemOptions.Section)).ValidateOnStart();
        return services.AddSingleton<IValidateOptions<FleetSystemOptions>, FleetSystemOptionsValidator>();
    }

    /// <summary>Joins the cell's Orleans cluster.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="grains">Assembly whose grain classes the silo runs: both kinds of silo may share a process, and each runs its own alone.</param>
    /// <param name="watchSilos">Whether this host, where it is one of Kubernetes, declares silos dead whose pods or nodes are gone.</param>
    /// <param name="configure">Further set-up of the silo.</param>
    public static void AddFleetSilo(this WebApplicationBuilder builder, Assembly grains, bool watchSilos = false, Action<ISiloBuilder>? configure = null)
    {
        var section = builder.Configuration.GetSection(SiloOptions.Section);

        // Before the silo, and so started before it.
        if (section.GetValue<ClusteringProvider>(nameof(SiloOptions.Clustering)) == ClusteringProvider.DynamoDB)
            builder.Services.AddDynamoDB().AddDiagnosis<MembershipDiagnosis>().AddHostedService<MembershipTableCheck>();
        builder.UseOrleans(silo => Configure(silo, builder.Configuration, grains, watchSilos, configure));
    }

    private static void Configure(ISiloBuilder silo, IConfiguration configuration, Assembly grains, bool watchSilos, Action<ISiloBuilder>? configure)
    {
        var section = configuration.GetSection(SiloOptions.Section);
        silo.Services.AddOptions<SiloOptions>().Bind(section).ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<SiloOptions>, SiloOptionsValidator>();
        silo.Services.PostConfigure<Orleans.Configuration.GrainTypeOptions>(types => types.Classes.RemoveWhere(type =>
            type.Assembly != grains && type.Assembly.GetName().Name!.StartsWith("FleetSystem.", StringComparison.Ordinal)));

        // An invalid section is told by its validator when the host starts; until then nothing may be made of it.
        var options = section.Get<SiloOptions>() ?? new SiloOptions();
        if (new SiloOptionsValidator().Validate(null, options).Failed) return;
        if (options.Clustering == ClusteringProvider.DynamoDB) UseDynamoDB(silo, options, configuration.GetSection(DynamoDBOptions.Section).Get<DynamoDBOptions>() ?? new DynamoDBOptions());
        else silo.UseDevelopmentClustering(options.Primary);
        silo.Configure<Orleans.Configuration.ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ClusterId));
        silo.ConfigureEndpoints(IPAddress.Parse(options.Address), options.Port, options.GatewayPort);
        silo.UseSiloZone(options.Zone);
        silo.AddActivityPropagation();
        if (options.Kubernetes.IsEnabled) silo.UseKubernetes(options.Kubernetes, watchSilos);
        configure?.Invoke(silo);
    }

    private static void UseDynamoDB(ISiloBuilder silo, SiloOptions options, DynamoDBOptions dynamo)
    {
        silo.UseDynamoDBClustering(table =>
        {
            table.Service = dynamo.Service;
            table.TableName = options.MembershipTable;
            // Both are the start's check to do, and it knows what to say.
            (table.CreateIfNotExists, table.UpdateIfExists) = (false, false);
            if (dynamo.CredentialsFile is { } file) (table.AccessKey, table.SecretKey) = AwsCredentialsFile.Read(file);
        });
        silo.Configure<Orleans.Configuration.ClusterMembershipOptions>(options.Membership.Apply);
    }
}
