namespace FleetSystem.FleetManager.Ops;

/// <summary>What happened, in the operators' API.</summary>
internal static class EventEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/ops/v1/events", (string? kind, string? region, string? source, string? after, EventReader events) => events.ReadAsync(kind, region, source, after))
            .WithTags("Events")
            .Tells<OpsEventPage>($"What happened, newest first, at most {EventReader.PageEvents} a page: what this host has seen change since it started, and what the audit log tells; by kind, region and source.");
}
