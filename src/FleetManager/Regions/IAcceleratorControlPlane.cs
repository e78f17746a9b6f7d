using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetManager.Regions;

/// <summary>The Global Accelerator API, as far as this host needs it. Never on the path of an allocation or a failover.</summary>
internal interface IAcceleratorControlPlane
{
    /// <summary>Loads a custom routing accelerator's addresses and port mapping, and the traffic that it allows.</summary>
    /// <exception cref="AcceleratorUnavailableException">The API did not answer, or refused.</exception>
    Task<LoadedAccelerator> LoadAsync(AcceleratorOptions accelerator, CancellationToken cancellationToken);

    /// <summary>Allows or denies traffic to some destinations of a custom routing accelerator, in one call. Doing so again changes nothing.</summary>
    /// <exception cref="AcceleratorUnavailableException">The API did not answer, or refused; then it may or may not be done.</exception>
    Task SetServerTrafficAsync(AcceleratorOptions accelerator, TrafficBatch batch, bool allow, CancellationToken cancellationToken);

    /// <summary>A region's endpoint group of a standard accelerator.</summary>
    /// <exception cref="AcceleratorUnavailableException">The API did not answer, or refused, or there is no such group.</exception>
    Task<EndpointGroupTraffic> GetTrafficAsync(StandardAcceleratorOptions accelerator, string region, CancellationToken cancellationToken);

    /// <summary>Changes an endpoint group, in one call.</summary>
    /// <exception cref="AcceleratorUnavailableException">The API did not answer, or refused; then nothing may have changed.</exception>
    Task SetTrafficAsync(StandardAcceleratorOptions accelerator, string endpointGroupArn, TrafficChange change, CancellationToken cancellationToken);
}

/// <summary>A custom routing accelerator as the API tells it.</summary>
/// <param name="Mapping">Its port mapping.</param>
/// <param name="Allowed">Destinations to which it allows traffic.</param>
internal sealed record LoadedAccelerator(AcceleratorMapping Mapping, IReadOnlySet<Destination> Allowed);

/// <summary>The Global Accelerator API did not answer, or refused; the message says which.</summary>
internal sealed class AcceleratorUnavailableException(string message, Exception? inner) : Exception(message, inner)
{
    /// <summary>Whether it refused because an earlier change is being deployed: to be tried again later, and no fault.</summary>
    public bool IsInProgress { get; init; }

    /// <summary>Whether it refused what it was asked for, so that asking again for the same is of no use before something else changes.</summary>
    public bool IsRefusal { get; init; }
}
