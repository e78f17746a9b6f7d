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

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<Destination, bool>> _allowed = new();

    public IReadOnlyList<AcceleratorPort> Rows { get; set; } = [new(IPAddress.Parse("10.1.0.2"), 7001, 20_001)];

    /// <summary>Every call that allowed or denied traffic, in their order.</summary>
    public ConcurrentQueue<(string Accelerator, Destination Destination, bool Allow)> TrafficCalls { get; } = new();

    /// <summary>What a call that allows or denies traffic fails with, before it does anything; null for none.</summary>
    public Func<string, TrafficBatch, bool, AcceleratorUnavailableException?> OnTraffic { get; set; } = (_, _, _) => null;

    public bool IsAway { get; set; }

    public int Calls => _calls;

    public ConcurrentDictionary<string, EndpointGroupTraffic> Groups { get; } = new();

    public ConcurrentQueue<TrafficChange> Changes { get; } = new();

    public bool IsDeployed { get; set; } = true;

    /// <summary>What every change is refused with, or null.</summary>
    public AcceleratorUnavailableException? Refusal { get; set; }

    /// <summary>How often an endpoint group was looked at.</summary>
    public int Looks => _looks;

    /// <summary>Destinations to which an accelerator allows traffic.</summary>
    public ConcurrentDictionary<Destination, bool> AllowedBy(string accelerator) => _allowed.GetOrAdd(accelerator, _ => new());

    public Task<LoadedAccelerator> LoadAsync(AcceleratorOptions accelerator, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        return IsAway
            ? throw new AcceleratorUnavailableException("Global Accelerator is away.", new HttpRequestException("no answer"))
            : Task.FromResult(new LoadedAccelerator(AcceleratorMapping.Create(1, ["75.2.0.1", "99.83.0.1"], Rows), AllowedBy(accelerator.Key).Keys.ToHashSet()));
    }

    public Task SetServerTrafficAsync(AcceleratorOptions accelerator, TrafficBatch batch, bool allow, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        if (OnTraffic(accelerator.Key, batch, allow) is { } fault) throw fault;
        foreach (var destination in batch.Destinations)
        {
            TrafficCalls.Enqueue((accelerator.Key, destination, allow));
            if (allow) AllowedBy(accelerator.Key)[destination] = true;
            else AllowedBy(accelerator.Key).TryRemove(destination, out _);
        }

        return Task.CompletedTask;
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
