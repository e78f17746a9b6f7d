namespace FleetSystem.FleetModel.Sizing;

/// <summary>
/// How an operator's wish for another size is carried out. A FleetAutoscaler sets its Fleet's replicas again and again, so that another number would be undone: then its Buffer policy is what is
/// changed, or what FleetManager answers when it asks that; where it goes by anything else, nothing is.
/// </summary>
public static class FleetSizePlanner
{
    private const int MinPercent = 1;
    private const int MaxPercent = 99;

    /// <summary>What is wrong with a wish by itself, whatever the Fleet is.</summary>
    /// <param name="wish">The wish.</param>
    /// <param name="mostReplicas">Most replicas that anybody may ask for.</param>
    public static IReadOnlyList<FleetSizeFault> Check(FleetSizeWish wish, int mostReplicas)
    {
        var faults = new List<FleetSizeFault>();
        if (wish.Version.Length == 0) faults.Add(new("version", "The version is missing: give the one that the size had when you looked."));
        if (wish is { Replicas: null, MinReplicas: null, MaxReplicas: null, BufferSize: null, BufferPercent: null })
            faults.Add(new("", "No size is given: give replicas, or of a Fleet with a FleetAutoscaler minReplicas, maxReplicas and bufferSize or bufferPercent."));
        Within("replicas", wish.Replicas, 0, mostReplicas);
        Within("minReplicas", wish.MinReplicas, 0, mostReplicas);
        Within("maxReplicas", wish.MaxReplicas, 1, mostReplicas);
        Within("bufferSize", wish.BufferSize, 0, mostReplicas);
        Within("bufferPercent", wish.BufferPercent, MinPercent, MaxPercent);
        if (wish is { BufferSize: not null, BufferPercent: not null }) faults.Add(new("bufferPercent", "A buffer is a number of servers or a share of all: give bufferSize or bufferPercent."));
        return faults;

        void Within(string field, int? value, int least, int most)
        {
            if (value is { } given && (given < least || given > most)) faults.Add(new(field, FormattableString.Invariant($"It is {given}: {least} to {most} is possible.")));
        }
    }

    /// <summary>Why a Fleet's size cannot be changed from here; null when it can.</summary>
    public static string? Obstacle(FleetSize size) => size switch
    {
        { AutoscalersFault.Length: > 0 } => $"It is not known whether a FleetAutoscaler scales Agones Fleet {size.AgonesFleet}, which would undo another number: {size.AutoscalersFault}",
        { Autoscalers.Count: > 1 } => $"{size.Autoscalers.Count} FleetAutoscalers scale Agones Fleet {size.AgonesFleet}, each against the others: {string.Join(", ", size.Autoscalers.Select(one => one.Name))}. Delete all but one.",
        { Autoscalers: [{ Policy: "Buffer", Buffer: not null }] or [{ AsksFleetManager: true, Buffer: not null }] or [] } => null,
        { Autoscalers: [var autoscaler] } => $"FleetAutoscaler {autoscaler.Name} scales Agones Fleet {size.AgonesFleet} by its policy {autoscaler.Policy}: {DecidedBy(autoscaler.Policy)}",
        _ => null,
    };

    /// <summary>The plan for a wish.</summary>
    /// <param name="size">The size as it was read just now.</param>
    /// <param name="wish">The wish.</param>
    /// <param name="mostReplicas">Most replicas that anybody may ask for.</param>
    public static FleetSizePlan Plan(FleetSize size, FleetSizeWish wish, int mostReplicas)
    {
        if (Check(wish, mostReplicas) is { Count: > 0 } faults) return new FleetSizePlan.Invalid(faults);
        if (Obstacle(size) is { } obstacle) return new FleetSizePlan.Refusal(FleetSizeResult.NotChangeable, obstacle);
        if (wish.Version != size.Version) return new FleetSizePlan.Refusal(FleetSizeResult.Stale, $"The size was changed since you looked. Now: {Describe(size)}.");
        return size.Autoscalers is [{ Buffer: { } policy } autoscaler] ? PlanBuffer(size, autoscaler, policy, wish) : PlanReplicas(size, wish);
    }

    /// <summary>What decides the size, in a few words.</summary>
    public static string Describe(FleetSize size) => size.Autoscalers switch
    {
        [{ Buffer: { } policy } autoscaler] => FormattableString.Invariant($"FleetAutoscaler {autoscaler.Name} keeps {policy.BufferSize} beyond the Allocated ones, {policy.MinReplicas} to {policy.MaxReplicas} in all"),
        [] => FormattableString.Invariant($"{size.Replicas} replicas"),
        var some => $"FleetAutoscaler {string.Join(", ", some.Select(one => $"{one.Name} ({one.Policy})"))}",
    };

    private static FleetSizePlan PlanReplicas(FleetSize size, FleetSizeWish wish)
    {
        if (wish.Replicas is not { } replicas || wish is not { MinReplicas: null, MaxReplicas: null, BufferSize: null, BufferPercent: null })
            return new FleetSizePlan.Refusal(FleetSizeResult.NotChangeable, $"No FleetAutoscaler scales Agones Fleet {size.AgonesFleet}: give replicas, and nothing else.");
        var notes = Notes(size, replicas);
        return replicas == size.Replicas
            ? new FleetSizePlan.Nothing(notes)
            : new FleetSizePlan.Change(new FleetSizePatch.Scale(size.AgonesFleet, size.ResourceVersion, replicas), size with { Replicas = replicas }, notes);
    }

