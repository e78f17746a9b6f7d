using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetManager.Regions;

/// <summary>The Global Accelerator API, as far as this host needs it. Never on the path of an allocation or a failover.</summary>
internal interface IAcceleratorControlPlane
{
    /// <summary>Loads a custom routing accelerator's addresses and port mapping.</summary>
    /// <exception cref="AcceleratorUnavailableException">The API did not answer, or refused.</exception>
    Task<AcceleratorMapping> LoadMappingAsync(AcceleratorOptions accelerator, CancellationToken cancellationToken);

    /// <summary>A region's endpoint group of a standard accelerator.</summary>
    /// <exception cref="AcceleratorUnavailableException">The API did not answer, or refused, or there is no such group.</exception>
    Task<EndpointGroupTraffic> GetTrafficAsync(StandardAcceleratorOptions accelerator, string region, CancellationToken cancellationToken);

    /// <summary>Changes an endpoint group, in one call.</summary>
    /// <exception cref="AcceleratorUnavailableException">The API did not answer, or refused; then nothing may have changed.</exception>
    Task SetTrafficAsync(StandardAcceleratorOptions accelerator, string endpointGroupArn, TrafficChange change, CancellationToken cancellationToken);
}

/// <summary>The Global Accelerator API did not answer, or refused; the message says which.</summary>
internal sealed class AcceleratorUnavailableException(string message, Exception? inner) : Exception(message, inner)
{
    /// <summary>Whether it refused because an earlier change is being deployed: to be tried again later, and no fault.</summary>
    public bool IsInProgress { get; init; }
}
