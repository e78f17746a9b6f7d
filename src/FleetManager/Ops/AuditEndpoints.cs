namespace FleetSystem.FleetManager.Ops;

/// <summary>The audit log in the operators' API.</summary>
internal static class AuditEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/ops/v1/audit", (string? region, string? after, AuditReader audit) => audit.ReadAsync(region, after))
            .WithTags("Audit")
            .Tells<OpsAuditPage>("Every change with who, why, before and after, newest first, 100 a page.");
}
