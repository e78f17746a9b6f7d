using System.Globalization;

namespace FleetSystem.FleetModel.Clusters.Allocation;

/// <summary>Something wrong with a field of a request.</summary>
/// <param name="Path">The field, as its caller wrote it: <c>selectors[0].matchLabels[game]</c>.</param>
/// <param name="Fault">What is wrong and what is allowed, as the rest of a sentence that begins with the path.</param>
[GenerateSerializer, Immutable, Alias("fleet.FieldFault")]
public sealed record FieldFault([property: Id(0)] string Path, [property: Id(1)] string Fault)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path} {Fault}";
}

/// <summary>
/// Finds every fault of an order before Agones is asked: some would come back as a 422 for all selectors at once, some as "UnAllocated"
/// (field notes, trap 5), some not at all. The rules are Agones' and Kubernetes' own, but for actions that Agones would pass over in silence.
/// </summary>
public static class AllocationOrderValidator
{
    /// <summary>The most that keys and values of all annotations may have together, in bytes of UTF-8: Kubernetes' bound for an object.</summary>
    public const int LargestAnnotations = 256 * 1024;

    /// <summary>Every fault of an order, with its field's path as in a GameServerAllocation's spec.</summary>
    /// <param name="order">The order.</param>
    /// <param name="selectorPath">Path of the selector with an index, for callers who wrote it elsewhere; null for <c>selectors[index]</c>.</param>
    public static IReadOnlyList<FieldFault> Validate(AllocationOrder order, Func<int, string>? selectorPath = null)
    {
        var faults = new List<FieldFault>();
        for (var i = 0; i < order.Selectors.Count; i++)
            CheckSelector(order.Selectors[i], selectorPath?.Invoke(i) ?? string.Create(CultureInfo.InvariantCulture, $"selectors[{i}]"), faults);
        for (var i = 0; i < order.Priorities.Count; i++)
            CheckPriority(order.Priorities[i], string.Create(CultureInfo.InvariantCulture, $"priorities[{i}]"), faults);
        CheckKnown(order.Scheduling, "scheduling", faults);
        CheckLabels(order.Labels, "metadata.labels", faults);
        CheckAnnotations(order.Annotations, faults);
        foreach (var (name, action) in order.Counters) CheckAction(action, $"counters[{name}]", faults);
        foreach (var (name, action) in order.Lists)
        {
            if (action.Capacity is < 0 or > ListAction.MaxCapacity)
                faults.Add(new FieldFault($"lists[{name}].capacity", $"is {action.Capacity}; it must be 0 to {ListAction.MaxCapacity}"));
        }

        return faults;
    }

    private static void CheckSelector(ServerSelector selector, string path, List<FieldFault> faults)
    {
        CheckLabels(selector.MatchLabels, $"{path}.matchLabels", faults);
        for (var i = 0; i < selector.MatchExpressions.Count; i++)
            CheckRequirement(selector.MatchExpressions[i], string.Create(CultureInfo.InvariantCulture, $"{path}.matchExpressions[{i}]"), faults);
        if (selector.State is not (GameServerState.Ready or GameServerState.Allocated))
            faults.Add(new FieldFault($"{path}.gameServerState", $"is '{selector.State}'; it must be Ready or Allocated"));
        foreach (var (name, counter) in selector.Counters)
        {
            CheckRange(counter.MinCount, counter.MaxCount, $"{path}.counters[{name}]", "Count", faults);
            CheckRange(counter.MinAvailable, counter.MaxAvailable, $"{path}.counters[{name}]", "Available", faults);
        }

        foreach (var (name, list) in selector.Lists) CheckRange(list.MinAvailable, list.MaxAvailable, $"{path}.lists[{name}]", "Available", faults);
    }

