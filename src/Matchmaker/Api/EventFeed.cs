using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Api;

/// <summary>
/// A session's events as a stream: first those after the caller's last one, then each as it happens, until the session is closed. A silo
/// that dies does not end it: the session is asked again from the last event sent.
/// </summary>
internal sealed partial class EventFeed(IGrainFactory grains, IOptions<MatchmakerOptions> options, TimeProvider time, ILogger<EventFeed> log)
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);
    private const int MaxRetries = 120;

    private int _open;

    /// <summary>Answers <c>GET /v1/sessions/{id}/events</c>.</summary>
    public static async Task<IResult> StreamAsync(
        HttpContext context, string id, [FromHeader(Name = "Last-Event-ID")] string? lastEventId, IGrainFactory grains, EventFeed feed)
    {
        if (!SessionIds.IsWellFormed(id) || await grains.GetGrain<ISessionGrain>(id).Get() is null) return Problem.SessionNotFound();
        if (!feed.TryOpen())
        {
            context.Response.Headers.RetryAfter = "5";
            return Problem.Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "Too many event streams are open.", "Try again in a few seconds, or ask GET /v1/sessions/{id} from time to time.");
        }

        _ = long.TryParse(lastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var after);
        return TypedResults.ServerSentEvents(feed.EventsAsync(id, after, context.RequestAborted));
    }

    private bool TryOpen()
    {
        if (Interlocked.Increment(ref _open) <= options.Value.MaxEventStreams) return true;
        Interlocked.Decrement(ref _open);
        return false;
    }

    private async IAsyncEnumerable<SseItem<string>> EventsAsync(string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // One reader a stream: the channel only joins the session's events with the heartbeat.
        var channel = Channel.CreateBounded<SseItem<string>>(SessionTransitions.MaxEvents);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pump = PumpAsync(id, after, channel.Writer, ending.Token);
        try
        {
            while (true)
            {
                var next = channel.Reader.WaitToReadAsync(cancellationToken).AsTask();
                while (!next.IsCompleted)
                {
                    var heartbeat = Task.Delay(options.Value.EventStreamHeartbeat, time, ending.Token);
                    await Task.WhenAny(next, heartbeat);
                    cancellationToken.ThrowIfCancellationRequested();
                    if (!next.IsCompleted) yield return new SseItem<string>("", "heartbeat");
                }

                if (!await next) yield break;
                while (channel.Reader.TryRead(out var item)) yield return item;
            }
        }
        finally
        {
            await ending.CancelAsync();
            await pump.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task PumpAsync(string id, long after, ChannelWriter<SseItem<string>> writer, CancellationToken cancellationToken)
    {
        for (var retries = 0; retries < MaxRetries; retries++)
        {
            try
            {
                await foreach (var view in grains.GetGrain<ISessionGrain>(id).Watch(after, cancellationToken).WithCancellation(cancellationToken))
                {
                    foreach (var happened in Resources.EventsAfter(view, after))
                    {
                        var data = JsonSerializer.Serialize(happened, ApiJson.Options);
                        await writer.WriteAsync(new SseItem<string>(data, NameOf(happened.State)) { EventId = happened.Sequence.ToString(CultureInfo.InvariantCulture) }, cancellationToken);
                        after = happened.Sequence;
                        retries = 0;
                    }
                }

                // The stream also ends when its grain moves to another silo: then it goes on from there.
                var last = (await grains.GetGrain<ISessionGrain>(id).Get())?.Session;
                if (last is null || (last.IsClosed && last.LastSequence <= after)) break;
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogInterrupted(log, id, fault.Message);
            }

            await Task.Delay(RetryPause, time, cancellationToken);
        }

        writer.Complete();
    }

    private static string NameOf(SessionState state) => JsonNamingPolicy.CamelCase.ConvertName(state.ToString());

    [LoggerMessage(Level = LogLevel.Information, Message = "The event stream of session {SessionId} was interrupted and goes on: {Reason}")]
    private static partial void LogInterrupted(ILogger logger, string sessionId, string reason);
}
