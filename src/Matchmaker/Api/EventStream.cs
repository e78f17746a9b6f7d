using System.Runtime.CompilerServices;
using System.Threading.Channels;
using FleetSystem.SiloHost.Health;

namespace FleetSystem.Matchmaker.Api;

/// <summary>What all event streams have in common: heartbeats between the events, and an end when this host stops, so that their readers go on elsewhere.</summary>
internal static class EventStream
{
    /// <summary>What the pump writes, as it comes; null where a time passed without anything, so that proxies can be shown that the stream lives.</summary>
    /// <param name="pump">Writes events until the stream is over, and completes the writer then.</param>
    /// <param name="capacity">Most events that wait for the reader; then the pump waits.</param>
    /// <param name="heartbeat">That time.</param>
    /// <param name="drain">Tells when this host's streams end.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public static async IAsyncEnumerable<T?> RunAsync<T>(
        Func<ChannelWriter<T>, CancellationToken, Task> pump, int capacity, TimeSpan heartbeat, HostDrain drain, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        // One reader a stream: the channel only joins the events with the heartbeat.
        var channel = Channel.CreateBounded<T>(capacity);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, drain.StreamsEnd);
        var pumping = pump(channel.Writer, ending.Token);
        try
        {
            while (true)
            {
                var next = channel.Reader.WaitToReadAsync(cancellationToken).AsTask();
                while (!next.IsCompleted)
                {
                    var beat = Task.Delay(heartbeat, time, ending.Token);
                    await Task.WhenAny(next, beat);
                    cancellationToken.ThrowIfCancellationRequested();
                    if (drain.StreamsEnd.IsCancellationRequested) yield break;
                    if (!next.IsCompleted) yield return null;
                }

                if (!await next) yield break;
                while (channel.Reader.TryRead(out var item)) yield return item;
            }
        }
        finally
        {
            await ending.CancelAsync();
            await pumping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
