using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Routing;
using FleetSystem.Matchmaker.Api;

namespace FleetSystem.Matchmaker.Grpc;

/// <summary>Reads gRPC's reports of paths into the HTTP API's contract. Pure.</summary>
internal static class RouteReportMessages
{
    /// <summary>The report, or why it cannot be read. What is not said is missing, as it is in JSON; the rules come after.</summary>
    public static (RouteReportRequest? Asked, FieldError? Fault) Read(V1.ReportRoutesRequest request)
    {
        if (UnknownFields.AreIn(request)) return Unreadable("$", "The request has fields that this service does not know. See sessions.proto of its version.");
        if (!Enum.IsDefined(request.Current)) return Unreadable("$.current", $"There is no RouteKind {(int)request.Current}. See sessions.proto of this service's version.");
        for (var i = 0; i < request.Paths.Count; i++)
        {
            if (!Enum.IsDefined(request.Paths[i].Kind)) return Unreadable($"$.paths[{i}].kind", $"There is no RouteKind {(int)request.Paths[i].Kind}. See sessions.proto of this service's version.");
            if (!Enum.IsDefined(request.Paths[i].State)) return Unreadable($"$.paths[{i}].state", $"There is no PathState {(int)request.Paths[i].State}. See sessions.proto of this service's version.");
        }

        return (new RouteReportRequest
        {
            PlayerId = request.PlayerId.Length > 0 ? request.PlayerId : null,
            Current = KindOf(request.Current),
            Paths = [.. request.Paths.Select(path => new PathReportRequest
            {
                Kind = KindOf(path.Kind),
                State = StateOf(path.State),
                Lost = path.Lost,
                Sent = path.Sent,
                RttMilliseconds = path.HasRttMilliseconds ? path.RttMilliseconds : null,
            })],
        }, null);
    }

    /// <summary>A report, for another cell.</summary>
    public static V1.ReportRoutesRequest Of(string session, RouteReport report) => new()
    {
        SessionId = session,
        PlayerId = report.PlayerId,
        Current = Of(report.Current),
        Paths = { report.Paths.Select(Of) },
    };

    private static V1.PathReport Of(PathReport path)
    {
        var message = new V1.PathReport { Kind = Of(path.Kind), State = Enum.GetValues<V1.PathState>().First(state => StateOf(state) == path.State), Lost = path.Lost, Sent = path.Sent };
        if (path.RoundTripMilliseconds is { } milliseconds) message.RttMilliseconds = milliseconds;
        return message;
    }

    private static V1.RouteKind Of(RouteKind kind) => Enum.GetValues<V1.RouteKind>().First(known => KindOf(known) == kind);

    private static RouteKind? KindOf(V1.RouteKind kind) => kind switch
    {
        V1.RouteKind.Accelerator => RouteKind.Accelerator,
        V1.RouteKind.NetworkLoadBalancer => RouteKind.NetworkLoadBalancer,
        V1.RouteKind.Direct => RouteKind.Direct,
        _ => null,
    };

    private static PathState? StateOf(V1.PathState state) => state switch
    {
        V1.PathState.Healthy => PathState.Healthy,
        V1.PathState.Degraded => PathState.Degraded,
        V1.PathState.Down => PathState.Down,
        _ => null,
    };

    private static (RouteReportRequest? Asked, FieldError? Fault) Unreadable(string path, string message) =>
        (null, new FieldError(path, ErrorCodes.MalformedRequest, message));
}
