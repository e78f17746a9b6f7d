using FleetSystem.GameServer.Protocol;
using Microsoft.Extensions.Logging;

namespace FleetSystem.GameServer;

internal static partial class DedicatedServerLog
{
    [LoggerMessage(10, LogLevel.Information, "Ready on {EndPoint}")]
    public static partial void Ready(this ILogger logger, System.Net.IPEndPoint endPoint);

    [LoggerMessage(11, LogLevel.Information, "Session {SessionId} taken up, incarnation {Incarnation}, fleet {FleetId}, server {GameServerName}")]
    public static partial void TakenUp(this ILogger logger, string sessionId, uint incarnation, string fleetId, string gameServerName);

    [LoggerMessage(12, LogLevel.Warning, "{Fault}")]
    public static partial void BadClaim(this ILogger logger, string fault);

    [LoggerMessage(13, LogLevel.Information, "Ending: {Reason}. Datagrams: {Traffic}")]
    public static partial void Ending(this ILogger logger, ClosingReason reason, string traffic);

    [LoggerMessage(14, LogLevel.Error, "The SDK sidecar at {Host}:{Port} did not take Ready within {Seconds} s: check AGONES_SDK_GRPC_PORT and that the sidecar runs")]
    public static partial void NoSidecar(this ILogger logger, string host, int port, double seconds);

    [LoggerMessage(15, LogLevel.Critical, "A part of the server failed")]
    public static partial void Failed(this ILogger logger, Exception exception);

    [LoggerMessage(16, LogLevel.Information, "Session {SessionId} ended, incarnation {Incarnation}: {Reason}; the server goes on")]
    public static partial void RoomEnded(this ILogger logger, string sessionId, uint incarnation, ClosingReason reason);

    [LoggerMessage(18, LogLevel.Information, "Players are told of their routes: {Routes}")]
    public static partial void Rerouted(this ILogger logger, string routes);

    [LoggerMessage(17, LogLevel.Information, "Session {SessionId} has left the server, incarnation {Incarnation}: {Reason}")]
    public static partial void RoomLeft(this ILogger logger, string sessionId, uint incarnation, ClosingReason reason);
}
