namespace FleetSystem.FleetModel.Routing;

/// <summary>State of a path into a region.</summary>
public enum PathState
{
    /// <summary>Probes come back.</summary>
    Healthy,

    /// <summary>It works, but it has failed lately: it comes back only after a while.</summary>
    Degraded,

    /// <summary>Probes are lost.</summary>
    Down,
}

/// <summary>When a path changes its state.</summary>
public sealed class PathHealthOptions
{
    /// <summary>Failed probes in a row that take a path down. The default is 3; 2 to 100, so that one lost probe never changes anything.</summary>
    public int FailuresToDown { get; set; } = 3;

    /// <summary>Answered probes in a row that make a path that is down degraded. The default is 3; 1 to 100.</summary>
    public int SuccessesToDegraded { get; set; } = 3;

    /// <summary>How long a degraded path must answer every probe to be healthy. The default is 10 seconds; 0 to 1 hour.</summary>
    public TimeSpan HealthyAfter { get; set; } = TimeSpan.FromSeconds(10);
}

/// <summary>What is known of a path: a state with hysteresis. Immutable; <see cref="Observe"/> gives the next.</summary>
/// <param name="State">Its state.</param>
/// <param name="Since">Since when it has this state.</param>
/// <param name="Failures">Failed probes in a row.</param>
/// <param name="Successes">Answered probes in a row.</param>
/// <param name="GoodSince">Since when every probe has been answered; meaningless while <paramref name="Failures"/> is above 0.</param>
public sealed record PathHealth(PathState State, DateTimeOffset Since, int Failures, int Successes, DateTimeOffset GoodSince)
{
    /// <summary>A path that has not been probed yet: taken for healthy, so that a start does not look like an outage.</summary>
    public static PathHealth Unprobed(DateTimeOffset now) => new(PathState.Healthy, now, 0, 0, now);

    /// <summary>The health after one more probe.</summary>
    public PathHealth Observe(bool answered, DateTimeOffset now, PathHealthOptions options)
    {
        var next = answered
            ? this with { Failures = 0, Successes = Successes + 1, GoodSince = Failures > 0 || Successes == 0 ? now : GoodSince }
            : this with { Failures = Failures + 1, Successes = 0 };

        var state = next switch
        {
            { Failures: var failures } when failures >= options.FailuresToDown => PathState.Down,
            { State: PathState.Down, Successes: var successes } when successes >= options.SuccessesToDegraded => PathState.Degraded,
            { State: PathState.Degraded, Failures: 0 } when now - next.GoodSince >= options.HealthyAfter => PathState.Healthy,
            _ => State,
        };
        return state == State ? next : next with { State = state, Since = now };
    }
}
