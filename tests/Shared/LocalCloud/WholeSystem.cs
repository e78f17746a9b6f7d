using FleetSystem.LocalCloud.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetSystem.LocalCloud.Tests;

/// <summary>Tests that start the whole system: one at a time, since they share loopback addresses and the machine's two cores.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeSystem
{
    public const string Name = "whole system";

    /// <summary>Starts it on free ports, with a data directory of its own.</summary>
    /// <param name="configure">What the test wants otherwise.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    internal static Task<LocalCloudSystem> StartAsync(Action<LocalCloudOptions> configure, CancellationToken cancellationToken)
    {
        var options = new LocalCloudOptions
        {
            DataDirectory = Directory.CreateTempSubdirectory("whole-system-").FullName,
            ApiPort = 0,
            OperationsPort = 0,
            GrpcPort = 0,
            AllocatorPort = 0,
            AcceleratorApiPort = 0,
            KubernetesPort = 0,
            LoadBalancerPort = 0,
            SiloPort = 0,
        };
        configure(options);
        return LocalCloudSystem.StartAsync(options, new Progress<string>(), NullLoggerFactory.Instance, TimeProvider.System, cancellationToken);
    }
}
