using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.FleetModel.Clusters;

/// <summary>When a cluster counts as failing or slow and is asked no more, and how it comes back.</summary>
public sealed class CircuitOptions
{
    /// <summary>
    /// Calls that must fail one after the other before the circuit opens: refused as too many, broken, answered with an error or not at all.
    /// The default is 5; 1 to 100.
    /// </summary>
    public int FailuresToOpen { get; set; } = 5;

    /// <summary>
    /// Time-outs among consecutive failures that open the circuit sooner: each costs somebody the whole patience. The default is 2; 1 to 100.
    /// </summary>
    public int TimeoutsToOpen { get; set; } = 2;

    /// <summary>Share of failed or slow claims within <see cref="Window"/> that opens the circuit. The default is 0.5; 0.05 to 1.</summary>
    public double BadShareToOpen { get; set; } = 0.5;

    /// <summary>How far back that share is counted. The default is 10 seconds; 1 second to 10 minutes.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Claims within the window below which the share says nothing. The default is 20; 2 to 100000.</summary>
    public int WindowMinCalls { get; set; } = 20;

    /// <summary>
    /// A claim that takes longer is slow, whatever its answer. Agones' own batch wait is 0.5 seconds. The default is 1.5 seconds; 10 ms to 1
    /// minute.
    /// </summary>
    public TimeSpan SlowCall { get; set; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Wait before an open circuit's first probe, of which jitter takes up to half away. The default is 1 second; 10 ms to 10 minutes.</summary>
    public TimeSpan OpenMin { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Longest such wait: it doubles each time the circuit opens again before a claim has succeeded. The default is 30 seconds; at least
    /// <see cref="OpenMin"/>, at most 1 hour.
    /// </summary>
    public TimeSpan OpenMax { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Claims at once that a half-open circuit lets through. The default is 2; 1 to 100.</summary>
    public int HalfOpenClaims { get; set; } = 2;

    /// <summary>Probes in a row whose success closes a half-open circuit that nobody claims through. The default is 3; 1 to 100.</summary>
    public int ProbesToClose { get; set; } = 3;

    /// <summary>Time between the probes of a half-open circuit. The default is 1 second; 10 ms to 1 minute.</summary>
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a probe is waited for. The default is 1 second; 10 ms to 1 minute.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Tells every fault.</summary>
    /// <param name="faults">Where to.</param>
    /// <param name="key">Key of this object below the list's section.</param>
    public void Check(FaultList faults, string key)
    {
        faults.Within(FailuresToOpen, 1, 100, $"{key}:{nameof(FailuresToOpen)}");
        faults.Within(TimeoutsToOpen, 1, 100, $"{key}:{nameof(TimeoutsToOpen)}");
        faults.Within(BadShareToOpen, 0.05, 1, $"{key}:{nameof(BadShareToOpen)}");
        faults.Within(Window, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), $"{key}:{nameof(Window)}");
        faults.Within(WindowMinCalls, 2, 100_000, $"{key}:{nameof(WindowMinCalls)}");
        faults.Within(SlowCall, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), $"{key}:{nameof(SlowCall)}");
        faults.Within(OpenMin, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10), $"{key}:{nameof(OpenMin)}");
        faults.Within(OpenMax, OpenMin, TimeSpan.FromHours(1), $"{key}:{nameof(OpenMax)}");
        faults.Within(HalfOpenClaims, 1, 100, $"{key}:{nameof(HalfOpenClaims)}");
        faults.Within(ProbesToClose, 1, 100, $"{key}:{nameof(ProbesToClose)}");
        faults.Within(ProbeInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), $"{key}:{nameof(ProbeInterval)}");
        faults.Within(ProbeTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), $"{key}:{nameof(ProbeTimeout)}");
    }
}
