using System.Diagnostics;
using FleetSystem.FleetModel.Grains;
using FleetSystem.SiloHost.Telemetry;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Api;

/// <summary>
/// Calls a session's grain for a caller who wants an answer, also when the silo that runs it dies, stops or gives the session to another
/// meanwhile: then it is asked again, because every operation on a session may be repeated.
/// </summary>
internal sealed partial class SessionCalls(IGrainFactory grains, IOptions<MatchmakerOptions> options, TimeProvider time, ILogger<SessionCalls> log)
{
    /// <summary>Asks until there is an answer.</summary>
    /// <param name="id">The session.</param>
    /// <param name="lasts">How long the operation itself may take; the calls' patience comes on top.</param>
    /// <param name="call">The operation, which may be repeated.</param>
    /// <exception cref="TimeoutException">No answer came in that time.</exception>
    /// <exception cref="OrleansException">No try got through for as long as the calls' patience.</exception>
    /// <exception cref="SessionUnavailableException">The session's store did not work for as long.</exception>
    public Task<T> AskAsync<T>(string id, TimeSpan lasts, Func<ISessionGrain, Task<T>> call)
    {
        Activity.Current?.SetTag(TelemetrySetup.SessionTag, id);
        return CallRetry.AskAsync(() => call(grains.Reach<ISessionGrain>(id)), lasts, options.Value.CallPatience, time, fault => LogAskedAgain(log, id, fault.Message));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {SessionId} could not be asked and is asked again: {Reason}")]
    private static partial void LogAskedAgain(ILogger logger, string sessionId, string reason);
}
