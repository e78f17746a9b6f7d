namespace FleetSystem.FleetModel.Clusters.Allocation;

/// <summary>A requirement on a label, as in a Kubernetes label selector's <c>matchExpressions</c>.</summary>
/// <param name="Key">Key of the label.</param>
/// <param name="Operator">How the label's value is compared.</param>
/// <param name="Values">At least one for In and NotIn, none for Exists and DoesNotExist.</param>
[GenerateSerializer, Immutable, Alias("fleet.LabelRequirement")]
public sealed record LabelRequirement(
    [property: Id(0)] string Key,
    [property: Id(1)] LabelOperator Operator,
    [property: Id(2)] IReadOnlyList<string> Values)
{
    /// <summary>The label has one of the values.</summary>
    public static LabelRequirement In(string key, IReadOnlyList<string> values) => new(key, LabelOperator.In, values);

    /// <summary>The label has none of the values: servers without the label match too.</summary>
    public static LabelRequirement NotIn(string key, IReadOnlyList<string> values) => new(key, LabelOperator.NotIn, values);

    /// <summary>There is such a label.</summary>
    public static LabelRequirement Exists(string key) => new(key, LabelOperator.Exists, []);

    /// <summary>There is no such label.</summary>
    public static LabelRequirement DoesNotExist(string key) => new(key, LabelOperator.DoesNotExist, []);

    /// <summary>Whether a label's value, null where there is no such label, meets the requirement.</summary>
    public bool IsMetBy(string? value) => Operator switch
    {
        LabelOperator.In => value is not null && Values.Contains(value),
        LabelOperator.NotIn => value is null || !Values.Contains(value),
        LabelOperator.Exists => value is not null,
        LabelOperator.DoesNotExist => value is null,
        _ => false,
    };

    /// <inheritdoc/>
    public bool Equals(LabelRequirement? other) =>
        other is not null && Key == other.Key && Operator == other.Operator && Values.SequenceEqual(other.Values);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Key, Operator, Values.Count);
}

/// <summary>How a label is compared, in Kubernetes' words.</summary>
public enum LabelOperator
{
    /// <summary>Its value is one of those given.</summary>
    In,

    /// <summary>Its value is none of those given, or there is no such label.</summary>
    NotIn,

    /// <summary>There is such a label.</summary>
    Exists,

    /// <summary>There is no such label.</summary>
    DoesNotExist,
}
