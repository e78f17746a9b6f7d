namespace FleetSystem.Benchmarks.Load;

/// <summary>Failed requests of one kind.</summary>
internal sealed record LoadErrorCount(string Operation, int Status, string Code, long Count);

/// <summary>Failed requests by operation, status and code: a limited number of kinds, because codes come from the system under load.</summary>
internal sealed class ErrorCounts
{
    private const int MaxKinds = 64;
    private readonly Dictionary<(string Operation, int Status, string Code), long> _counts = [];

    public void Add(string operation, LoadException e) => Add((operation, e.Status, e.Code), 1);

    public void Add(ErrorCounts other)
    {
        foreach (var (kind, count) in other._counts)
            Add(kind, count);
    }

    public IReadOnlyList<LoadErrorCount> ToList() =>
        [.. _counts.Select(pair => new LoadErrorCount(pair.Key.Operation, pair.Key.Status, pair.Key.Code, pair.Value)).OrderByDescending(error => error.Count)];

    private void Add((string Operation, int Status, string Code) kind, long count)
    {
        if (_counts.Count >= MaxKinds && !_counts.ContainsKey(kind))
            kind = (kind.Operation, 0, "other");
        _counts[kind] = _counts.GetValueOrDefault(kind) + count;
    }
}
