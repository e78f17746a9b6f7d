using FleetSystem.FleetModel.Configuration;
using FleetSystem.SiloHost.DynamoDB;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost;

/// <summary>What a part of a host makes of its configuration, in lines for people: told by <c>--check-config</c>.</summary>
public interface IConfigurationSummary
{
    /// <summary>The lines.</summary>
    IEnumerable<string> Lines();
}

/// <summary>What a configuration without faults says, in lines for people.</summary>
internal static class ConfigurationSummary
{
    public static IEnumerable<string> Of(IServiceProvider services)
    {
        var system = services.GetRequiredService<IOptions<FleetSystemOptions>>().Value;
        yield return $"The configuration of cell '{system.Cell}' holds: {system.Regions.Count} regions, {system.Clusters.Count} clusters, {system.Fleets.Count} fleets.";
        var silo = services.GetRequiredService<IOptions<SiloOptions>>().Value;
        yield return silo.Clustering == ClusteringProvider.DynamoDB
            ? $"Silos of '{silo.ClusterId}' find each other in the DynamoDB table '{silo.MembershipTable}' at {services.GetRequiredService<IOptions<DynamoDBOptions>>().Value.Service}; one that hangs is noticed after {(silo.Membership.MaxProbeTimeout * silo.Membership.MissedProbes).TotalSeconds:0.#} s, one that ended sooner."
            : $"Silos of '{silo.ClusterId}' find each other by the one at {silo.Primary}, and end with it: for one machine.";
        foreach (var line in services.GetServices<IConfigurationSummary>().SelectMany(summary => summary.Lines())) yield return line;
        foreach (var region in system.Regions)
        {
            if (region.Accelerator is not { } accelerator) continue;
            yield return CustomRoutingPlanReader.Read(accelerator, new FaultList(FleetSystemOptions.Section), "") is { } plan
                ? $"{region.Id}: {plan.Arithmetic}."
                : $"{region.Id}: the accelerator's plan (Subnets, DestinationPorts, ListenerPorts) is not part of the configuration and was not checked.";
        }
    }
}
