namespace FleetSystem.FleetModel.Sizing;

/// <summary>How large an Agones Fleet is, and what decides that: as it was read, in one look.</summary>
[GenerateSerializer, Immutable, Alias("fleet.FleetSize")]
public sealed record FleetSize
{
    /// <summary>Name of the Agones Fleet.</summary>
    [Id(0)] public required string AgonesFleet { get; init; }

    /// <summary>Its uid: of two Fleets of one name, one after the other, each has its own.</summary>
    [Id(1)] public required string Uid { get; init; }

    /// <summary>The resourceVersion that was read.</summary>
    [Id(2)] public required string ResourceVersion { get; init; }

    /// <summary>Replicas that its spec asks for.</summary>
    [Id(3)] public required int Replicas { get; init; }

    /// <summary>Replicas that there are, in whatever state; lags by up to a few seconds, like the two below.</summary>
    [Id(4)] public int CurrentReplicas { get; init; }

    /// <summary>Replicas that are Ready.</summary>
    [Id(5)] public int ReadyReplicas { get; init; }

    /// <summary>Replicas that are Allocated: Agones stops none of them to make the Fleet smaller.</summary>
    [Id(6)] public int AllocatedReplicas { get; init; }

    /// <summary>The FleetAutoscalers that name it: none or one, unless somebody made a mistake.</summary>
    [Id(7)] public IReadOnlyList<FleetAutoscalerSnapshot> Autoscalers { get; init; } = [];

    /// <summary>Why it is not known which FleetAutoscalers name it; empty when it is.</summary>
    [Id(8)] public string AutoscalersFault { get; init; } = "";

    /// <summary>
    /// Another one when what decides the size is another: the replicas, or where a FleetAutoscaler sets these, its policy. What a change was decided by is told by it. A resourceVersion would not
    /// do: each allocation changes that.
    /// </summary>
    public string Version => StableHash.Of(string.Join('|', Autoscalers.Count == 0
        ? [Uid, FormattableString.Invariant($"{Replicas}")]
        : Autoscalers.OrderBy(autoscaler => autoscaler.Name, StringComparer.Ordinal).Select(autoscaler => $"{Uid}|{autoscaler.Uid}|{autoscaler.Policy}|{autoscaler.Buffer}")));
}

/// <summary>What FleetSystem keeps of one FleetAutoscaler.</summary>
[GenerateSerializer, Immutable, Alias("fleet.FleetAutoscalerSnapshot")]
public sealed record FleetAutoscalerSnapshot
{
    /// <summary>Its name.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>Its uid.</summary>
    [Id(1)] public required string Uid { get; init; }

    /// <summary>The resourceVersion that was read.</summary>
    [Id(2)] public required string ResourceVersion { get; init; }

    /// <summary>Name of the Agones Fleet that it scales.</summary>
    [Id(3)] public required string AgonesFleet { get; init; }

    /// <summary>Type of its policy, as Agones has it: <c>Buffer</c>, <c>Webhook</c>, <c>Counter</c>, <c>List</c>, <c>Schedule</c>, <c>Chain</c> or a later one.</summary>
    [Id(4)] public required string Policy { get; init; }

    /// <summary>Its settings when the type is <c>Buffer</c>, or what FleetManager answers by when it is the one that is asked; null otherwise.</summary>
    [Id(5)] public BufferPolicy? Buffer { get; init; }

    /// <summary>Seconds between two decisions; it decides at once when its spec is changed.</summary>
    [Id(6)] public int IntervalSeconds { get; init; }

    /// <summary>Path that it asks when the type is <c>Webhook</c>, without the slash at its start; empty otherwise.</summary>
    [Id(7)] public string WebhookPath { get; init; } = "";

    /// <summary>Whether FleetManager is the one that it asks: then <see cref="Buffer"/> is FleetManager's, and one server more is wanted for each session that waits.</summary>
    [Id(8)] public bool AsksFleetManager { get; init; }
}

/// <summary>What an operator wants FleetManager to answer a FleetAutoscaler by, in place of <c>FleetSystem:Fleets:n:Autoscaler</c>: the last word of one, kept until the next.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="AgonesFleet">The Agones Fleet.</param>
/// <param name="Policy">The bounds and the buffer; null: the configuration's again.</param>
/// <param name="By">Who wants it so.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When it was said.</param>
[GenerateSerializer, Immutable, Alias("fleet.FleetBounds")]
public sealed record FleetBounds(
    [property: Id(0)] string Cluster,
    [property: Id(1)] string AgonesFleet,
    [property: Id(2)] BufferPolicy? Policy,
    [property: Id(3)] string By,
    [property: Id(4)] string Reason,
    [property: Id(5)] DateTimeOffset At);

/// <summary>A FleetAutoscaler's Buffer policy: so many servers beyond those that are Allocated, within bounds.</summary>
/// <param name="MinReplicas">Fewest replicas; 0 is none in particular.</param>
/// <param name="MaxReplicas">Most replicas.</param>
/// <param name="BufferSize">Servers beyond those that are Allocated.</param>
[GenerateSerializer, Immutable, Alias("fleet.BufferPolicy")]
public sealed record BufferPolicy([property: Id(0)] int MinReplicas, [property: Id(1)] int MaxReplicas, [property: Id(2)] BufferSize BufferSize)
{
    /// <summary>The replicas that Agones sets by it. A buffer of 20 % means that a fifth of all servers is free, so that four fifths are the Allocated ones.</summary>
    public int ReplicasFor(int allocated)
    {
        var wanted = BufferSize.IsPercent ? (long)Math.Ceiling(allocated * 100.0 / (100 - BufferSize.Value)) : (long)allocated + BufferSize.Value;
        return (int)Math.Min(Math.Max(wanted, MinReplicas), MaxReplicas);
    }
}

/// <summary>A buffer's size: a number of servers, or a share of all.</summary>
/// <param name="Value">Servers, or percent.</param>
/// <param name="IsPercent">Whether it is a share.</param>
[GenerateSerializer, Immutable, Alias("fleet.BufferSize")]
public readonly record struct BufferSize([property: Id(0)] int Value, [property: Id(1)] bool IsPercent)
{
    /// <summary>As Agones writes it: <c>4</c> or <c>20%</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Value}{(IsPercent ? "%" : "")}");
}
