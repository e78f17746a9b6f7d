using System.Security.Cryptography;
using FleetSystem.FleetManager;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FleetSystem.Simulation.Tests.Silos;

/// <summary>One silo: the FleetManager's own services, with the world's edges replaced.</summary>
internal sealed class Silo : IDisposable
{
    private static readonly string KeyFile = MakeKey();
    private readonly ServiceProvider _services;

    public Silo(SimulatedCell cell, string name, FleetSystemOptions system, FleetManagerOptions options, IAgonesClusterFactory clusters)
    {
        Name = name;
        Grains = new GrainReferences(cell, this);
        options.JoinTokenKeyFile = KeyFile;
        var services = new ServiceCollection();
        FleetManagerHost.AddServices(services, new ConfigurationBuilder().Build());
        services.AddSingleton<ILoggerFactory>(cell.Journal.IsOn ? new LoggerFactory([cell.Journal]) : NullLoggerFactory.Instance);
        services.AddMetrics();
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.Replace(ServiceDescriptor.Singleton(Options.Create(system)));
        services.Replace(ServiceDescriptor.Singleton(Options.Create(options)));
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(cell.Time));
        services.Replace(ServiceDescriptor.Singleton(clusters));
        services.Replace(ServiceDescriptor.Singleton<IEdge>(new QuietEdge()));
        services.AddSingleton(Grains);
        services.AddSingleton<IGrainRuntime>(new GrainRuntime(cell, this));
        _services = services.BuildServiceProvider();
    }

    public string Name { get; }

    /// <summary>The way from this silo to any grain.</summary>
    public IGrainFactory Grains { get; }

    public IServiceProvider Services => _services;

    public List<Activation> Activations { get; } = [];

    /// <summary>Whether its process runs.</summary>
    public bool IsUp { get; set; } = true;

    /// <summary>Whether no new activation is placed in it any more.</summary>
    public bool IsStopping { get; set; }

    public bool IsFrozen { get; set; }

    /// <summary>Declared dead while it still runs: nobody listens to it any more, but its writes and its calls to Kubernetes arrive.</summary>
    public bool IsEvicted { get; set; }

    public void Dispose() => _services.Dispose();

    private static string MakeKey()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("fleetsystem-simulation-").FullName, "join.pem");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(file, key.ExportPkcs8PrivateKeyPem());
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        return file;
    }

    /// <summary>Regions with nothing but the direct way in: routes are not what is simulated.</summary>
    private sealed class QuietEdge : IEdge
    {
        public long Version => 0;

        public RegionEdge View(string region) => new() { Region = region };

        public Task ChangedAsync(long known, CancellationToken cancellationToken) => new TaskCompletionSource().Task.WaitAsync(cancellationToken);
    }
}
