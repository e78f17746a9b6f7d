using Microsoft.Extensions.Logging;

namespace FleetSystem.GameServer.Sdk;

internal static partial class SdkLog
{
    [LoggerMessage(1, LogLevel.Warning, "The SDK sidecar did not take {Call}: {Reason}. Trying again")]
    public static partial void CallFailed(this ILogger logger, string call, string reason);

    [LoggerMessage(2, LogLevel.Warning, "The SDK sidecar refused {Call}: {Reason}. Not tried again")]
    public static partial void CallRefused(this ILogger logger, string call, string reason);
}
