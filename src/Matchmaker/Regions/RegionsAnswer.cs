using FleetSystem.FleetModel.Grains;
using FleetSystem.SiloHost.Health;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Regions;

/// <summary>Some region has answered: FleetManager's silos are there, and this one reaches them.</summary>
internal sealed class RegionsAnswer(IGrainFactory grains, IOptions<MatchmakerOptions> options) : IStartCondition
{
    public TimeSpan Patience => options.Value.StartPatience;

    public async Task<string?> FindMissingAsync(CancellationToken cancellationToken) =>
        (await grains.GetGrain<IRegionDirectoryGrain>(0).List()).Count > 0 ? null : "no region has answered yet: no FleetManager silo is up, or none is reached";
}
