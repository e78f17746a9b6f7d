using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Queues;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.Matchmaker.Tickets;

/// <summary>
/// Follows queues for all streams of this host: one question a queue is open at a time, however many streams there are, and none while there is no stream. Where
/// news are missing (the queue moved to another silo, or this is the first question) its streams are told so, and ask for what they are about.
/// </summary>
internal sealed partial class QueueNewsFollower(IGrainFactory grains, TimeProvider time, ILogger<QueueNewsFollower> log)
{
    /// <summary>Most news that wait for a ticket's stream: all that a ticket keeps of its own history.</summary>
    private const int MaxTicketNews = TicketTransitions.MaxEvents;

    /// <summary>Most answers that wait for a queue's stream.</summary>
    private const int MaxQueueNews = 128;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MostPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, QueueReaders> _queues = new(StringComparer.Ordinal);

    /// <summary>What happens to a ticket from now on, until the inbox is disposed of.</summary>
    public NewsInbox<TicketNews> FollowTicket(string queue, string ticket)
    {
        var inbox = new NewsInbox<TicketNews>(MaxTicketNews, inbox => Leave(queue, readers => readers.Remove(ticket, inbox)));
        Join(queue, readers => readers.Add(ticket, inbox));
        return inbox;
    }

    /// <summary>What happens to all tickets of a queue from now on, until the inbox is disposed of.</summary>
    /// <returns>The inbox, and when it misses nothing more: what happened before is not in it.</returns>
    public (NewsInbox<QueueNews> Inbox, Task IsFollowing) FollowQueue(string queue)
    {
        var inbox = new NewsInbox<QueueNews>(MaxQueueNews, inbox => Leave(queue, readers => readers.Remove(inbox)));
        return (inbox, Join(queue, readers => readers.Add(inbox)));
    }

    private Task Join(string queue, Action<QueueReaders> add)
    {
        lock (_gate)
        {
            if (!_queues.TryGetValue(queue, out var readers))
            {
                readers = _queues[queue] = new QueueReaders();
                var (following, stopped) = (readers, readers.Stopped);
                _ = Task.Run(() => FollowAsync(queue, following, stopped), CancellationToken.None);
            }

            add(readers);
            return readers.IsFollowing;
        }
    }

    private void Leave(string queue, Action<QueueReaders> remove)
    {
        lock (_gate)
        {
            if (!_queues.TryGetValue(queue, out var readers)) return;
            remove(readers);
            if (!readers.IsEmpty) return;
            _queues.Remove(queue);
            readers.Dispose();
        }
    }

    private async Task FollowAsync(string queue, QueueReaders readers, CancellationToken stopped)
    {
        var (cursor, pause) = ((NewsCursor?)null, FirstPause);
        while (!stopped.IsCancellationRequested)
        {
            try
            {
                var news = await grains.GetGrain<IMatchmakingQueueGrain>(queue).GetNews(cursor).WaitAsync(stopped);
                lock (_gate) readers.Deliver(news, isFirst: cursor is null);
                (cursor, pause) = (news.Next, FirstPause);
            }
            catch (Exception) when (stopped.IsCancellationRequested)
            {
                // Its last stream is gone.
                return;
            }
            catch (Exception fault)
            {
                LogAskedAgain(log, queue, fault.Message);
                await Task.Delay(pause, time, stopped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < MostPause ? pause * 2 : MostPause;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The news of queue {QueueId} could not be asked for and are asked for again: {Reason}")]
    private static partial void LogAskedAgain(ILogger logger, string queueId, string reason);

    /// <summary>Who reads a queue's news. Guarded by the follower.</summary>
    private sealed class QueueReaders : IDisposable
    {
        private readonly Dictionary<string, List<NewsInbox<TicketNews>>> _tickets = new(StringComparer.Ordinal);
        private readonly List<NewsInbox<QueueNews>> _all = [];
        private readonly TaskCompletionSource _following = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenSource _stop = new();

        public CancellationToken Stopped => _stop.Token;

        public Task IsFollowing => _following.Task;

        public bool IsEmpty => _tickets.Count == 0 && _all.Count == 0;

        public void Add(string ticket, NewsInbox<TicketNews> inbox)
        {
            if (_tickets.TryGetValue(ticket, out var inboxes)) inboxes.Add(inbox);
            else _tickets[ticket] = [inbox];
        }

        public void Add(NewsInbox<QueueNews> inbox) => _all.Add(inbox);

        public void Remove(string ticket, NewsInbox<TicketNews> inbox)
        {
            if (_tickets.TryGetValue(ticket, out var inboxes) && inboxes.Remove(inbox) && inboxes.Count == 0) _tickets.Remove(ticket);
        }

        public void Remove(NewsInbox<QueueNews> inbox) => _all.Remove(inbox);

        /// <summary>Ends the loop, which may still ask the token whether it was cancelled.</summary>
        public void Dispose()
        {
            _stop.Cancel();
            _following.TrySetCanceled();
            _stop.Dispose();
        }

        public void Deliver(QueueNews news, bool isFirst)
        {
            var matches = _tickets.Count == 0 ? null : news.Matches.ToDictionary(match => match.Id, StringComparer.Ordinal);
            foreach (var change in _tickets.Count == 0 ? [] : news.Changes)
            {
                if (!_tickets.TryGetValue(change.Ticket, out var inboxes)) continue;
                var match = change.Event.MatchId is { } id ? matches!.GetValueOrDefault(id) : null;
                foreach (var inbox in inboxes) inbox.Put(new TicketNews(change.Event, match));
            }

            // What happened between a stream's own question and the first answer is in neither.
            if (news.HasGap || isFirst)
            {
                foreach (var inbox in _tickets.Values.SelectMany(inboxes => inboxes)) inbox.Lose();
            }

            foreach (var inbox in _all)
            {
                if (news.HasGap && !isFirst) inbox.Lose();
                if (news.Changes.Count > 0) inbox.Put(news);
            }

            _following.TrySetResult();
        }
    }
}

/// <summary>Something that happened to a ticket.</summary>
/// <param name="Event">What.</param>
/// <param name="Match">The match that it is about, as it is now, or null.</param>
internal sealed record TicketNews(TicketEvent Event, MatchRecord? Match);
