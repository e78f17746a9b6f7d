using System.Globalization;
using FleetSystem.FleetManager.Ops;
using FleetSystem.FleetModel.Sizing;

namespace FleetSystem.FleetManager.Dashboard.Views;

/// <summary>A fleet's size in a cluster, as the page shows it.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Size">The size of one of its Agones Fleets; null when the cluster has none, or never told.</param>
/// <param name="Fault">Why the cluster does not tell now, or null: what is shown is then old.</param>
/// <param name="ReadAt">When what is shown was read.</param>
internal sealed record FleetSizeRow(string Cluster, OpsFleetSize? Size, string? Fault, DateTimeOffset ReadAt)
{
    /// <summary>Whether the page offers to change it.</summary>
    public bool CanChange => Size is { Obstacle: null } && Fault is null;

    /// <summary>What decides the number.</summary>
    public string DecidedBy => Size?.Autoscaler switch
    {
        null => Size is null ? "" : "set by hand",
        { MaxReplicas: { } most } buffer => string.Create(CultureInfo.InvariantCulture, $"{buffer.Name}: {(buffer.BufferPercent is { } share ? $"{share} %" : $"{buffer.BufferSize}")} beyond the allocated, {buffer.MinReplicas} to {most} in all{(buffer.AsksFleetManager ? ", and one for each session that waits" : "")}"),
        var other => $"{other.Name} ({other.Policy})",
    };

    /// <summary>What a change means, before it is made.</summary>
    public string Consequence
    {
        get
        {
            var stays = Size?.AllocatedReplicas switch { null or 0 => "", 1 => " The one that is allocated is not stopped.", var some => string.Create(CultureInfo.InvariantCulture, $" None of the {some} that are allocated is stopped, whatever the number.") };
            return Size?.Autoscaler is { } autoscaler
                ? autoscaler.AsksFleetManager ? string.Create(CultureInfo.InvariantCulture, $"FleetAutoscaler {autoscaler.Name} is told so when it asks FleetManager next, every {autoscaler.IntervalSeconds} s.{stays}") : $"FleetAutoscaler {autoscaler.Name} goes by it at once.{stays}"
                : $"Agones starts or stops servers until there are so many.{stays}";
        }
    }

    /// <summary>The rows of a reading. A cluster that does not tell is shown as it was.</summary>
    /// <param name="read">The reading.</param>
    /// <param name="before">The rows of the one before.</param>
    public static IReadOnlyList<FleetSizeRow> Of(OpsFleetSizes read, IReadOnlyList<FleetSizeRow> before) => [.. read.Clusters.SelectMany(cluster => cluster switch
    {
        { Available: false } when before.Where(row => row.Cluster == cluster.Cluster && row.Size is not null).ToList() is { Count: > 0 } known => known.Select(row => row with { Fault = cluster.Fault }),
        { AgonesFleets.Count: 0 } => [new FleetSizeRow(cluster.Cluster, null, cluster.Fault, cluster.ReadAt)],
        _ => cluster.AgonesFleets.Select(size => new FleetSizeRow(cluster.Cluster, size, null, cluster.ReadAt)),
    })];
}

/// <summary>What somebody is about to want of a size. Belongs to one dialog.</summary>
public sealed class FleetSizeDraft
{
    private readonly OpsFleetSize _size;

    internal FleetSizeDraft(OpsFleetSize size)
    {
        _size = size;
        Replicas = size.DesiredReplicas;
        if (size.Autoscaler is { } autoscaler)
            (MinReplicas, MaxReplicas, Buffer) = (autoscaler.MinReplicas ?? 0, autoscaler.MaxReplicas ?? 1, autoscaler.BufferPercent ?? autoscaler.BufferSize ?? 1);
    }

    /// <summary>Replicas, where no FleetAutoscaler sets them.</summary>
    public int Replicas { get; set; }

    /// <summary>Fewest replicas.</summary>
    public int MinReplicas { get; set; }

    /// <summary>Most replicas.</summary>
    public int MaxReplicas { get; set; }

    /// <summary>The buffer, in servers or percent as it was.</summary>
    public int Buffer { get; set; }

    /// <summary>Least buffer that can be asked for.</summary>
    public int LeastBuffer => _size.Autoscaler is { AsksFleetManager: true } ? 0 : 1;

    /// <summary>Whether a buffer and bounds are what changes.</summary>
    public bool HasBuffer => _size.Autoscaler is not null;

    /// <summary>Whether its buffer is a share of all servers.</summary>
    public bool IsPercent => _size.Autoscaler?.BufferPercent is not null;

    /// <summary>What there will be then, by what is allocated now; empty while the numbers make no sense.</summary>
    public string Preview
    {
        get
        {
            if (HasBuffer && (MinReplicas > MaxReplicas || (IsPercent && Buffer is < 1 or > 99))) return "";
            var replicas = HasBuffer ? new BufferPolicy(MinReplicas, MaxReplicas, new BufferSize(Buffer, IsPercent)).ReplicasFor(_size.AllocatedReplicas) : Replicas;
            var free = Math.Max(0, replicas - _size.AllocatedReplicas);
            return string.Create(CultureInfo.InvariantCulture, $"With the {_size.AllocatedReplicas} allocated of now: {Math.Max(replicas, _size.AllocatedReplicas)} servers, {free} of them free for new sessions{(free == 0 ? ". Nobody new gets in then" : "")}.");
        }
    }

    /// <summary>The wish, for the size as it was when the dialog opened.</summary>
    internal SetFleetSizeRequest ToRequest(string reason) => HasBuffer
        ? new() { Version = _size.Version, MinReplicas = MinReplicas, MaxReplicas = MaxReplicas, BufferSize = IsPercent ? null : Buffer, BufferPercent = IsPercent ? Buffer : null, Reason = reason }
        : new() { Version = _size.Version, Replicas = Replicas, Reason = reason };
}
