using System.Text.Json.Serialization;
using FleetSystem.FleetModel.Sizing;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Answer of <c>GET /ops/v1/fleets/{fleet}/sizes</c>.</summary>
/// <param name="Clusters">The clusters that the fleet runs in, in the order of the configuration.</param>
internal sealed record OpsFleetSizes(IReadOnlyList<OpsClusterSizes> Clusters);

/// <summary>A fleet's size in a cluster.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Region">Its region.</param>
/// <param name="Available">False when the cluster did not tell.</param>
/// <param name="Fault">Why it did not, or null.</param>
/// <param name="ReadAt">When it was asked; a second ago at most.</param>
/// <param name="AgonesFleets">Its Agones Fleets; those of the fleet that it does not have are left out.</param>
internal sealed record OpsClusterSizes(string Cluster, string Region, bool Available, string? Fault, DateTimeOffset ReadAt, IReadOnlyList<OpsFleetSize> AgonesFleets);

/// <summary>An Agones Fleet's size.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">What a change has to name: it is another once the replicas, or the FleetAutoscaler's policy, are.</param>
/// <param name="DesiredReplicas">Replicas that its spec asks for.</param>
/// <param name="CurrentReplicas">Replicas that there are; like the two below by Agones' own count, which lags by up to a few seconds.</param>
/// <param name="ReadyReplicas">Replicas that are Ready.</param>
/// <param name="AllocatedReplicas">Replicas that are Allocated: a smaller size stops none of them.</param>
/// <param name="Autoscaler">The FleetAutoscaler that sets the replicas, or null.</param>
/// <param name="Obstacle">Why the size cannot be changed from here, or null.</param>
internal sealed record OpsFleetSize(
    string Name, string Version, int DesiredReplicas, int CurrentReplicas, int ReadyReplicas, int AllocatedReplicas, OpsFleetAutoscaler? Autoscaler, string? Obstacle)
{
    public static OpsFleetSize Of(FleetSize size) => new(
        size.AgonesFleet,
        size.Version,
        size.Replicas,
        size.CurrentReplicas,
        size.ReadyReplicas,
        size.AllocatedReplicas,
        size.Autoscalers is [var autoscaler, ..] ? OpsFleetAutoscaler.Of(autoscaler) : null,
        FleetSizePlanner.Obstacle(size));
}

/// <summary>A FleetAutoscaler.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Policy">Type of its policy, as Agones has it.</param>
/// <param name="IntervalSeconds">Seconds between two decisions; it decides at once when its policy is changed.</param>
/// <param name="AsksFleetManager">Whether it is a Webhook that asks FleetManager: then the numbers are what that answers by, and one server more is wanted for each session that waits.</param>
/// <param name="MinReplicas">Fewest replicas; of the policy Buffer or of FleetManager's answer, like the three below.</param>
/// <param name="MaxReplicas">Most replicas.</param>
/// <param name="BufferSize">Servers beyond those that are Allocated, where it is a number.</param>
/// <param name="BufferPercent">The share of all servers that is kept free, where it is one.</param>
internal sealed record OpsFleetAutoscaler(string Name, string Policy, int IntervalSeconds, bool AsksFleetManager, int? MinReplicas, int? MaxReplicas, int? BufferSize, int? BufferPercent)
{
    public static OpsFleetAutoscaler Of(FleetAutoscalerSnapshot autoscaler) => new(
        autoscaler.Name,
        autoscaler.Policy,
        autoscaler.IntervalSeconds,
        autoscaler.AsksFleetManager,
        autoscaler.Buffer?.MinReplicas,
        autoscaler.Buffer?.MaxReplicas,
        autoscaler.Buffer is { BufferSize: { IsPercent: false } servers } ? servers.Value : null,
        autoscaler.Buffer is { BufferSize: { IsPercent: true } share } ? share.Value : null);
}

/// <summary>Body of <c>PUT /ops/v1/fleets/{fleet}/sizes/{cluster}/{agonesFleet}</c>. What is left out stays.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SetFleetSizeRequest
{
    /// <summary>The version that the size had when the caller looked; required. Where it is another by now, nothing is changed.</summary>
    public string? Version { get; init; }

    /// <summary>Replicas, from 0; only where no FleetAutoscaler sets them.</summary>
    public int? Replicas { get; init; }

    /// <summary>Fewest replicas of a Buffer policy, or of FleetManager's answer to a FleetAutoscaler, from 0.</summary>
    public int? MinReplicas { get; init; }

    /// <summary>Most replicas of the same, from 1.</summary>
    public int? MaxReplicas { get; init; }

    /// <summary>Its buffer as a number of servers, from 1; where FleetManager is asked, from 0.</summary>
    public int? BufferSize { get; init; }

    /// <summary>Its buffer as a share of all servers, 1 to 99 percent.</summary>
    public int? BufferPercent { get; init; }

    /// <summary>Why; required.</summary>
    public string? Reason { get; init; }
}

/// <summary>Answer to another size.</summary>
/// <param name="Changed">False when it was so already.</param>
/// <param name="Size">The size; what there is follows within seconds.</param>
/// <param name="Notes">What will come of it, for people.</param>
internal sealed record SetFleetSizeAnswer(bool Changed, OpsFleetSize Size, IReadOnlyList<string> Notes);
