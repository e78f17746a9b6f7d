using System.Runtime.CompilerServices;
using System.Threading.Channels;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Queues;
using FleetSystem.Matchmaker.Access;
using FleetSystem.Matchmaker.Api;
using FleetSystem.SiloHost.Health;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Tickets;

/// <summary>
/// A ticket's events as a stream: first those after the caller's last one, then each as it happens, until the ticket is done. It lives on the queue's news, and
/// asks for the ticket itself where they do not reach: at its beginning, and when some are missing. A silo that dies does not end it.
/// </summary>
internal sealed partial class TicketFeed(TicketOperations tickets, QueueNewsFollower news, IOptions<MatchmakerOptions> options, HostDrain drain, TimeProvider time, ILogger<TicketFeed> log) : IDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);
    private const int MaxRetries = 120;

    // When a queue moves, all its streams ask at once.
    private const int MaxQuestions = 64;

    private readonly SemaphoreSlim _questions = new(MaxQuestions);
    private int _open;

    /// <summary>Takes one of the streams that may be open; it is given back when the enumeration of its events ends.</summary>
    public bool TryOpen()
    {
        if (Interlocked.Increment(ref _open) <= options.Value.MaxTicketStreams) return true;
        Interlocked.Decrement(ref _open);
        return false;
    }

    /// <summary>The events; null where a time passed without one.</summary>
    public async IAsyncEnumerable<TicketEventResource?> EventsAsync(Caller caller, string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            // Who resumes may have seen everything: he wants to know that he is heard all the same.
            if (after > 0) yield return null;
            await foreach (var happened in EventStream.RunAsync<TicketEventResource>(
                (writer, ending) => PumpAsync(caller, id, after, writer, ending), TicketTransitions.MaxEvents, options.Value.EventStreamHeartbeat, drain, time, cancellationToken))
                yield return happened;
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    public void Dispose() => _questions.Dispose();

    private async Task PumpAsync(Caller caller, string id, long after, ChannelWriter<TicketEventResource> writer, CancellationToken cancellationToken)
    {
        try
        {
            // Before the first question, so that nothing falls between the two.
            using var inbox = tickets.QueueOf(id) is { } queue ? news.FollowTicket(queue, id) : null;
            var view = inbox is null ? null : await AskAsync(caller, id, cancellationToken);

            // A place beyond the ticket's history is none: it goes on from now.
            after = Math.Min(after, view?.Ticket.LastSequence ?? 0);
            while (view is not null)
            {
                foreach (var happened in TicketResources.EventsAfter(view, after, caller))
                {
                    await writer.WriteAsync(happened, cancellationToken);
                    after = happened.Sequence;
                }

                if (view.Ticket.IsClosed) break;
                var entry = await inbox!.ReadAsync(cancellationToken);
                var isLossy = inbox.TookLoss() || (entry is not null && entry.Event.Sequence > view.Ticket.LastSequence + 1);
                view = isLossy ? await AskAsync(caller, id, cancellationToken) : Apply(view, entry);
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogGivenUp(log, id, fault.Message);
        }
        finally
        {
            writer.TryComplete();
        }
    }

    private static TicketView Apply(TicketView view, TicketNews? entry) =>
        entry is null || entry.Event.Sequence <= view.Ticket.LastSequence ? view : new TicketView(TicketTransitions.Apply(view.Ticket, entry.Event), entry.Match);

    /// <summary>The ticket itself; null when it is forgotten.</summary>
    private async Task<TicketView?> AskAsync(Caller caller, string id, CancellationToken cancellationToken)
    {
        await _questions.WaitAsync(cancellationToken);
        try
        {
            for (var retries = 1; ; retries++)
            {
                try
                {
                    return await tickets.FindAsync(caller, id);
                }
                catch (Exception fault) when (retries < MaxRetries && ApiFault.Of(fault) == ApiFault.Unavailable)
                {
                    LogInterrupted(log, id, fault.Message);
                }

                await Task.Delay(RetryPause, time, cancellationToken);
            }
        }
        finally
        {
            _questions.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The event stream of ticket {TicketId} was interrupted and goes on: {Reason}")]
    private static partial void LogInterrupted(ILogger logger, string ticketId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The event stream of ticket {TicketId} ends before the ticket: {Reason}")]
    private static partial void LogGivenUp(ILogger logger, string ticketId, string reason);
}
