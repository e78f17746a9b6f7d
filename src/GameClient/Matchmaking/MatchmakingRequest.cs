using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace FleetSystem.GameClient;

/// <summary>A wish for a match: a queue, and the player or the party who want one together.</summary>
public sealed class MatchmakingRequest
{
    /// <summary>Makes a request.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="players">The player, or the players of a party: they come into the same team.</param>
    /// <exception cref="ArgumentException">There is no queue, or no player.</exception>
    public MatchmakingRequest(string queue, params MatchmakingPlayer[] players)
    {
        if (string.IsNullOrEmpty(queue)) throw new ArgumentException("A request names its queue.", nameof(queue));
        if (players is not { Length: > 0 }) throw new ArgumentException("A request names at least one player.", nameof(players));
        Queue = queue;
        Players = players;
    }

    /// <summary>The queue.</summary>
    public string Queue { get; }

    /// <summary>The players.</summary>
    public IReadOnlyList<MatchmakingPlayer> Players { get; }

    /// <summary>How long to wait; null for as long as the queue lets.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>The body of <c>POST /v1/tickets</c>.</summary>
    internal string Body()
    {
        var json = new StringBuilder("{\"queue\":").AppendString(Queue).Append(",\"players\":[");
        for (var i = 0; i < Players.Count; i++) Players[i].AppendTo(i == 0 ? json : json.Append(','));
        json.Append(']');
        if (Timeout is { } timeout) json.Append(",\"timeoutSeconds\":").Append(timeout.TotalSeconds.ToString("R", CultureInfo.InvariantCulture));
        return json.Append('}').ToString();
    }
}

/// <summary>A player who wants a match. What the queue's rules look at is set by name.</summary>
public sealed class MatchmakingPlayer
{
    private readonly StringBuilder _attributes = new();
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<RegionLatency> _latencies;

    /// <summary>Makes a player.</summary>
    /// <param name="id">The studio's id of the player.</param>
    /// <param name="latencies">What <see cref="RegionLatencyMeter"/> measured; regions without an answer are left out. Null where nothing was.</param>
    /// <exception cref="ArgumentException">There is no id.</exception>
    public MatchmakingPlayer(string id, IReadOnlyList<RegionLatency>? latencies = null)
    {
        if (string.IsNullOrEmpty(id)) throw new ArgumentException("A player has an id.", nameof(id));
        Id = id;
        _latencies = latencies ?? Array.Empty<RegionLatency>();
    }

    /// <summary>The studio's id of the player.</summary>
    public string Id { get; }

    /// <summary>Sets an attribute that is a number.</summary>
    /// <exception cref="ArgumentException">It is set already, or no finite number.</exception>
    public MatchmakingPlayer With(string name, double number)
    {
        Begin(name).Append(Text(name, number));
        return this;
    }

    /// <summary>Sets an attribute that is a string.</summary>
    /// <exception cref="ArgumentException">It is set already.</exception>
    public MatchmakingPlayer With(string name, string text)
    {
        Begin(name).AppendString(text ?? throw new ArgumentNullException(nameof(text)));
        return this;
    }

    /// <summary>Sets an attribute that is a list of strings.</summary>
    /// <exception cref="ArgumentException">It is set already.</exception>
    public MatchmakingPlayer With(string name, IEnumerable<string> texts)
    {
        if (texts is null) throw new ArgumentNullException(nameof(texts));
        var json = Begin(name).Append('[');
        var isFirst = true;
        foreach (var text in texts)
        {
            (isFirst ? json : json.Append(',')).AppendString(text);
            isFirst = false;
        }

        json.Append(']');
        return this;
    }

    /// <summary>Sets an attribute that is a map of strings to numbers.</summary>
    /// <exception cref="ArgumentException">It is set already, or a number is not finite.</exception>
    public MatchmakingPlayer With(string name, IReadOnlyDictionary<string, double> numbers)
    {
        if (numbers is null) throw new ArgumentNullException(nameof(numbers));
        var json = Begin(name).Append('{');
        var isFirst = true;
        foreach (var pair in numbers)
        {
            (isFirst ? json : json.Append(',')).AppendString(pair.Key).Append(':').Append(Text(name, pair.Value));
            isFirst = false;
        }

        json.Append('}');
        return this;
    }

    internal void AppendTo(StringBuilder json)
    {
        json.Append("{\"id\":").AppendString(Id).Append(",\"latencyMilliseconds\":{");
        var isFirst = true;
        foreach (var latency in _latencies)
        {
            if (latency.Milliseconds is not { } milliseconds) continue;
            (isFirst ? json : json.Append(',')).AppendString(latency.RegionId).Append(':').Append(milliseconds.ToString(CultureInfo.InvariantCulture));
            isFirst = false;
        }

        json.Append("},\"attributes\":{").Append(_attributes).Append("}}");
    }

    private StringBuilder Begin(string name)
    {
        if (string.IsNullOrEmpty(name)) throw new ArgumentException("An attribute has a name.", nameof(name));
        if (!_names.Add(name)) throw new ArgumentException($"The attribute '{name}' is set twice.", nameof(name));
        return (_names.Count == 1 ? _attributes : _attributes.Append(',')).AppendString(name).Append(':');
    }

    private static string Text(string name, double number) => double.IsNaN(number) || double.IsInfinity(number)
        ? throw new ArgumentException($"The attribute '{name}' is {number}: it must be a finite number.", nameof(number))
        : number.ToString("R", CultureInfo.InvariantCulture);
}
