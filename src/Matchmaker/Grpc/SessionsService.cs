using FleetSystem.Matchmaker.Access;
using FleetSystem.Matchmaker.Api;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Grpc;

/// <summary>The sessions over gRPC. Rules and outcomes are those of <see cref="CallerSessions"/>; here they only change their form.</summary>
internal class SessionsService(CallerSessions sessions, IOptions<MatchmakerOptions> options) : V1.Sessions.SessionsBase
{
    // gRPC writes the names of metadata in lower case.
    private static readonly string KeyEntry = ApiFault.KeyHeader.ToLowerInvariant();
    private const string AuthorizationEntry = "authorization";

    public override async Task<V1.CreateSessionResponse> CreateSession(V1.CreateSessionRequest request, ServerCallContext context)
    {
        // In the order of the HTTP API, so that a call with several faults is told the same one.
        var key = context.RequestHeaders.GetValue(KeyEntry);
        if (!SessionOperations.IsKey(key)) throw GrpcFault.Of(ApiFault.InvalidKey);
        if (request.CalculateSize() > options.Value.MaxRequestBytes) throw GrpcFault.Of(ApiFault.TooLarge(options.Value.MaxRequestBytes));
        var (asked, unreadable) = SessionMessages.Read(request);
        if (asked is null) throw GrpcFault.Of(ApiFault.Invalid([unreadable!]));

        var result = await sessions.CreateAsync(CallerOf(context), key, Complete(asked, context));
        return new V1.CreateSessionResponse { Session = ViewOf(result), Created = result.IsNew };
    }

    public override async Task<V1.Session> GetSession(V1.GetSessionRequest request, ServerCallContext context) =>
        ViewOf(await sessions.GetAsync(CallerOf(context), request.SessionId));

    public override async Task<V1.Session> EndSession(V1.EndSessionRequest request, ServerCallContext context) =>
        ViewOf(await sessions.EndAsync(CallerOf(context), request.SessionId));

    public override async Task WatchSession(V1.WatchSessionRequest request, IServerStreamWriter<V1.SessionEvent> responseStream, ServerCallContext context)
    {
        var caller = CallerOf(context);
        if (await sessions.OpenAsync(caller, request.SessionId) is { } refused) throw GrpcFault.Of(refused);

        // The connection's own pings keep it open: what stands for a heartbeat in the feed is not sent.
        using var stream = CallerStream.Of(context.GetHttpContext());
        await foreach (var happened in stream.RunAsync(ending => sessions.EventsAsync(caller, request.SessionId, Math.Max(0, request.AfterSequence), ending), context.CancellationToken))
        {
            if (happened is not null) await responseStream.WriteAsync(SessionMessages.Of(happened), context.CancellationToken);
        }

        if (stream.End is { } end) throw GrpcFault.Of(end);

        // The feed gives up when the session cannot be asked for long: an end without a fault would read as the session's end.
        if (await sessions.GetAsync(caller, request.SessionId) is { Session: { } open } && !open.IsClosed) throw GrpcFault.Of(ApiFault.Unavailable);
    }

    // The join token is the credential, and the session's grain checks it.
    [AllowAnonymous]
    public override async Task<V1.ReportRoutesResponse> ReportRoutes(V1.ReportRoutesRequest request, ServerCallContext context)
    {
        // In the order of the HTTP API.
        if (JoinTokenHeader.Read(context.RequestHeaders.GetValue(AuthorizationEntry)) is not { } token) throw GrpcFault.Of(ApiFault.JoinTokenMissing);
        if (request.CalculateSize() > options.Value.MaxRouteReportBytes) throw GrpcFault.Of(ApiFault.TooLarge(options.Value.MaxRouteReportBytes));
        var (asked, unreadable) = RouteReportMessages.Read(request);
        if (asked is null) throw GrpcFault.Of(ApiFault.InvalidReport([unreadable!]));
        var (report, faults) = RouteReportReader.Check(asked);
        if (report is null) throw GrpcFault.Of(ApiFault.InvalidReport(faults));
        return await sessions.ReportRoutesAsync(request.SessionId, report, token) is { } fault ? throw GrpcFault.Of(fault) : new V1.ReportRoutesResponse();
    }

    /// <summary>Who makes a call.</summary>
    protected virtual Caller CallerOf(ServerCallContext context) => Caller.Of(context);

    /// <summary>Adds what the call says beside its message.</summary>
    protected virtual CreateSessionRequest Complete(CreateSessionRequest asked, ServerCallContext context) => asked;

    private static V1.Session ViewOf(SessionResult result) =>
        result.Fault is { } fault ? throw GrpcFault.Of(fault) : SessionMessages.Of(result.Session!);
}
