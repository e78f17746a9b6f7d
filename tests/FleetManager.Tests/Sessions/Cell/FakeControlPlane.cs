using System.Net;
using FleetSystem.FleetManager.Regions;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetManager.Tests.Sessions.Cell;

/// <summary>Global Accelerator's API in memory: one mapping for every accelerator, and calls that can fail.</summary>
internal sealed class FakeControlPlane : IAcceleratorControlPlane
{
    private int _calls;

    public IReadOnlyList<AcceleratorPort> Rows { get; set; } = [new(IPAddress.Parse("10.1.0.2"), 7001, 20_001)];

    public bool IsAway { get; set; }

    public int Calls => _calls;

    public Task<AcceleratorMapping> LoadMappingAsync(AcceleratorOptions accelerator, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        return IsAway
            ? throw new AcceleratorUnavailableException("Global Accelerator is away.", new HttpRequestException("no answer"))
            : Task.FromResult(AcceleratorMapping.Create(1, ["75.2.0.1", "99.83.0.1"], Rows));
    }
}
