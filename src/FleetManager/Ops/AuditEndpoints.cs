using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using FleetSystem.FleetModel.Operations;

namespace FleetSystem.FleetManager.Ops;

/// <summary>The audit log in the operators' API.</summary>
internal static class AuditEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/ops/v1/audit", (
                string? region,
                string? queue,
                [Description("Who did it: a key's owner, or the name that a token says."), MaxLength(OpsPaging.MaxTextLength)] string? by,
                [Description("What was changed.")] OpsWord<AuditKind>? kind,
                [Description("Name of what was changed: a zone, cluster, session, queue or region."), MaxLength(OpsPaging.MaxTextLength)] string? subject,
                [Description("Stored then or later.")] DateTimeOffset? since,
                [Description("Stored before then.")] DateTimeOffset? until,
                [Description(OpsPaging.LimitText), Range(1, OpsPaging.MaxLimit)] int? limit,
                [Description(OpsPaging.AfterText)] string? after,
                AuditSearch audit) => audit.ReadAsync(region, queue, new OpsAuditFilter(by, kind?.Value, subject, since, until), limit, after))
            .WithTags("Audit")
            .Tells<OpsAuditPage>($"Every change with who, why, before and after, newest first; by region or queue, who, what and time. A call looks at up to {AuditSearch.MaxLooked} entries: looked says how many, next goes on.");
}
