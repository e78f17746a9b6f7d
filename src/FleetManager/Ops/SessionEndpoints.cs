using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.SiloHost.Access;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Sessions in the operators' API: finding, ending and moving them.</summary>
internal static class SessionEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/ops/v1/sessions").WithTags("Sessions");
        group.MapGet("/", (
                [Description("The studio's id of a player."), MaxLength(OpsPaging.MaxTextLength)] string? player,
                [Description("Name of the GameServer that hosts it now."), MaxLength(OpsPaging.MaxTextLength)] string? server,
                [Description("Region of its server, or where it waits for one."), MaxLength(OpsPaging.MaxTextLength)] string? region,
                [MaxLength(OpsPaging.MaxTextLength)] string? fleet,
                OpsWord<SessionState>? state,
                [Description(OpsPaging.LimitText), Range(1, OpsPaging.MaxLimit)] int? limit,
                [Description(OpsPaging.AfterText), MaxLength(OpsPaging.MaxTextLength)] string? after,
                SessionReader sessions,
                CancellationToken cancellationToken) => sessions.FindAsync(new OpsSessionFilter(player, server) { Region = region, Fleet = fleet, State = state?.Value }, limit, after, cancellationToken))
            .Tells<OpsSessionPage>($"Open sessions; of a player, on a server, by region, fleet and state. A call looks at up to {SessionReader.MaxLooked} of them: looked says how many, next goes on.");
        group.MapGet("/{id}", (string id, SessionReader sessions) => sessions.ReadAsync(id))
            .Tells<OpsSession>("One session with its history and its players' ways in.");
        group.MapPost("/{id}/end", (string id, HttpContext context, SessionCommands commands) =>
                OpsBody.ThenAsync<ReasonRequest>(context, null, async asked => await commands.EndAsync(id, asked, AccessSetup.Caller(context))))
            .Changes<ReasonRequest, OpsSession>("Ends a session and gives its server back.");
        group.MapPost("/{id}/move", (string id, HttpContext context, SessionCommands commands) =>
                OpsBody.ThenAsync<ReasonRequest>(context, null, async asked => await commands.MoveAsync(id, asked, AccessSetup.Caller(context))))
            .Changes<ReasonRequest, OpsSession>("Gives a session another server under the same id.")
            .ProducesProblem(StatusCodes.Status409Conflict);
    }
}
