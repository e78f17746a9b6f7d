using System.Diagnostics;
using System.Diagnostics.Metrics;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Sessions;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Sessions;

/// <summary>Measures how sessions came by their servers, and what the zone that they got saves or costs. Labels come from the configuration and from fixed lists alone.</summary>
internal sealed class AllocationMetrics
{
    // A GB that crosses is charged where it leaves and where it arrives.
    private const int ChargedSides = 2;

    /// <summary>Outcome of an allocation that brought a server.</summary>
    public const string Allocated = "allocated";

    // The session goes on, or was not to: neither is a failure.
    private static readonly string[] NoFailures = ["abandoned", "waiting", "cancelled"];

    private readonly IOptions<FleetManagerOptions> _options;
    private readonly AllocationTallies _tallies;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _sameZone;
    private readonly Counter<long> _crossZone;
    private readonly Counter<double> _saved;
    private readonly Counter<double> _caused;

    public AllocationMetrics(IMeterFactory meters, AllocationTallies tallies, IOptions<FleetManagerOptions> options)
    {
        (_options, _tallies) = (options, tallies);
        var meter = meters.Create(FleetManagerTelemetry.MeterName);
        _duration = meter.CreateHistogram<double>("fleet.allocation.duration", "s", "Time that a session took to get a server, or to learn that there is none.");
        _sameZone = meter.CreateCounter<long>("fleet.allocation.same_zone", "{allocation}", "Allocations in the zone that the session preferred.");
        _crossZone = meter.CreateCounter<long>("fleet.allocation.cross_zone", "{allocation}", "Allocations in another zone or region than the session preferred.");
        _saved = meter.CreateCounter<double>("fleet.transfer.cost.saved", "{USD}", "Transfer cost that allocations in the preferred zone are expected to save.");
        _caused = meter.CreateCounter<double>("fleet.transfer.cost.caused", "{USD}", "Transfer cost that allocations outside the preferred zone are expected to cause, at the price between zones.");
    }

    /// <summary>A session's allocation ended.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="region">The region served; without a server the first choice.</param>
    /// <param name="preferredZone">The zone preferred, or null: then no zone is the wrong one.</param>
    /// <param name="server">The server, or null.</param>
    /// <param name="outcome">How it ended: allocated, abandoned (it goes on under the next incarnation), waiting (in the queue), cancelled, or the code of the failure.</param>
    /// <param name="duration">How long it took.</param>
    public void Ended(FleetOptions fleet, string region, string? preferredZone, ServerBinding? server, string outcome, TimeSpan duration)
    {
        _duration.Record(duration.TotalSeconds, new TagList
        {
            { "fleet", fleet.Id },
            { "region", region },
            { "outcome", outcome },
            { "preference", server?.PreferenceServed ?? 0 },
        });
        if (outcome == Allocated) _tallies.Allocated(region, fleet.Id, duration);
        else if (!NoFailures.Contains(outcome)) _tallies.Failed(region, fleet.Id);
        if (server is null || preferredZone is null) return;
        var tags = new TagList { { "fleet", fleet.Id }, { "region", region } };
        var cost = fleet.ExpectedTransferGigabytes * _options.Value.CrossZonePricePerGigabyte * ChargedSides;
        if (server.Zone == preferredZone)
        {
            _sameZone.Add(1, tags);
            _saved.Add(cost, tags);
        }
        else
        {
            _crossZone.Add(1, tags);
            _caused.Add(cost, tags);
        }
    }
}
