using FleetSystem.FleetModel.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost;

/// <summary>What a configuration without faults says, in lines for people.</summary>
internal static class ConfigurationSummary
{
    public static IEnumerable<string> Of(IServiceProvider services)
    {
        var system = services.GetRequiredService<IOptions<FleetSystemOptions>>().Value;
        yield return $"The configuration of cell '{system.Cell}' holds: {system.Regions.Count} regions, {system.Clusters.Count} clusters, {system.Fleets.Count} fleets.";
        foreach (var region in system.Regions)
        {
            if (region.Accelerator is not { } accelerator) continue;
            yield return CustomRoutingPlanReader.Read(accelerator).Plan is { } plan
                ? $"{region.Id}: {plan.Arithmetic}."
                : $"{region.Id}: the accelerator's plan (Subnets, DestinationPorts, ListenerPorts) is not part of the configuration and was not checked.";
        }
    }
}
