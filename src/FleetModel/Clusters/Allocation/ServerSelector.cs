namespace FleetSystem.FleetModel.Clusters.Allocation;

/// <summary>One selector of an allocation. A server must meet all of it.</summary>
/// <param name="MatchLabels">Labels that a server must carry, with these values.</param>
/// <param name="MatchExpressions">Further requirements on labels.</param>
[GenerateSerializer, Immutable, Alias("fleet.ServerSelector")]
public sealed record ServerSelector(
    [property: Id(0)] IReadOnlyDictionary<string, string> MatchLabels,
    [property: Id(1)] IReadOnlyList<LabelRequirement> MatchExpressions)
{
    /// <summary>
    /// State of the servers looked at: <see cref="GameServerState.Ready"/>, which is the default, or <see cref="GameServerState.Allocated"/>
    /// to claim one again that hosts several sessions. Agones takes no other.
    /// </summary>
    [Id(2)] public GameServerState State { get; init; } = GameServerState.Ready;

    /// <summary>Bounds on counters, by their names. A server without the counter does not match.</summary>
    [Id(3)] public IReadOnlyDictionary<string, CounterSelector> Counters { get; init; } = new Dictionary<string, CounterSelector>();

    /// <summary>Bounds on lists, by their names. A server without the list does not match.</summary>
    [Id(4)] public IReadOnlyDictionary<string, ListSelector> Lists { get; init; } = new Dictionary<string, ListSelector>();

    /// <summary>Equal by content: two selectors with the same terms are equal. The order of requirements counts, that of labels does not.</summary>
    public bool Equals(ServerSelector? other) =>
        other is not null
        && State == other.State
        && Same(MatchLabels, other.MatchLabels)
        && MatchExpressions.SequenceEqual(other.MatchExpressions)
        && Same(Counters, other.Counters)
        && Same(Lists, other.Lists);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(MatchLabels.Count, MatchExpressions.Count, State, Counters.Count, Lists.Count);

    private static bool Same<T>(IReadOnlyDictionary<string, T> left, IReadOnlyDictionary<string, T> right) =>
        left.Count == right.Count
        && left.All(pair => right.TryGetValue(pair.Key, out var value) && EqualityComparer<T>.Default.Equals(pair.Value, value));
}

/// <summary>Bounds on a counter of a server.</summary>
/// <param name="MinCount">Least count; 0 or more.</param>
/// <param name="MaxCount">Greatest count; 0 for no bound, otherwise at least <paramref name="MinCount"/>.</param>
/// <param name="MinAvailable">Least room, which is capacity less count; 0 or more.</param>
/// <param name="MaxAvailable">Greatest room; 0 for no bound, otherwise at least <paramref name="MinAvailable"/>.</param>
[GenerateSerializer, Immutable, Alias("fleet.CounterSelector")]
public sealed record CounterSelector(
    [property: Id(0)] long MinCount = 0,
    [property: Id(1)] long MaxCount = 0,
    [property: Id(2)] long MinAvailable = 0,
    [property: Id(3)] long MaxAvailable = 0);

/// <summary>Bounds on a list of a server.</summary>
/// <param name="ContainsValue">A value that it must contain; empty for any content.</param>
/// <param name="MinAvailable">Least room, which is capacity less values; 0 or more.</param>
/// <param name="MaxAvailable">Greatest room; 0 for no bound, otherwise at least <paramref name="MinAvailable"/>.</param>
[GenerateSerializer, Immutable, Alias("fleet.ListSelector")]
public sealed record ListSelector(
    [property: Id(0)] string ContainsValue = "",
    [property: Id(1)] long MinAvailable = 0,
    [property: Id(2)] long MaxAvailable = 0);
