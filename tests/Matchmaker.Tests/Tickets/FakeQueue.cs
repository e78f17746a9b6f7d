using System.Collections.Concurrent;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Queues;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.Matchmaker.Tests.Tickets;

/// <summary>A queue in memory in place of the grain: a ticket waits until the test says what happens to it.</summary>
internal sealed class FakeQueue : IMatchmakingQueueGrain
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, TicketRecord> _tickets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MatchRecord> _matches = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BackfillRecord> _backfills = new(StringComparer.Ordinal);
    private readonly List<TicketChange> _changes = [];
    private readonly ConcurrentQueue<Exception> _faults = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _epoch = 1;

    /// <summary>What the next creations are answered with instead of a ticket.</summary>
    public TicketReply? Refusal { get; set; }

    /// <summary>What the next backfills are answered with instead of one.</summary>
    public BackfillReply? BackfillRefusal { get; set; }

    /// <summary>What a creation waits for, when set.</summary>
    public Task? Holding { get; set; }

    public ConcurrentQueue<TicketRequest> Requests { get; } = new();

    public ConcurrentQueue<BackfillRequest> BackfillRequests { get; } = new();

    /// <summary>Questions for tickets.</summary>
    public int Gets;

    /// <summary>Questions for news that wait now.</summary>
    public int Listeners;

    /// <summary>The next call fails.</summary>
    public void FailNext(Exception fault) => _faults.Enqueue(fault);

    /// <summary>Something happens to a ticket.</summary>
    public void Become(string ticket, TicketStatus status, MatchRecord? match = null, string? code = null, string? reason = null, bool isTold = true)
    {
        lock (_lock)
        {
            if (match is not null) _matches[match.Id] = match;
            var happened = TicketTransitions.Next(_tickets[ticket], status, Start.AddSeconds(_tickets[ticket].LastSequence), match?.Id, code, reason);
            _tickets[ticket] = TicketTransitions.Apply(_tickets[ticket], happened);
            if (!isTold) return;
            _changes.Add(new TicketChange(ticket, happened));
            Wake();
        }
    }

    /// <summary>Something happens to several tickets at once.</summary>
    public void Tell(params (string Ticket, TicketStatus Status, MatchRecord Match)[] changes)
    {
        lock (_lock)
        {
            foreach (var (ticket, status, match) in changes) Become(ticket, status, match, isTold: false);
            _changes.AddRange(changes.Select(change => new TicketChange(change.Ticket, _tickets[change.Ticket].Events[^1])));
            Wake();
        }
    }

    /// <summary>The queue starts anew on another silo: who followed it has missed something, or may have.</summary>
    public void Move()
    {
        lock (_lock)
        {
            _epoch++;
            _changes.Clear();
            Wake();
        }
    }

    public static MatchRecord Match(string id, params string[] players) => new()
    {
        Id = id,
        Tickets = [],
        Teams = [new MatchedTeam("red", [.. players]), new MatchedTeam("blue", ["stranger"])],
        Regions = ["seoul"],
        Status = MatchStatus.Placing,
        FormedAt = Start,
    };

    public async Task<TicketReply> Create(TicketRequest request)
    {
        Requests.Enqueue(request);
        if (Holding is { } held) await held;
        ThrowNext();
        lock (_lock)
        {
            if (Refusal is { } refusal) return refusal;
            if (_tickets.TryGetValue(request.Id, out var known))
                return known.Fingerprint == request.Fingerprint ? new(TicketOutcome.Existing, View(known), []) : new(TicketOutcome.Conflict, null, []);
            var ticket = new MatchmakingTicket(request.Id, Start, Start + (request.Timeout ?? TimeSpan.FromMinutes(5)), request.Players);
            _tickets[request.Id] = TicketTransitions.Create(ticket, request.Fingerprint);
            return new(TicketOutcome.Created, View(_tickets[request.Id]), []);
        }
    }

    public Task<TicketView?> Get(string ticket)
    {
        Interlocked.Increment(ref Gets);
        return Answer(() => _tickets.TryGetValue(ticket, out var known) ? View(known) : null);
    }

    public Task<TicketView?> Cancel(string ticket, string reason) => Answer(() =>
    {
        if (!_tickets.TryGetValue(ticket, out var known)) return null;
        if (known.Status is TicketStatus.Queued or TicketStatus.Searching or TicketStatus.RequiresAcceptance) Become(ticket, TicketStatus.Cancelled, reason: reason);
        return View(_tickets[ticket]);
    });

    public Task<AcceptReply> Accept(string ticket, string? match, IReadOnlyList<string> players, bool accept) => Answer(() =>
    {
        if (!_tickets.TryGetValue(ticket, out var known)) return new AcceptReply(AcceptOutcome.NoTicket, null);
        if (known.Status != TicketStatus.RequiresAcceptance || (match is not null && match != known.MatchId)) return new AcceptReply(AcceptOutcome.NotAsked, View(known));
        var record = _matches[known.MatchId!];
        _matches[record.Id] = record with { AcceptedBy = [.. record.AcceptedBy, .. accept ? players : []] };
        if (!accept) Become(ticket, TicketStatus.Cancelled, code: FleetModel.ErrorCodes.MatchRejected);
        return new AcceptReply(AcceptOutcome.Taken, View(_tickets[ticket]));
    });

    public async Task<QueueNews> GetNews(NewsCursor? after)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                ThrowNext();
                var now = new NewsCursor(_epoch, _changes.Count);
                if (after is null) return new QueueNews(now, false, [], []);
                if (after.Epoch != _epoch) return new QueueNews(now, true, [], []);
                if (after.Position < now.Position)
                {
                    IReadOnlyList<TicketChange> told = [.. _changes.Skip((int)after.Position)];
                    return new QueueNews(now, false, told, [.. told.Select(change => change.Event.MatchId).OfType<string>().Distinct().Select(id => _matches[id])]);
                }

                changed = _changed.Task;
            }

            Interlocked.Increment(ref Listeners);
            await changed;
            Interlocked.Decrement(ref Listeners);
        }
    }

    public Task<BackfillReply> CreateBackfill(BackfillRequest request) => Answer(() =>
    {
        BackfillRequests.Enqueue(request);
        if (BackfillRefusal is { } refusal) return refusal;
        var isNew = !_backfills.ContainsKey(request.Id);
        if (isNew)
        {
            _backfills[request.Id] = new BackfillRecord
            {
                Ticket = new BackfillTicket(request.Id, Start, Start.AddMinutes(5), "seoul", request.Teams),
                SessionId = request.SessionId,
                Fingerprint = request.Fingerprint,
                Status = TicketStatus.Searching,
                Origin = request.Origin,
            };
        }

        return new BackfillReply(isNew ? BackfillOutcome.Created : BackfillOutcome.Existing, _backfills[request.Id], []);
    });

    public Task<BackfillRecord?> GetBackfill(string backfill) => Answer(() => _backfills.GetValueOrDefault(backfill));

    public Task<BackfillRecord?> StopBackfill(string backfill, string reason) => Answer(() =>
        _backfills.TryGetValue(backfill, out var known) ? _backfills[backfill] = known with { Status = TicketStatus.Cancelled, ClosedAt = Start, Reason = reason } : null);

    public Task NoteSessionEnded(string session) => throw new NotSupportedException();

    public Task<QueueStatus> GetStatus() => throw new NotSupportedException();

    public Task Verify() => throw new NotSupportedException();

    private TicketView View(TicketRecord ticket) => new(ticket, ticket.MatchId is { } id ? _matches[id] : null);

    private void Wake()
    {
        var changed = _changed;
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    private Task<T> Answer<T>(Func<T> answer)
    {
        try
        {
            ThrowNext();
            lock (_lock) return Task.FromResult(answer());
        }
        catch (Exception fault)
        {
            return Task.FromException<T>(fault);
        }
    }

    private void ThrowNext()
    {
        if (_faults.TryDequeue(out var fault)) throw fault;
    }
}
