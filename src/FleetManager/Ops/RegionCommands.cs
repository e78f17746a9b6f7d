using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Zones;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetSystem.FleetManager.Ops;

/// <summary>
/// What operators do with regions and zones: checked here, whether it comes by the API or from a page of the dashboard, and kept with who and why by the region. Each answers the region as it
/// stands then, or what is wrong with the request.
/// </summary>
internal sealed class RegionCommands(IGrainFactory grains, RegionReader regions, TimeProvider time)
{
    /// <summary>Drains or opens a region.</summary>
    public async Task<Results<Ok<OpsRegion>, ProblemHttpResult>> SetRegionAsync(string region, SetRegionRequest asked, string caller)
    {
        if (regions.UnknownRegion(region) is { } unknown) return unknown;
        var faults = new List<OpsFieldError>();
        if (asked.State is null) faults.Add(new("$.state", ErrorCodes.InvalidRequest, "The state is missing: open or drained."));
        if (asked is { MoveRunning: true, State: not OpsRegionState.Drained }) faults.Add(new("$.moveRunning", ErrorCodes.InvalidRequest, "Sessions are moved out of a drained region only."));
        OpsChecks.CheckReason(asked.Reason, faults);
        if (faults.Count > 0) return OpsProblem.Invalid(faults);

        await grains.GetGrain<IRegionOperations>(region).SetRegion(new RegionIntent(asked.State == OpsRegionState.Drained, asked.MoveRunning, caller, asked.Reason!, default));
        return TypedResults.Ok(await regions.ReadAsync(region));
    }

    /// <summary>Evacuates a zone, or lets it in again.</summary>
    public async Task<Results<Ok<OpsRegion>, ProblemHttpResult>> SetZoneAsync(string region, string zone, SetZoneRequest asked, string caller)
    {
        if (regions.UnknownZone(region, zone) is { } unknown) return unknown;
        var faults = new List<OpsFieldError>();
        if (asked.State is null) faults.Add(new("$.state", ErrorCodes.InvalidRequest, "The state is missing: evacuated, restoring or open."));
        if (asked.Share is not null && asked.State != OpsZoneState.Restoring) faults.Add(new("$.share", ErrorCodes.InvalidRequest, "A share goes with the state restoring only."));
        if (asked.Share is not (null or (> 0 and < 1))) faults.Add(new("$.share", ErrorCodes.InvalidRequest, $"The share is {asked.Share}: more than 0 and less than 1 is possible; the states evacuated and open are none and all."));
        if (asked is { MoveRunning: true, State: not OpsZoneState.Evacuated }) faults.Add(new("$.moveRunning", ErrorCodes.InvalidRequest, "Sessions are moved out of an evacuated zone only."));
        OpsChecks.CheckReason(asked.Reason, faults);
        if (faults.Count > 0) return OpsProblem.Invalid(faults);

        await grains.GetGrain<IRegionOperations>(region).SetZone(new ZoneIntent(zone, asked.State == OpsZoneState.Evacuated, caller, asked.Reason!, default)
        {
            Share = asked.State == OpsZoneState.Open ? 1 : asked.Share,
            MoveRunning = asked.MoveRunning,
        });
        return TypedResults.Ok(await regions.ReadAsync(region));
    }

    /// <summary>Forces a kind of route, or no longer.</summary>
    public async Task<Results<Ok<OpsRegion>, ProblemHttpResult>> SetRouteAsync(string region, SetRouteRequest asked, string caller)
    {
        if (regions.UnknownRegion(region) is { } unknown) return unknown;
        var faults = new List<OpsFieldError>();
        var (least, most) = (RouteIntent.MinLife.TotalSeconds, RouteIntent.MaxLife.TotalSeconds);
        if (asked.Force is not null && asked.ExpiresInSeconds is null) faults.Add(new("$.expiresInSeconds", ErrorCodes.InvalidRequest, $"The time is missing after which routes go by their states again: {least:0} to {most:0} seconds."));
        if (asked.Force is null && asked.ExpiresInSeconds is not null) faults.Add(new("$.force", ErrorCodes.InvalidRequest, "The kind of route is missing: without it nothing is forced, and nothing expires."));
        if (asked.ExpiresInSeconds is { } seconds && !(seconds >= least && seconds <= most)) faults.Add(new("$.expiresInSeconds", ErrorCodes.InvalidRequest, $"It is {seconds}: {least:0} to {most:0} is possible."));
        OpsChecks.CheckReason(asked.Reason, faults);
        if (faults.Count > 0) return OpsProblem.Invalid(faults);

        await grains.GetGrain<IRegionOperations>(region).SetRoute(
            new RouteIntent(asked.Force, time.GetUtcNow() + TimeSpan.FromSeconds(asked.ExpiresInSeconds ?? 0), caller, asked.Reason!, default));
        return TypedResults.Ok(await regions.ReadAsync(region));
    }

    /// <summary>Shifts the traffic of a region's standard accelerator.</summary>
    public async Task<Results<Ok<OpsRegion>, ProblemHttpResult>> SetTrafficAsync(string region, SetTrafficRequest asked, string caller)
    {
        if (regions.UnknownRegion(region) is { } unknown) return unknown;
        var faults = new List<OpsFieldError>();
        var (dial, weights) = (asked.DialPercent, asked.Weights ?? new Dictionary<string, int>());
        if (regions.StandardAcceleratorOf(region) is not { } accelerator)
            return OpsProblem.Invalid([new("$", ErrorCodes.InvalidRequest, $"Region {region} has no StandardAccelerator in the configuration. To keep sessions out of it, drain it.")]);
        if (dial is null && weights.Count == 0) faults.Add(new("$", ErrorCodes.InvalidRequest, "Neither dialPercent nor weights are given: give one or both."));
        if (dial is not null && !(dial >= TrafficIntent.MinDial && dial <= TrafficIntent.MaxDial)) faults.Add(new("$.dialPercent", ErrorCodes.InvalidRequest, $"The dial is {dial}: {TrafficIntent.MinDial} to {TrafficIntent.MaxDial} is possible."));
        foreach (var (endpoint, weight) in weights.Take(StandardAcceleratorOptions.MaxEndpoints))
        {
            if (accelerator.Endpoints.All(known => known.EndpointId != endpoint)) faults.Add(new("$.weights", ErrorCodes.InvalidRequest, $"It names an endpoint that the configuration does not have. Endpoints: {string.Join(", ", accelerator.Endpoints.Select(known => known.EndpointId))}."));
            if (weight is < TrafficIntent.MinWeight or > TrafficIntent.MaxWeight) faults.Add(new("$.weights", ErrorCodes.InvalidRequest, $"A weight is {weight}: {TrafficIntent.MinWeight} to {TrafficIntent.MaxWeight} is possible."));
        }

        if (weights.Count > StandardAcceleratorOptions.MaxEndpoints) faults.Add(new("$.weights", ErrorCodes.InvalidRequest, $"It names {weights.Count} endpoints; a group has at most {StandardAcceleratorOptions.MaxEndpoints}."));
        OpsChecks.CheckReason(asked.Reason, faults);
        if (faults.Count > 0) return OpsProblem.Invalid(faults);

        await grains.GetGrain<IRegionOperations>(region).SetTraffic(new TrafficIntent(dial, weights, caller, asked.Reason!, default));
        return TypedResults.Ok(await regions.ReadAsync(region));
    }
}