    private static void CheckRequirement(LabelRequirement requirement, string path, List<FieldFault> faults)
    {
        if (LabelSyntax.KeyFault(requirement.Key) is { } keyFault) faults.Add(new FieldFault($"{path}.key", $"is '{requirement.Key}'; it {keyFault}"));
        CheckKnown(requirement.Operator, $"{path}.operator", faults);
        switch (requirement.Operator)
        {
            case LabelOperator.In or LabelOperator.NotIn when requirement.Values.Count == 0:
                faults.Add(new FieldFault($"{path}.values", $"is empty; {requirement.Operator} needs at least one value"));
                break;
            case LabelOperator.Exists or LabelOperator.DoesNotExist when requirement.Values.Count > 0:
                faults.Add(new FieldFault($"{path}.values", $"is not empty; {requirement.Operator} takes no values"));
                break;
            default:
                break;
        }

        for (var i = 0; i < requirement.Values.Count; i++)
        {
            if (LabelSyntax.ValueFault(requirement.Values[i]) is { } fault)
                faults.Add(new FieldFault(string.Create(CultureInfo.InvariantCulture, $"{path}.values[{i}]"), $"is '{requirement.Values[i]}'; it {fault}"));
        }
    }

    private static void CheckPriority(CapacityPriority priority, string path, List<FieldFault> faults)
    {
        CheckKnown(priority.Type, $"{path}.type", faults);
        CheckKnown(priority.Order, $"{path}.order", faults);
        if (priority.Key.Length == 0) faults.Add(new FieldFault($"{path}.key", "is empty; it must name a counter or a list"));
    }

    private static void CheckAction(CounterAction action, string path, List<FieldFault> faults)
    {
        if (action.Direction is { } direction) CheckKnown(direction, $"{path}.action", faults);
        if (action is { Direction: not null, Amount: null }) faults.Add(new FieldFault($"{path}.amount", "is missing; an action needs its amount"));
        if (action is { Direction: null, Amount: not null }) faults.Add(new FieldFault($"{path}.action", "is missing; an amount needs Increment or Decrement"));
        if (action.Amount < 0) faults.Add(new FieldFault($"{path}.amount", $"is {action.Amount}; it must be 0 or more"));
        if (action.Capacity < 0) faults.Add(new FieldFault($"{path}.capacity", $"is {action.Capacity}; it must be 0 or more"));
    }

    private static void CheckRange(long min, long max, string path, string of, List<FieldFault> faults)
    {
        if (min < 0) faults.Add(new FieldFault($"{path}.min{of}", $"is {min}; it must be 0 or more"));
        if (max < 0) faults.Add(new FieldFault($"{path}.max{of}", $"is {max}; it must be 0 (no bound) or more"));
        else if (max != 0 && max < min) faults.Add(new FieldFault($"{path}.max{of}", $"is {max}; it must be 0 (no bound), or at least min{of}, which is {min}"));
    }

    private static void CheckLabels(IReadOnlyDictionary<string, string> labels, string path, List<FieldFault> faults)
    {
        foreach (var (key, value) in labels)
        {
            CheckKey(key, path, faults);
            if (LabelSyntax.ValueFault(value) is { } fault) faults.Add(new FieldFault($"{path}[{key}]", $"is '{value}'; it {fault}"));
        }
    }

    private static void CheckAnnotations(IReadOnlyDictionary<string, string> annotations, List<FieldFault> faults)
    {
        const string Path = "metadata.annotations";
        var size = 0L;
        foreach (var (key, value) in annotations)
        {
            // Kubernetes compares an annotation's key in lower case only.
            CheckKey(key, Path, faults, key.ToLowerInvariant());
            size += System.Text.Encoding.UTF8.GetByteCount(key) + System.Text.Encoding.UTF8.GetByteCount(value);
        }

        if (size > LargestAnnotations) faults.Add(new FieldFault(Path, $"have {size} bytes together; Kubernetes takes at most {LargestAnnotations}"));
    }

    private static void CheckKey(string key, string path, List<FieldFault> faults, string? compared = null)
    {
        if (LabelSyntax.KeyFault(compared ?? key) is { } fault) faults.Add(new FieldFault($"{path}[{key}]", $"has the key '{key}'; it {fault}"));
    }

    private static void CheckKnown<T>(T value, string path, List<FieldFault> faults)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value)) faults.Add(new FieldFault(path, $"is '{value}'; it must be one of {string.Join(", ", Enum.GetNames<T>())}"));
    }
}
