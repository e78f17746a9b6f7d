using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using FleetSystem.FleetModel.Grains;
using FleetSystem.Matchmaker.Access;
using FleetSystem.Matchmaker.Api;
using FleetSystem.SiloHost.Health;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Tickets;

/// <summary>
/// The events of all tickets of a queue as a stream for game backends, as FlexMatch publishes them to a topic: from now on, or from the caller's last place. It
/// never ends by itself. Where events are missing it says so.
/// </summary>
internal sealed partial class QueueFeed(
    QueueCalls calls, QueueNewsFollower news, IOptions<MatchmakerOptions> options, HostDrain drain, TimeProvider time, ILogger<QueueFeed> log)
{
    /// <summary>Most events that wait for the reader before those behind them wait in his inbox.</summary>
    private const int Capacity = 1024;

    private static readonly TimeSpan LongestQuestion = TimeSpan.Parse(GrainTimeouts.Turn, CultureInfo.InvariantCulture);

    private int _open;

    /// <summary>Takes one of the streams that may be open; it is given back when the enumeration of its events ends.</summary>
    public bool TryOpen()
    {
        if (Interlocked.Increment(ref _open) <= options.Value.MaxQueueStreams) return true;
        Interlocked.Decrement(ref _open);
        return false;
    }

    /// <summary>The events; null where a time passed without one.</summary>
    /// <param name="caller">A backend.</param>
    /// <param name="queue">The queue, a known one.</param>
    /// <param name="after">Where the caller stands; null for from now on.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public async IAsyncEnumerable<QueueEventResource?> EventsAsync(Caller caller, string queue, NewsCursor? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            // There may be nothing to tell for long, and the reader wants to know that he is heard.
            yield return null;
            await foreach (var happened in EventStream.RunAsync<QueueEventResource>(
                (writer, ending) => PumpAsync(caller, queue, after, writer, ending), Capacity, options.Value.EventStreamHeartbeat, drain, time, cancellationToken))
                yield return happened;
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task PumpAsync(Caller caller, string queue, NewsCursor? after, ChannelWriter<QueueEventResource> writer, CancellationToken cancellationToken)
    {
        try
        {
            var (inbox, isFollowing) = news.FollowQueue(queue);
            using var leaving = inbox;
            if (after is not null)
            {
                // Only then does nothing fall between what is caught up with and what follows.
                await isFollowing.WaitAsync(cancellationToken);
                var missed = await calls.AskAsync(queue, grain => grain.GetNews(after), LongestQuestion).WaitAsync(cancellationToken);
                if (missed.HasGap) await writer.WriteAsync(QueueEventResource.Gap, cancellationToken);
                await WriteAsync(missed);
            }

            while (true)
            {
                var entry = await inbox.ReadAsync(cancellationToken);
                if (inbox.TookLoss()) await writer.WriteAsync(QueueEventResource.Gap, cancellationToken);
                if (entry is not null && !(entry.Next.Epoch == after?.Epoch && entry.Next.Position <= after.Position)) await WriteAsync(entry);
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogGivenUp(log, queue, fault.Message);
        }
        finally
        {
            writer.TryComplete();
        }

        async Task WriteAsync(QueueNews told)
        {
            foreach (var happened in TicketResources.Of(told, caller)) await writer.WriteAsync(happened, cancellationToken);
            after = told.Next;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "An event stream of queue {QueueId} ends: {Reason}")]
    private static partial void LogGivenUp(ILogger logger, string queueId, string reason);
}
