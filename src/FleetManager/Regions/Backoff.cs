namespace FleetSystem.FleetManager.Regions;

/// <summary>Waits after failures in a row: each doubles the one before, from a second, half of it at random.</summary>
/// <param name="most">Longest wait.</param>
/// <param name="seed">Seed of the jitter.</param>
internal sealed class Backoff(TimeSpan most, int seed)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private const int MaxDoublings = 20;

    private readonly Random _jitter = new(seed);
    private int _failures;

    /// <summary>Whether the last try failed.</summary>
    public bool IsFailing => _failures > 0;

    /// <summary>Takes in a failure, and says how long to wait.</summary>
    public TimeSpan Next()
    {
        var full = First * Math.Pow(2, Math.Min(_failures++, MaxDoublings));
        return (full > most ? most : full) * (0.5 + (_jitter.NextDouble() / 2));
    }

    /// <summary>Takes in that a try did not fail.</summary>
    public void Reset() => _failures = 0;
}
