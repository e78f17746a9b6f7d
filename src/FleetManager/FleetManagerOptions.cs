using FleetSystem.FleetManager.Fleets;
using FleetSystem.FleetManager.Sessions;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Zones;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager;

/// <summary>How this host works, apart from what a cell consists of. The configuration section <c>FleetManager</c>.</summary>
public sealed class FleetManagerOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "FleetManager";

    /// <summary>PEM file with the ES256 private key that signs join tokens.</summary>
    public string JoinTokenKeyFile { get; set; } = "";

    /// <summary>Life of a join token; a session's end cuts it short. It is renewed when half of it is over. The default is 10 minutes; 1 minute to 24 hours.</summary>
    public TimeSpan JoinTokenLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a closed session can still be asked for. The default is 1 hour; 1 minute to 30 days.</summary>
    public TimeSpan ClosedSessionRetention { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Time between two looks at all open sessions for what was missed. The default is 15 seconds; 1 second to 1 hour.</summary>
    public TimeSpan SessionSweepInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Most sessions that one look checks at once. The default is 64; 1 to 10000.</summary>
    public int SessionSweepConcurrency { get; set; } = 64;

    /// <summary>
    /// How long one cluster may take to answer a claim, new tries after refusals included; then its outcome is unknown. Agones' own batch wait
    /// is 0.5 seconds. The default is 2 seconds; 0.1 to 60 seconds.
    /// </summary>
    public TimeSpan ClaimPatience { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long after a claim of unknown outcome its tag is looked for before the claim is abandoned and the session goes on without it. It
    /// decides only what is wasted, never what is right. The default is 1 second; 0.1 to 60 seconds.
    /// </summary>
    public TimeSpan UnknownOutcomeSettleTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a claim in one cluster is waited for, a server that has to be given back and the way there and back included. A message that was
    /// lost between silos, or a silo that is not declared dead yet, costs no more than that.
    /// </summary>
    internal TimeSpan LongestClaim => ClaimPatience + (UnknownOutcomeSettleTime * 2) + TimeSpan.FromSeconds(1);

    /// <summary>When a cluster counts as failing or slow and is asked no more.</summary>
    public CircuitOptions Circuit { get; set; } = new();

    /// <summary>How long an Allocated server may carry the label of a session that does not claim it. The default is 30 seconds; 1 second to 1 hour.</summary>
    public TimeSpan OrphanGrace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Most servers of a cluster that are labelled in one batch, all at once. The default is 16; 1 to 256. With
    /// <see cref="LabelInterval"/> it bounds the rate: by default 160 patches a second.
    /// </summary>
    public int LabelBatch { get; set; } = 16;

    /// <summary>Pause between two batches of labels. The default is 100 ms; 10 ms to 1 minute.</summary>
    public TimeSpan LabelInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Most sessions a second that are moved out of a region's evacuated zones, or out of it while it is drained, when operators want that.
    /// The default is 20; 1 to 1000.
    /// </summary>
    public int MovesPerSecond { get; set; } = 20;

    /// <summary>
    /// Most replicas of an Agones Fleet that an operator may ask for, as a number, a bound or a buffer: a slip of the keyboard must not order a thousand nodes. The default is 10000; 1 to 1000000.
    /// </summary>
    public int MaxFleetReplicas { get; set; } = 10_000;

    /// <summary>What is done about nodes that announce their end.</summary>
    public NodeInterruptionOptions NodeInterruption { get; set; } = new();

    /// <summary>When a zone is evacuated, and how it is restored.</summary>
    public ZoneMonitorOptions ZoneMonitor { get; set; } = new();

    /// <summary>
    /// Price of a GB that crosses from one zone into another of its region, on each of its two sides, in USD; for the metrics of transfer
    /// cost. The default is 0.01, AWS's: "$0.01/GB in each direction" between zones (aws.amazon.com/ec2/pricing/on-demand, "Data Transfer
    /// within the same AWS Region"). 0 to 100.
    /// </summary>
    public double CrossZonePricePerGigabyte { get; set; } = 0.01;

    /// <summary>Time between two probes of an address of a path. The default is 100 ms; 20 ms to 1 minute.</summary>
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a probe is waited for, while further ones are sent. The default is 400 ms; <see cref="ProbeInterval"/> to 10 seconds.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromMilliseconds(400);

    /// <summary>When a path changes its state.</summary>
    public PathHealthOptions PathHealth { get; set; } = new();

    /// <summary>When players' reports make a path suspected.</summary>
    public PathReportOptions PathReports { get; set; } = new();

    /// <summary>
    /// Longest time from a new order of a region's routes until a session's open feeds are told; each session draws its own, so that a region's
    /// sessions do not all speak at once. The default is 2 seconds; 0 to 1 minute.
    /// </summary>
    public TimeSpan RoutesChangedJitter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Most servers of a cluster that are told of a new order of routes in one batch, by a read and a write each. The default is 8; 1 to 256. With
    /// <see cref="RouteAnnouncementInterval"/> it bounds the rate: by default 40 servers a second.
    /// </summary>
    public int RouteAnnouncementBatch { get; set; } = 8;

    /// <summary>Pause between two such batches. The default is 200 ms; 10 ms to 1 minute.</summary>
    public TimeSpan RouteAnnouncementInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Time between two loads of an accelerator's port mapping. The default is 5 minutes; 1 second to 24 hours.</summary>
    public TimeSpan MappingRefreshInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Time between two looks at a standard accelerator while it is not as wanted; each look changes it at most once. The default is 2 seconds;
    /// 0.5 seconds to 10 minutes.
    /// </summary>
    public TimeSpan TrafficUpdateInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Time between two looks while it is as wanted: somebody else may have changed it. The default is 1 minute; <see cref="TrafficUpdateInterval"/> to 24 hours.</summary>
    public TimeSpan TrafficRefreshInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest wait after failures in a row, which double it from 1 second. The default is 1 minute; 1 second to 1 hour.</summary>
    public TimeSpan TrafficBackoffMax { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How fast destinations of custom routing accelerators are opened and closed, where that is done for each server.</summary>
    public ServerTrafficOptions ServerTraffic { get; set; } = new();

    /// <summary>Deadline of one call to the Global Accelerator API. The default is 10 seconds; 1 second to 2 minutes.</summary>
    public TimeSpan AcceleratorCallTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How sessions wait for capacity.</summary>
    public WaitingOptions Waiting { get; set; } = new();

    /// <summary>
    /// How long a starting host waits for the first snapshot of every cluster before it calls itself ready without: one cluster's failure keeps
    /// nobody from the others. The default is 30 seconds; 1 second to 10 minutes.
    /// </summary>
    public TimeSpan StartPatience { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Seed of everything random that is no secret: jitter, weighted choice. The default is 1.</summary>
    public int Seed { get; set; } = 1;
}

internal sealed class FleetManagerOptionsValidator : IValidateOptions<FleetManagerOptions>
{
    public ValidateOptionsResult Validate(string? name, FleetManagerOptions options)
    {
        var faults = new FaultList(FleetManagerOptions.Section);
        if (JoinTokenIssuer.FaultOf(options.JoinTokenKeyFile) is { } keyFault) faults.Add(nameof(options.JoinTokenKeyFile), keyFault);
        faults.Within(options.JoinTokenLifetime, TimeSpan.FromMinutes(1), TimeSpan.FromHours(24), nameof(options.JoinTokenLifetime));
        faults.Within(options.ClosedSessionRetention, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30), nameof(options.ClosedSessionRetention));
        faults.Within(options.SessionSweepInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), nameof(options.SessionSweepInterval));
        faults.Within(options.UnknownOutcomeSettleTime, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(60), nameof(options.UnknownOutcomeSettleTime));
        faults.Within(options.ClaimPatience, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(60), nameof(options.ClaimPatience));
        options.Circuit.Check(faults, nameof(options.Circuit));
        faults.Within(options.OrphanGrace, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), nameof(options.OrphanGrace));
        faults.Within(options.LabelInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), nameof(options.LabelInterval));
        options.ZoneMonitor.Check(faults, nameof(options.ZoneMonitor));
        options.NodeInterruption.Check(faults, nameof(options.NodeInterruption));
        faults.Check(
            options.CrossZonePricePerGigabyte is >= 0 and <= 100, nameof(options.CrossZonePricePerGigabyte), $"is {options.CrossZonePricePerGigabyte}: 0 to 100 is possible");
        faults.Within(options.ProbeInterval, TimeSpan.FromMilliseconds(20), TimeSpan.FromMinutes(1), nameof(options.ProbeInterval));
        faults.Within(options.ProbeTimeout, options.ProbeInterval, TimeSpan.FromSeconds(10), nameof(options.ProbeTimeout));
        options.PathHealth.Check(faults, nameof(options.PathHealth));
        options.PathReports.Check(faults, nameof(options.PathReports));
        faults.Within(options.RoutesChangedJitter, TimeSpan.Zero, TimeSpan.FromMinutes(1), nameof(options.RoutesChangedJitter));
        faults.Within(options.RouteAnnouncementInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), nameof(options.RouteAnnouncementInterval));
        faults.Within(options.RouteAnnouncementBatch, 1, 256, nameof(options.RouteAnnouncementBatch));
        faults.Within(options.MappingRefreshInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24), nameof(options.MappingRefreshInterval));
        faults.Within(options.TrafficUpdateInterval, TimeSpan.FromSeconds(0.5), TimeSpan.FromMinutes(10), nameof(options.TrafficUpdateInterval));
        faults.Within(options.TrafficRefreshInterval, options.TrafficUpdateInterval, TimeSpan.FromHours(24), nameof(options.TrafficRefreshInterval));
        faults.Within(options.TrafficBackoffMax, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), nameof(options.TrafficBackoffMax));
        options.ServerTraffic.Check(faults, nameof(options.ServerTraffic));
        faults.Within(options.AcceleratorCallTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2), nameof(options.AcceleratorCallTimeout));
        faults.Within(options.Waiting.Interval, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(10), "Waiting:Interval");
        faults.Within(options.Waiting.TurnLimit, TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(1), "Waiting:TurnLimit");
        faults.Within(options.Waiting.FailedTurnRest, TimeSpan.Zero, TimeSpan.FromMinutes(1), "Waiting:FailedTurnRest");
        faults.Within(options.Waiting.PollLimit, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), "Waiting:PollLimit");
        faults.Within(options.Waiting.RetryPause, TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(1), "Waiting:RetryPause");
        faults.Within(options.StartPatience, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), nameof(options.StartPatience));
        faults.Within(options.SessionSweepConcurrency, 1, 10_000, nameof(options.SessionSweepConcurrency));
        faults.Within(options.MovesPerSecond, 1, 1000, nameof(options.MovesPerSecond));
        faults.Within(options.MaxFleetReplicas, 1, 1_000_000, nameof(options.MaxFleetReplicas));
        faults.Within(options.LabelBatch, 1, 256, nameof(options.LabelBatch));
        return faults.ToResult();
    }
}
