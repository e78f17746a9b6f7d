using System.Text.Json;

namespace FleetSystem.Benchmarks.Load;

/// <summary>Brings together what callers know of tickets and what the queue's feed tells of them, whichever comes first.</summary>
internal sealed class TicketLedger(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _early = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _ended = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sessions = new(StringComparer.Ordinal);
    private DateTimeOffset _countFrom = DateTimeOffset.MaxValue;
    private DateTimeOffset _countUntil = DateTimeOffset.MaxValue;

    public LatencyRecorder Delivery { get; } = new();

    public LatencyRecorder Wait { get; } = new();

    public LatencyRecorder Placement { get; } = new();

    /// <summary>Tickets whose match was formed in the time that counts.</summary>
    public long Matched { get; private set; }

    public long Returned { get; private set; }

    public long Gaps { get; private set; }

    public int Sessions
    {
        get
        {
            lock (_gate) return _sessions.Count;
        }
    }

    public int Waiting
    {
        get
        {
            lock (_gate) return _waiting.Count;
        }
    }

    public IReadOnlyDictionary<string, long> Ended
    {
        get
        {
            lock (_gate) return new Dictionary<string, long>(_ended);
        }
    }

    /// <summary>Says which time counts.</summary>
    public void Count(DateTimeOffset from, DateTimeOffset until)
    {
        lock (_gate) (_countFrom, _countUntil) = (from, until);
    }

    /// <summary>A ticket was created.</summary>
    /// <param name="ticket">The ticket.</param>
    /// <param name="due">When its creation was due.</param>
    public void Created(string ticket, DateTimeOffset due)
    {
        lock (_gate)
        {
            if (_early.Remove(ticket, out var matched)) NoteWait(due, matched);
            else _waiting[ticket] = due;
        }
    }

    /// <summary>The queue's feed told something.</summary>
    /// <returns>A session that is new, or null.</returns>
    public string? Told(string name, JsonElement data)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            switch (name)
            {
                case "gap":
                    Gaps++;
                    return null;
                case "placing" or "requiresAcceptance" when TicketEventStream.IsMatched(data):
                    var at = TicketEventStream.At(data);
                    foreach (var ticket in data.GetProperty("tickets").EnumerateArray().Select(entry => entry.GetProperty("ticketId").GetString()!))
                    {
                        if (Counts(at))
                        {
                            Delivery.Add(Positive(now - at));
                            Matched++;
                        }

                        if (_waiting.Remove(ticket, out var due)) NoteWait(due, now);
                        else _early[ticket] = now;
                    }

                    return null;
                case "searching" when data.GetProperty("code").ValueKind == JsonValueKind.String:
                    Returned += data.GetProperty("tickets").GetArrayLength();
                    return null;
                case "completed":
                    if (LoadRequests.StringAt(data, "match", "sessionId") is not { } session || !_sessions.Add(session)) return null;
                    Placement.Add(Positive(TicketEventStream.At(data) - data.GetProperty("match").GetProperty("formedAt").GetDateTimeOffset()));
                    return session;
                case "timedOut" or "cancelled" or "failed":
                    var tickets = data.GetProperty("tickets").EnumerateArray().ToList();
                    foreach (var ticket in tickets) _waiting.Remove(ticket.GetProperty("ticketId").GetString()!);
                    var kind = LoadRequests.StringAt(data, "code") is { } code ? $"{name} {code}" : name;
                    _ended[kind] = _ended.GetValueOrDefault(kind) + tickets.Count;
                    return null;
                default:
                    return null;
            }
        }
    }

    private void NoteWait(DateTimeOffset due, DateTimeOffset read)
    {
        if (Counts(due)) Wait.Add(Positive(read - due));
    }

    private bool Counts(DateTimeOffset at) => at >= _countFrom && at < _countUntil;

    private static TimeSpan Positive(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;
}
