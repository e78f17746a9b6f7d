using System.Collections.Concurrent;
using System.Net;
using FleetSystem.FleetManager.Regions;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetManager.Tests.Sessions.Cell;

/// <summary>Global Accelerator's API in memory: one mapping for every accelerator, an endpoint group a region, and calls that can fail.</summary>
internal sealed class FakeControlPlane : IAcceleratorControlPlane
{
    private int _calls;
    private int _looks;

    public IReadOnlyList<AcceleratorPort> Rows { get; set; } = [new(IPAddress.Parse("10.1.0.2"), 7001, 20_001)];

    public bool IsAway { get; set; }

    public int Calls => _calls;

    public ConcurrentDictionary<string, EndpointGroupTraffic> Groups { get; } = new();

    public ConcurrentQueue<TrafficChange> Changes { get; } = new();

    public bool IsDeployed { get; set; } = true;

    /// <summary>What every change is refused with, or null.</summary>
    public AcceleratorUnavailableException? Refusal { get; set; }

    /// <summary>How often an endpoint group was looked at.</summary>
    public int Looks => _looks;

    public Task<AcceleratorMapping> LoadMappingAsync(AcceleratorOptions accelerator, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        return IsAway
            ? throw new AcceleratorUnavailableException("Global Accelerator is away.", new HttpRequestException("no answer"))
            : Task.FromResult(AcceleratorMapping.Create(1, ["75.2.0.1", "99.83.0.1"], Rows));
    }

    public Task<EndpointGroupTraffic> GetTrafficAsync(StandardAcceleratorOptions accelerator, string region, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _looks);
        ThrowIfAway();
        return Task.FromResult(Groups.GetOrAdd(region, id => new EndpointGroupTraffic($"arn:{id}", true, 100, [new GroupEndpoint("nlb", 128)])) with { IsDeployed = IsDeployed });
    }

    public Task SetTrafficAsync(StandardAcceleratorOptions accelerator, string endpointGroupArn, TrafficChange change, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        if (Refusal is { } refusal) throw refusal;
        var (region, group) = Groups.First(pair => pair.Value.Arn == endpointGroupArn);
        Groups[region] = group with { DialPercent = change.DialPercent ?? group.DialPercent, Endpoints = change.Endpoints ?? group.Endpoints };
        Changes.Enqueue(change);
        return Task.CompletedTask;
    }

    private void ThrowIfAway()
    {
        if (IsAway) throw new AcceleratorUnavailableException("Global Accelerator is away.", null);
    }
}
