using FleetSystem.FleetManager.Sessions;
using FleetSystem.SiloHost;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Placement.Filtering;
using Orleans.TestingHost;

namespace FleetSystem.FleetManager.Tests.Sessions;

/// <summary>Sessions are placed in the zone of whoever calls them first: in three zones two of three calls between Matchmaker and session would cross.</summary>
public sealed class SiloZoneTests
{
    private const int Calls = 60;
    private int _keys;

    [Fact]
    public async Task Placement_ByTheCallersZone_CrossesNoZoneUntilTheZoneHasNoSilo()
    {
        var zones = new[] { "a", "b", "c" };
        var builder = new InProcessTestClusterBuilder((short)zones.Length);
        var silos = 0;
        builder.ConfigureSilo((_, silo) => silo.UseSiloZone(zones[Interlocked.Increment(ref silos) - 1]));
        await using var cluster = builder.Build();
        await cluster.DeployAsync(TestContext.Current.CancellationToken);
        await cluster.WaitForLivenessToStabilizeAsync();

        foreach (var caller in cluster.Silos)
        {
            Assert.Equal(0, await CrossingAsync<IZonedGrain>(cluster, caller));
            Assert.InRange(await CrossingAsync<IAnywhereGrain>(cluster, caller), Calls / 3, Calls);
        }

        var first = cluster.Silos[0];
        var gone = cluster.Silos[2];
        await cluster.StopSiloAsync(gone, TestContext.Current.CancellationToken);
        Assert.Equal(0, await CrossingAsync<IZonedGrain>(cluster, first));
    }

    [Fact]
    public void SessionGrain_Placement_IsByTheCallersZone()
    {
        Assert.Equal(FilterOf(typeof(ZonedGrain)), FilterOf(typeof(SessionGrain)));

#pragma warning disable ORLEANSEXP004 // As at the session's grain.
        static string FilterOf(Type grain) => grain.GetCustomAttributesData().Single(data => data.AttributeType == typeof(PreferredMatchSiloMetadataPlacementFilterAttribute)).ToString();
#pragma warning restore ORLEANSEXP004
    }

    /// <summary>Calls of this silo that a grain of another silo answered; here each zone has one silo.</summary>
    private async Task<int> CrossingAsync<T>(InProcessTestCluster cluster, InProcessSiloHandle caller)
        where T : IPlacedGrain
    {
        var grains = cluster.GetSiloServiceProvider(caller.SiloAddress).GetRequiredService<IGrainFactory>();
        var crossing = 0;
        for (var call = 0; call < Calls; call++)
        {
            if (await grains.GetGrain<T>((++_keys * 1000) + call).Where() != caller.SiloAddress.ToParsableString()) crossing++;
        }

        return crossing;
    }

    public interface IPlacedGrain : IGrainWithIntegerKey
    {
        Task<string> Where();
    }

    public interface IZonedGrain : IPlacedGrain;

    public interface IAnywhereGrain : IPlacedGrain;

#pragma warning disable ORLEANSEXP004 // As at the session's grain.
    [PreferredMatchSiloMetadataPlacementFilter([SiloZone.Key], minCandidates: 1)]
#pragma warning restore ORLEANSEXP004
    internal sealed class ZonedGrain(ILocalSiloDetails silo) : Grain, IZonedGrain
    {
        public Task<string> Where() => Task.FromResult(silo.SiloAddress.ToParsableString());
    }

    internal sealed class AnywhereGrain(ILocalSiloDetails silo) : Grain, IAnywhereGrain
    {
        public Task<string> Where() => Task.FromResult(silo.SiloAddress.ToParsableString());
    }
}
