using FleetSystem.SiloHost.Access;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Sessions in the operators' API: finding, ending and moving them.</summary>
internal static class SessionEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/ops/v1/sessions").WithTags("Sessions");
        group.MapGet("/", (string? player, string? server, string? after, SessionReader sessions, CancellationToken cancellationToken) => sessions.FindAsync(player, server, after, cancellationToken))
            .Tells<OpsSessionPage>($"Open sessions, 100 a page; of a player (looks at up to {SessionReader.MaxLooked} open sessions a call) or on a server.");
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
