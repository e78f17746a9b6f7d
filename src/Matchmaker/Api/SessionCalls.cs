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
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MostPause = TimeSpan.FromSeconds(1);

    /// <summary>Asks until there is an answer.</summary>
    /// <param name="id">The session.</param>
    /// <param name="lasts">How long the operation itself may take; the calls' patience comes on top.</param>
    /// <param name="call">The operation, which may be repeated.</param>
    /// <exception cref="TimeoutException">No answer came in that time.</exception>
    /// <exception cref="OrleansException">No try got through for as long as the calls' patience.</exception>
    /// <exception cref="SessionUnavailableException">The session's store did not work for as long.</exception>
    public async Task<T> AskAsync<T>(string id, TimeSpan lasts, Func<ISessionGrain, Task<T>> call)
    {
        Activity.Current?.SetTag(TelemetrySetup.SessionTag, id);
        var until = time.GetUtcNow() + lasts + options.Value.CallPatience;
        DateTimeOffset? failing = null;
        for (var pause = FirstPause; ; pause = pause * 2 < MostPause ? pause * 2 : MostPause)
        {
            try
            {
                return await call(grains.GetGrain<ISessionGrain>(id)).WaitAsync(until - time.GetUtcNow(), time);
            }
            catch (Exception fault) when (IsPassing(fault) && time.GetUtcNow() + pause - (failing ?? time.GetUtcNow()) < options.Value.CallPatience)
            {
                failing ??= time.GetUtcNow();
                LogAskedAgain(log, id, fault.Message);
            }

            await Task.Delay(pause, time);
        }
    }

    // What another silo may answer, or the same one in a moment. A time-out is none: it is this call's own, and all there was.
    private static bool IsPassing(Exception fault) =>
        fault is SiloUnavailableException or OrleansMessageRejectionException or SessionUnavailableException or Orleans.Runtime.Messaging.ConnectionFailedException;

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {SessionId} could not be asked and is asked again: {Reason}")]
    private static partial void LogAskedAgain(ILogger logger, string sessionId, string reason);
}
