using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using FleetSystem.FleetManager.Events;

namespace FleetSystem.FleetManager.Ops;

/// <summary>What happened, in the operators' API.</summary>
internal static class EventEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/ops/v1/events", (
                [Description("What they are about.")] OpsWord<EventKind>? kind,
                string? region,
                [Description("Where they are known from: seen by this host, or from the audit log.")] OpsWord<EventSource>? source,
                [Description(OpsPaging.LimitText), Range(1, OpsPaging.MaxLimit)] int? limit,
                [Description(OpsPaging.AfterText)] string? after,
                EventReader events) => events.ReadAsync(kind?.Value, region, source?.Value, after, limit))
            .WithTags("Events")
            .Tells<OpsEventPage>("What happened, newest first: what this host has seen change since it started, and what the audit log tells; by kind, region and source. With a filter a page may be short, and next goes on.");
}