    private static FleetSizePlan PlanBuffer(FleetSize size, FleetAutoscalerSnapshot autoscaler, BufferPolicy policy, FleetSizeWish wish)
    {
        if (wish.Replicas is not null)
            return new FleetSizePlan.Refusal(FleetSizeResult.NotChangeable, FormattableString.Invariant($"FleetAutoscaler {autoscaler.Name} sets the replicas of Agones Fleet {size.AgonesFleet} every {autoscaler.IntervalSeconds} s by its policy {autoscaler.Policy}, and would undo another number: give minReplicas, maxReplicas, bufferSize or bufferPercent instead."));
        var buffer = wish.BufferSize is { } servers ? new BufferSize(servers, IsPercent: false) : wish.BufferPercent is { } percent ? new BufferSize(percent, IsPercent: true) : policy.BufferSize;
        var wanted = new BufferPolicy(wish.MinReplicas ?? policy.MinReplicas, wish.MaxReplicas ?? policy.MaxReplicas, buffer);
        if ((autoscaler.AsksFleetManager ? FaultsOfBounds(wanted) : Faults(wanted)).ToList() is { Count: > 0 } faults) return new FleetSizePlan.Invalid(faults);
        var replicas = wanted.ReplicasFor(size.AllocatedReplicas);
        var kept = autoscaler.AsksFleetManager
            ? FormattableString.Invariant($"FleetAutoscaler {autoscaler.Name} asks FleetManager every {autoscaler.IntervalSeconds} s: with {size.AllocatedReplicas} Allocated it is told {replicas} replicas, and one more for each session that waits; now there are {size.CurrentReplicas}.")
            : FormattableString.Invariant($"With {size.AllocatedReplicas} Allocated, FleetAutoscaler {autoscaler.Name} keeps {replicas} replicas; now there are {size.CurrentReplicas}.");
        IReadOnlyList<string> notes = [kept, .. Notes(size, replicas)];
        if (wanted == policy) return new FleetSizePlan.Nothing(notes);
        FleetSizePatch patch = autoscaler.AsksFleetManager ? new FleetSizePatch.SetBounds(size.AgonesFleet, policy, wanted) : new FleetSizePatch.SetBuffer(autoscaler.Name, autoscaler.ResourceVersion, wanted);
        return new FleetSizePlan.Change(patch, size with { Autoscalers = [autoscaler with { Buffer = wanted }] }, notes);
    }

    /// <summary>What FleetManager cannot answer by.</summary>
    private static IEnumerable<FleetSizeFault> FaultsOfBounds(BufferPolicy wanted)
    {
        if (wanted.MinReplicas > wanted.MaxReplicas) yield return new("minReplicas", FormattableString.Invariant($"It would be {wanted.MinReplicas}, and maxReplicas {wanted.MaxReplicas}: it cannot be more."));
        if (wanted.BufferSize.IsPercent) yield return new("bufferPercent", "FleetManager, which the FleetAutoscaler asks, keeps a number of servers free: give bufferSize.");
    }

    /// <summary>What Agones' webhook refuses.</summary>
    private static IEnumerable<FleetSizeFault> Faults(BufferPolicy wanted)
    {
        var (least, most, buffer) = wanted;
        if (!buffer.IsPercent && buffer.Value == 0) yield return new("bufferSize", "It is 0: a Buffer policy needs at least 1.");
        if (least > most) yield return new("minReplicas", FormattableString.Invariant($"It would be {least}, and maxReplicas {most}: it cannot be more."));
        if (buffer.IsPercent && least == 0) yield return new("minReplicas", "With a buffer in percent it must be above 0: a share of nothing would keep the Fleet empty for ever.");
        if (!buffer.IsPercent && buffer.Value > most) yield return new("bufferSize", FormattableString.Invariant($"It would be {buffer.Value}, and maxReplicas {most}: it cannot be more."));
        if (!buffer.IsPercent && least != 0 && buffer.Value > least) yield return new("bufferSize", FormattableString.Invariant($"It would be {buffer.Value}, and minReplicas {least}: it cannot be more, unless minReplicas is 0."));
    }

    private static IReadOnlyList<string> Notes(FleetSize size, int replicas) => size.AllocatedReplicas switch
    {
        0 => [],
        var allocated when replicas < allocated => [FormattableString.Invariant($"{allocated} servers are Allocated, and Agones stops none of them: the Fleet shrinks to {replicas} as their sessions end. Until then no server is free for new sessions.")],
        var allocated when replicas == allocated => [FormattableString.Invariant($"All {replicas} servers are Allocated then: none is free for new sessions.")],
        _ => [],
    };

    private static string DecidedBy(string policy) => policy switch
    {
        "Webhook" => "the service that it asks decides the replicas, and that is not FleetManager. Change what it answers.",
        "Counter" or "List" => "it counts places on servers, not servers. Change its minCapacity, maxCapacity and bufferSize in the cluster.",
        "Schedule" or "Chain" => "what holds depends on the time. Change the policy that is meant in the cluster.",
        _ => "FleetSystem does not know that policy. Change it in the cluster.",
    };
}
