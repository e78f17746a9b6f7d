namespace FleetSystem.Matchmaker.Queues.Pools;

/// <summary>A pool's key.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Region">The region, or empty for the common pool.</param>
internal readonly record struct PoolKey(string Queue, string Region)
{
    /// <summary>Reads <c>queue/region</c>.</summary>
    public static PoolKey Parse(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? new(key, "") : new(key[..slash], key[(slash + 1)..]);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Queue}/{Region}";
}
