using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.Matchmaker.Api;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Cells;

/// <summary>
/// This cell's sessions, as its peers ask for them: nothing is sent on, so that no call ever goes in a circle. The peer has checked the names of
/// regions and zones, which may be another cell's.
/// </summary>
internal sealed class PeerSessions(SessionOperations own, SessionCalls calls, IOptions<FleetSystemOptions> system) : ISessionOperations
{
    public async Task<SessionResult> CreateAsync(string callerId, string? idempotencyKey, CreateSessionRequest asked)
    {
        if (!SessionOperations.IsKey(idempotencyKey)) return SessionResult.Failed(ApiFault.InvalidKey);
        var (checkedRequest, faults) = own.Check(asked, OtherRegions.Any);
        if (checkedRequest is null) return SessionResult.Failed(ApiFault.Invalid(faults));
        var request = checkedRequest with { Home = system.Value.Cell, FirstRegion = asked.FirstRegion };
        var id = SessionIds.FromKey(callerId, idempotencyKey!);
        var (result, elsewhere) = await own.CreateHereAsync(id, request);
        if (elsewhere is null) return result;

        // Settled here on another cell when the key came here first; whoever asks now knows better where it is.
        var question = new HomeQuestion(system.Value.Cell, elsewhere, SessionRequestValidator.Fingerprint(request), request.Lifetime);
        await calls.AskAsync(id, TimeSpan.Zero, session => session.AsReference<ISessionHome>().Settle(question));
        (result, elsewhere) = await own.CreateHereAsync(id, request);
        return elsewhere is null ? result : SessionResult.Failed(ApiFault.Unavailable);
    }

    public Task<SessionResult> GetAsync(string id) => own.GetAsync(id);

    public Task<SessionResult> EndAsync(string id) => own.EndAsync(id);

    public IAsyncEnumerable<SessionEventResource> WatchAsync(string id, long after, CancellationToken cancellationToken) => own.WatchAsync(id, after, cancellationToken);

    public Task<ApiFault?> ReportRoutesAsync(string id, RouteReport report, string joinToken) => own.ReportRoutesAsync(id, report, joinToken);
}
