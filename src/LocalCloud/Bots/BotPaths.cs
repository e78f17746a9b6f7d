using System.Net;

namespace FleetSystem.LocalCloud.Bots;

/// <summary>One address of one route: where datagrams go, and what goes at their end.</summary>
internal sealed class BotPath(BotRouteKind kind, IPEndPoint endPoint, byte[] routingToken)
{
    public BotRouteKind Kind => kind;

    public IPEndPoint EndPoint => endPoint;

    public byte[] RoutingToken => routingToken;

    /// <summary>When something last came this way; null before that.</summary>
    public long? AnsweredAt { get; set; }
}

/// <summary>The ways to a server in order of preference, and the choice among them: pure, time comes in from outside.</summary>
internal sealed class BotPaths
{
    private readonly BotOptions _options;
    private readonly TimeProvider _time;
    private int _current;
    private long _since;

    public BotPaths(BotConnection connection, BotOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _since = time.GetTimestamp();
        All =
        [
            .. from route in connection.Routes
               from address in route.Addresses
               select new BotPath(
                   route.Kind,
                   new IPEndPoint(IPAddress.Parse(address), route.Port),
                   route.RoutingToken is { Length: > 0 } token ? Convert.FromBase64String(token) : []),
        ];
        if (All.Count == 0)
            throw new ArgumentException("A connection needs a route with an address.", nameof(connection));
    }

    public IReadOnlyList<BotPath> All { get; }

    public BotPath Current => All[_current];

    /// <summary>Notes that something came from an address; answers whether it is that of the path in use.</summary>
    public bool Answered(IPEndPoint from)
    {
        var now = _time.GetTimestamp();
        var current = false;
        foreach (var path in All)
        {
            if (!path.EndPoint.Equals(from))
                continue;
            path.AnsweredAt = now;
            current |= path == Current;
        }

        return current;
    }

    /// <summary>Takes another path when this one has been silent too long.</summary>
    /// <returns>Whether the path changed.</returns>
    public bool ChangeWhenSilent(long answeredAt)
    {
        var now = _time.GetTimestamp();
        if (All.Count == 1 || _time.GetElapsedTime(Math.Max(answeredAt, _since), now) < _options.AnswerTimeout)
            return false;

        // The best path known to work, else simply the next: with nothing known, all have to be tried.
        var best = -1;
        for (var i = 0; i < All.Count && best < 0; i++)
        {
            if (i != _current && IsAlive(All[i], now))
                best = i;
        }

        _current = best >= 0 ? best : (_current + 1) % All.Count;
        _since = now;
        return true;
    }

    /// <summary>It answered one of the last two probes.</summary>
    private bool IsAlive(BotPath path, long now) =>
        path.AnsweredAt is { } at && _time.GetElapsedTime(at, now) < _options.ProbeInterval * 2;
}
