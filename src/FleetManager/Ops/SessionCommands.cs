using System.Text.Json;
using System.Text.Json.Serialization;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Sessions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Ops;

/// <summary>
/// What operators do with one session. It is in the audit log of the session's region before it is done: an end that could not be told of is none. As <see cref="RegionCommands"/>.
/// </summary>
internal sealed class SessionCommands(IGrainFactory grains, SessionReader sessions, IOptions<FleetSystemOptions> system)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <summary>Ends a session, and gives its server back; one that is closed stays as it is.</summary>
    public async Task<Results<Ok<OpsSession>, ProblemHttpResult>> EndAsync(string id, ReasonRequest asked, string caller)
    {
        if (OpsChecks.FaultOfReason(asked.Reason) is { } unreasoned) return unreasoned;
        if (await FindAsync(id) is not { } session) return await sessions.ReadAsync(id);
        if (session.IsClosed) return TypedResults.Ok(OpsSession.Of(session));
        await RecordAsync(session, "ended", asked.Reason!, caller);
        return await grains.GetGrain<ISessionGrain>(id).End($"ended by {caller}: {asked.Reason}") is { } ended ? TypedResults.Ok(OpsSession.Of(ended)) : await sessions.ReadAsync(id);
    }

    /// <summary>Gives a session another server under the same id, where there is one for it.</summary>
    public async Task<Results<Ok<OpsSession>, ProblemHttpResult>> MoveAsync(string id, ReasonRequest asked, string caller)
    {
        if (OpsChecks.FaultOfReason(asked.Reason) is { } unreasoned) return unreasoned;
        if (await FindAsync(id) is not { } session) return await sessions.ReadAsync(id);
        if (session is not { HoldsServer: true, Server: { } server }) return OpsProblem.Conflict(ErrorCodes.SessionHoldsNoServer, $"Session {id} is {session.State}: only one that holds a server can be moved.");
        if (!await HasRoomAsync(session, server.Region)) return OpsProblem.Conflict(ErrorCodes.NoCapacity, $"No server of fleet {session.Request.Fleet} is free in region {server.Region}: to move the session would be to end it.");

        await RecordAsync(session, "moved", asked.Reason!, caller);
        var moved = await grains.GetGrain<ISessionGrain>(id).Move(new SessionMove(server.Cluster, server.Name, session.Incarnation, null, $"moved by {caller}: {asked.Reason}"));
        return moved
            ? await sessions.ReadAsync(id)
            : OpsProblem.Conflict(ErrorCodes.SessionCannotMove, $"Session {id} stays: it has left its server meanwhile, its fleet does not replace servers, or it may be served in its zone alone.");
    }

    private async Task<SessionRecord?> FindAsync(string id) => SessionIds.IsWellFormed(id) ? await grains.GetGrain<ISessionGrain>(id).GetRecord() : null;

    private async Task<bool> HasRoomAsync(SessionRecord session, string region)
    {
        // The places that servers of several sessions still have are not counted.
        if (system.Value.Fleets.FirstOrDefault(fleet => fleet.Id == session.Request.Fleet) is { Packing: not null }) return true;
        var status = await grains.GetGrain<IRegionGrain>(region).GetStatus();
        return status.Zones.Any(zone => zone.Fleet == session.Request.Fleet && zone.Ready > 0);
    }

    private Task RecordAsync(SessionRecord session, string act, string reason, string caller)
    {
        var region = session.Server?.Region ?? session.Wait?.Region ?? session.Request.Region;
        if (region is null || system.Value.Regions.All(known => known.Id != region)) region = system.Value.Regions[0].Id;
        var before = JsonSerializer.Serialize(new { session.State, session.Incarnation, Server = session.Server?.Name }, Json);
        return grains.GetGrain<IRegionOperations>(region).Record(new AuditNote(AuditKind.Session, session.Id, caller, reason, before, JsonSerializer.Serialize(new { act }, Json)));
    }
}
