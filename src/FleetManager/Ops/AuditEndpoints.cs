namespace FleetSystem.FleetManager.Ops;

/// <summary>The audit log in the operators' API.</summary>
internal static class AuditEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/ops/v1/audit", (string? region, string? queue, string? after, AuditReader audit) => audit.ReadAsync(region, after, queue))
            .WithTags("Audit")
            .Tells<OpsAuditPage>("Every change with who, why, before and after, newest first, 100 a page.");
}
