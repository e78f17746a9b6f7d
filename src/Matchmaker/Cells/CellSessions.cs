using System.Runtime.CompilerServices;
using System.Text;
using FleetSystem.FleetModel.Cells;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.Matchmaker.Api;
using FleetSystem.Matchmaker.Grpc;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Cells;

/// <summary>
/// The sessions of all cells: each is created where <see cref="CellPlanner"/> says, and asked for where its id says. What this cell keeps goes
/// the way it goes without peers.
/// </summary>
internal sealed partial class CellSessions(
    SessionOperations own, SessionCalls calls, CellDirectory cells, IOptions<FleetSystemOptions> system, IOptions<MatchmakerOptions> options, ILogger<CellSessions> log)
    : ISessionOperations, IDisposable
{
    private readonly SemaphoreSlim _lookups = new(options.Value.Cells.MaxLookups);

    private string Here => system.Value.Cell;

    private CellsOptions Options => options.Value.Cells;

    public async Task<SessionResult> CreateAsync(string callerId, string? idempotencyKey, CreateSessionRequest asked)
    {
        if (!SessionOperations.IsKey(idempotencyKey)) return SessionResult.Failed(ApiFault.InvalidKey);
        var (request, faults) = own.Check(asked, cells.Regions);
        if (request is null) return SessionResult.Failed(ApiFault.Invalid(faults));

        var plan = CellPlanner.Plan(cells.Own, cells.Others, system.Value.Fleets.First(fleet => fleet.Id == request.Fleet), request);

        // Where every region refuses, the cell of the first one tells it as it does without peers.
        IReadOnlyList<string> order = plan switch
        {
            { Choices.Count: > 0 } => [.. plan.Choices.Select(choice => choice.Cell)],
            { FirstCell: { } first } when cells.Find(first) is not { IsAway: true } => [first],
            _ => [],
        };
        var creation = new Creation(callerId, idempotencyKey!, SessionIds.FromKey(callerId, idempotencyKey!), asked, request with { FirstRegion = plan.FirstRegion, Home = Here }, SessionRequestValidator.Fingerprint(request));
        if (order.Count == 0) return SessionResult.Failed(plan.FirstCell is { } unreachable ? ApiFault.CellUnreachable(unreachable) : ApiFault.Unavailable);

        Unreached? away = null;
        foreach (var cell in order)
        {
            // A key may have been settled on a cell that is away by now: then this one takes its place.
            for (var tries = 0; tries <= CellsOptions.MaxPeers; tries++)
            {
                var (result, unreached) = await CreateInAsync(creation, cell, away);
                if (unreached is null) return result;
                LogUnreached(log, creation.Id, unreached.Cell);
                away = unreached;
                if (unreached.Cell == cell) break;
            }
        }

        return SessionResult.Failed(ApiFault.CellUnreachable(away!.Cell));
    }

    public async Task<SessionResult> GetAsync(string id)
    {
        var (peer, fault) = await FindAsync(id);
        if (fault is not null) return SessionResult.Failed(fault);
        return peer is null ? await own.GetAsync(id)
            : Result(await peer.AskAsync((sessions, call) => sessions.GetSessionAsync(new() { SessionId = id }, call), Options.CallTimeout), peer);
    }

    public async Task<SessionResult> EndAsync(string id)
    {
        var (peer, fault) = await FindAsync(id);
        if (fault is not null) return SessionResult.Failed(fault);
        return peer is null ? await own.EndAsync(id)
            : Result(await peer.AskAsync((sessions, call) => sessions.EndSessionAsync(new() { SessionId = id }, call), Options.CallTimeout + options.Value.CallPatience), peer);
    }

    public async IAsyncEnumerable<SessionEventResource> WatchAsync(string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (peer, fault) = await FindAsync(id);
        if (fault is not null) throw new SessionUnavailableException(fault.Detail);
        if (peer is null)
        {
            await foreach (var happened in own.WatchAsync(id, after, cancellationToken)) yield return happened;
        }
        else
        {
            await foreach (var happened in peer.WatchAsync(id, after, cancellationToken)) yield return SessionMessages.Read(happened);
        }
    }

    public async Task<ApiFault?> ReportRoutesAsync(string id, RouteReport report, string joinToken)
    {
        var (peer, fault) = await FindAsync(id);
        if (fault is not null) return fault;
        if (peer is null) return await own.ReportRoutesAsync(id, report, joinToken);
        var headers = new Metadata { { "authorization", $"Bearer {joinToken}" } };
        var reply = await peer.AskAsync((sessions, call) => sessions.ReportRoutesAsync(RouteReportMessages.Of(id, report), call), Options.CallTimeout, headers);
        return reply.IsReached ? reply.Fault : ApiFault.CellUnreachable(peer.Cell);
    }

    public void Dispose() => _lookups.Dispose();

    /// <summary>Creates a session in a cell, or where its key was settled on.</summary>
    /// <returns>What came of it, or the peer that was not reached.</returns>
    private async Task<(SessionResult Result, Unreached? Unreached)> CreateInAsync(Creation creation, string cell, Unreached? away)
    {
        var home = cell;

        // This cell's own grain says by itself when the key was settled on another; everybody else is asked only for what is settled.
        if (cell != Here || away is not null)
        {
            var question = new HomeQuestion(cell, away?.Cell, creation.Fingerprint, creation.Request.Lifetime);
            var settled = await calls.AskAsync(creation.Id, TimeSpan.Zero, session => session.AsReference<ISessionHome>().Settle(question));
            if (settled.Cell is null) return (SessionResult.Failed(ApiFault.KeyReused), null);
            home = settled.Cell;
            if (away is { MayHaveIt: true } && home != away.Cell) cells.Find(away.Cell)?.Abandon(creation.Id);
        }

        if (home == Here)
        {
            var (result, elsewhere) = await own.CreateHereAsync(creation.Id, creation.Request);
            if (elsewhere is null) return (result, null);
            home = elsewhere;
        }

        if (cells.Find(home) is not { } peer) return (default, new Unreached(home, MayHaveIt: false));
        peer.Reclaim(creation.Id);
        var headers = new Metadata { { ApiFault.KeyHeader, creation.Key }, { PeerSessionsService.CallerEntry, Encoding.UTF8.GetBytes(creation.CallerId) } };
        if (creation.Request.FirstRegion is { } first) headers.Add(PeerSessionsService.FirstRegionEntry, first);
        var reply = await peer.AskAsync(
            (sessions, call) => sessions.CreateSessionAsync(SessionMessages.Of(creation.Asked), call), own.LongestCreate(creation.Request) + Options.CallTimeout, headers);
        return reply switch
        {
            { Answer: { } answer } => (new SessionResult(SessionMessages.Read(answer.Session), null, answer.Created), null),
            { Fault: { } fault } => (SessionResult.Failed(fault), null),
            _ => (default, new Unreached(home, reply.IsUnknown)),
        };
    }

    /// <summary>Where a session is kept: at a peer, or here, which is also where an id leads that means nothing; or why that cannot be told.</summary>
    private async Task<(CellPeer? Peer, ApiFault? Fault)> FindAsync(string text)
    {
        if (SessionHome.Parse(text) is not { } session || session.Cell == Here) return default;
        if (session.Cell is { } cell) return (cells.Find(cell), null);
        if ((await own.GetAsync(session.Id)).Session is not null) return default;
        if (await calls.AskAsync(session.Id, TimeSpan.Zero, grain => grain.AsReference<ISessionHome>().FindElsewhere()) is { } elsewhere) return (cells.Find(elsewhere), null);
        return await LookUpAsync(session.Id);
    }

    /// <summary>Asks every peer for a session whose id names no cell: it is older than the peers are known.</summary>
    private async Task<(CellPeer? Peer, ApiFault? Fault)> LookUpAsync(string id)
    {
        if (!await _lookups.WaitAsync(TimeSpan.Zero)) return (null, ApiFault.Unavailable);
        try
        {
            var replies = await Task.WhenAll(cells.Peers.Select(async peer =>
                (peer, Reply: await peer.AskAsync((sessions, call) => sessions.GetSessionAsync(new() { SessionId = id }, call), Options.CallTimeout))));
            if (replies.FirstOrDefault(found => found.Reply.Answer is not null).peer is { } home) return (home, null);
            return (null, replies.FirstOrDefault(found => !found.Reply.IsReached).peer is { } away ? ApiFault.CellUnreachable(away.Cell) : null);
        }
        finally
        {
            _lookups.Release();
        }
    }

    private static SessionResult Result(PeerReply<Grpc.V1.Session> reply, CellPeer peer) => reply switch
    {
        { Answer: { } session } => new(SessionMessages.Read(session), null),
        { Fault: { } fault } => SessionResult.Failed(fault),
        _ => SessionResult.Failed(ApiFault.CellUnreachable(peer.Cell)),
    };

    /// <summary>A cell that did not answer, and whether it may have the session all the same.</summary>
    private sealed record Unreached(string Cell, bool MayHaveIt);

    private sealed record Creation(string CallerId, string Key, string Id, CreateSessionRequest Asked, SessionRequest Request, string Fingerprint);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {SessionId} was to be created in cell {Cell}, which did not answer; another cell is tried")]
    private static partial void LogUnreached(ILogger logger, string sessionId, string cell);
}
