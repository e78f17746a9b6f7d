using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.Matchmaker.Access;
using FleetSystem.SiloHost.Health;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Api;

/// <summary>
/// A session's events as a stream: first those after the caller's last one, then each as it happens, until the session is closed. A silo
/// that dies does not end it: the session is asked again from the last event sent. Between them it tells when the routes are ordered anew. When
/// this host stops, its streams end, so that their readers go on elsewhere.
/// </summary>
internal sealed partial class EventFeed(ISessionOperations sessions, IOptions<MatchmakerOptions> options, HostDrain drain, TimeProvider time, ILogger<EventFeed> log)
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);
    private const int MaxRetries = 120;
    private const string RoutesChangedName = "routesChanged";

    private int _open;

    /// <summary>Answers <c>GET /v1/sessions/{id}/events</c>.</summary>
    public static async Task<IResult> StreamAsync(
        HttpContext context, string id, [FromHeader(Name = "Last-Event-ID")] string? lastEventId, CallerSessions sessions)
    {
        var caller = Caller.Of(context);
        if (await sessions.OpenAsync(caller, id) is { } refused) return Problem.Of(refused, context);
        _ = long.TryParse(lastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var after);
        return TypedResults.ServerSentEvents(CallerStream.ServerSentEventsAsync(context, ending => sessions.EventsAsync(caller, id, after, ending), ServerSentEventsAsync));
    }

    /// <summary>Takes one of the streams that may be open; it is given back when the enumeration of its events ends.</summary>
    public bool TryOpen()
    {
        if (Interlocked.Increment(ref _open) <= options.Value.MaxEventStreams) return true;
        Interlocked.Decrement(ref _open);
        return false;
    }

    /// <summary>The events; null where a time passed without one, so that proxies can be shown that the stream lives.</summary>
    public async IAsyncEnumerable<SessionEventResource?> EventsAsync(string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var happened in EventStream.RunAsync<SessionEventResource>(
                (writer, ending) => PumpAsync(id, after, writer, ending), SessionTransitions.MaxEvents, options.Value.EventStreamHeartbeat, drain, time, cancellationToken))
                yield return happened;
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task PumpAsync(string id, long after, ChannelWriter<SessionEventResource> writer, CancellationToken cancellationToken)
    {
        for (var retries = 0; retries < MaxRetries; retries++)
        {
            try
            {
                await foreach (var happened in sessions.WatchAsync(id, after, cancellationToken))
                {
                    await writer.WriteAsync(happened, cancellationToken);
                    if (happened.IsRoutesChanged) continue;
                    after = happened.Sequence;
                    retries = 0;
                }

                break;
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogInterrupted(log, id, fault.Message);
            }

            await Task.Delay(RetryPause, time, cancellationToken);
        }

        writer.Complete();
    }

    private static async IAsyncEnumerable<SseItem<string>> ServerSentEventsAsync(IAsyncEnumerable<SessionEventResource?> events)
    {
        await foreach (var happened in events)
        {
            yield return happened switch
            {
                null => new SseItem<string>("", "heartbeat"),

                // Without an id: to resume goes on after the last event that is stored.
                { IsRoutesChanged: true } => new SseItem<string>(JsonSerializer.Serialize(happened, ApiJson.Options), RoutesChangedName),
                _ => new SseItem<string>(JsonSerializer.Serialize(happened, ApiJson.Options), NameOf(happened.State)) { EventId = happened.Sequence.ToString(CultureInfo.InvariantCulture) },
            };
        }
    }

    private static string NameOf(SessionState state) => JsonNamingPolicy.CamelCase.ConvertName(state.ToString());

    [LoggerMessage(Level = LogLevel.Information, Message = "The event stream of session {SessionId} was interrupted and goes on: {Reason}")]
    private static partial void LogInterrupted(ILogger logger, string sessionId, string reason);
}
