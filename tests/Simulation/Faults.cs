namespace FleetSystem.Simulation.Tests;

/// <summary>What goes wrong in a run, and how often: drawn from the seed, so that every run has its own weather. Off in the second phase.</summary>
internal sealed class Faults(Random random)
{
    /// <summary>Whether anything goes wrong at all.</summary>
    public bool On { get; set; } = true;

    /// <summary>Share of calls to Kubernetes and Agones that go wrong. The average run has one in five.</summary>
    public double Api { get; } = random.Next(6) switch { 0 => 0, 1 => 0.4, _ => 0.2 };

    /// <summary>Share of the store's operations that go wrong, before and after their effect each.</summary>
    public double Store { get; } = random.Next(3) switch { 0 => 0, 1 => 0.01, _ => 0.05 };

    /// <summary>Share of messages between grains that are lost on the way.</summary>
    public double Messages { get; } = random.Next(3) == 0 ? 0.003 : 0;

    /// <summary>Mean time between two deaths of silos; null means that none dies.</summary>
    public TimeSpan? BetweenSiloDeaths { get; } = random.Next(3) switch { 0 => null, 1 => TimeSpan.FromSeconds(40), _ => TimeSpan.FromSeconds(12) };

    /// <summary>Mean time between two deaths of a game server, a scale-down, a node's loss, a cut watch, an API's outage, in one cluster.</summary>
    public TimeSpan BetweenClusterFaults { get; } = TimeSpan.FromSeconds(random.Next(1, 15));

    /// <summary>
    /// How much later than its caller gave it up an allocation can still take effect: mostly within UnknownOutcomeSettleTime, and in some runs
    /// far beyond it.
    /// </summary>
    public TimeSpan LatestEffect { get; } = random.Next(3) == 0 ? TimeSpan.FromSeconds(12) : TimeSpan.FromSeconds(0.9);

    /// <summary>
    /// Whether an incarnation of a session can never come to a second server while it has one: no grain moves in the middle of a claim. In the
    /// other runs the reconciler has to see to it.
    /// </summary>
    public bool ClaimsAreUnique => BetweenSiloDeaths is null && Store == 0 && Messages == 0;

    /// <summary>Whether this time it goes wrong.</summary>
    public bool Happen(double share) => On && share > 0 && random.NextDouble() < share;
}
