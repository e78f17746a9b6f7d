using System.Net;
using FleetSystem.FleetManager.Regions;
using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetManager.Tests.Regions;

/// <summary>A region's port mapping when the accelerator's subnets change under it.</summary>
public sealed class RegionMappingTests(CellFixture fixture) : IClassFixture<CellFixture>
{
    private readonly TestCell _cell = fixture.Cell;

    [Fact]
    public async Task Refresh_OtherSubnets_TheOldMappingStaysUntilTheNewOneIsStored()
    {
        var lane = _cell.NewLane();
        var region = _cell.Grains.GetGrain<IRegionGrain>(lane.Region);
        var known = (await Until(region, mapping => mapping is not null))!;
        var rows = _cell.Accelerators.Rows;
        var grain = region.GetGrainId();
        _cell.Accelerators.Rows = [.. rows, new AcceleratorPort(IPAddress.Parse("10.9.0.2"), 7001, 20_900)];
        _cell.Store.OnWrite = (_, writer) => Task.FromResult(writer == grain ? WriteFault.NotStored : WriteFault.None);
        try
        {
            await _cell.Pass(new FleetManagerOptions().MappingRefreshInterval + TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
            var meanwhile = await Until(region, mapping => mapping is not null);
            Assert.Equal((known.Version, null), (meanwhile!.Version, meanwhile.Find("10.9.0.2", 7001)));
            Assert.Equal(20_001, meanwhile.Find("10.1.0.2", 7001));

            _cell.Store.OnWrite = (_, _) => Task.FromResult(WriteFault.None);
            var changed = await Until(region, mapping => mapping?.Find("10.9.0.2", 7001) is not null);
            Assert.Equal((20_900, 20_001, known.Version + 1), (changed!.Find("10.9.0.2", 7001), changed.Find("10.1.0.2", 7001), changed.Version));
            Assert.Equal(changed.Version, _cell.Store.Stored<RegionGrainState>(RegionGrainState.Name, region)!.MappingVersion);
        }
        finally
        {
            _cell.Store.OnWrite = (_, _) => Task.FromResult(WriteFault.None);
            _cell.Accelerators.Rows = rows;
        }
    }

    private async Task<AcceleratorMapping?> Until(IRegionGrain region, Func<AcceleratorMapping?, bool> holds)
    {
        for (var late = _cell.Clock.GetUtcNow() + TimeSpan.FromMinutes(15); ;)
        {
            var mapping = (await region.GetEdge(new KnownEdge(0, 0))).Mapping;
            if (holds(mapping)) return mapping;
            Assert.True(_cell.Clock.GetUtcNow() < late, "the mapping did not come");
            await _cell.Pass(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        }
    }
}
