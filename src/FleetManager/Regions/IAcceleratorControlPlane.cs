using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetManager.Regions;

/// <summary>The Global Accelerator API, as far as this host needs it. Never on the path of an allocation or a failover.</summary>
internal interface IAcceleratorControlPlane
{
    /// <summary>Loads a custom routing accelerator's addresses and port mapping.</summary>
    /// <exception cref="AcceleratorUnavailableException">The API did not answer, or refused.</exception>
    Task<AcceleratorMapping> LoadMappingAsync(AcceleratorOptions accelerator, CancellationToken cancellationToken);
}

/// <summary>The Global Accelerator API did not answer, or refused; the message says which.</summary>
internal sealed class AcceleratorUnavailableException(string message, Exception inner) : Exception(message, inner);
