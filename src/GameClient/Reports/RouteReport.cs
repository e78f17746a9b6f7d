using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace FleetSystem.GameClient;

/// <summary>What a player tells of its paths, by kind of route: the addresses of one are equal, and a player needs one of them. Pure.</summary>
internal sealed class RouteReport
{
    private readonly RouteKind _current;
    private readonly SortedDictionary<RouteKind, Line> _lines = new();

    private RouteReport(RouteKind current) => _current = current;

    /// <summary>Sums up a transport's status. Kinds of which nothing is known yet are left out.</summary>
    public static RouteReport Of(TransportStatus status)
    {
        var report = new RouteReport(status.Current.Kind);
        foreach (var path in status.Paths)
        {
            if (path.State == PathState.Unknown) continue;
            var line = report._lines.TryGetValue(path.Kind, out var before) ? before : new Line(PathState.Down);
            report._lines[path.Kind] = line.With(path);
        }

        return report;
    }

    /// <summary>Whether the path in use, or what is known of any, differs: worth telling soon. Counts alone are not.</summary>
    public bool IsNewsAfter(RouteReport? other)
    {
        if (other is null || other._current != _current || other._lines.Count != _lines.Count) return true;
        foreach (var line in _lines)
        {
            if (!other._lines.TryGetValue(line.Key, out var before) || before.State != line.Value.State) return true;
        }

        return false;
    }

    /// <summary>The body of the report; counts are those since the last one that the service took.</summary>
    public string Body(string playerId, RouteReport? last)
    {
        var json = new StringBuilder("{\"playerId\":").AppendString(playerId)
            .Append(",\"current\":").AppendString(SessionReader.Name(_current))
            .Append(",\"paths\":[");
        var separator = "";
        foreach (var line in _lines)
        {
            // Counts start anew with a replacement's paths.
            var before = last is not null && last._lines.TryGetValue(line.Key, out var known) && known.Sent <= line.Value.Sent && known.Lost <= line.Value.Lost ? known : default;
            json.Append(separator).Append("{\"kind\":").AppendString(SessionReader.Name(line.Key))
                .Append(",\"state\":").AppendString(line.Value.State.ToString().ToLowerInvariant())
                .Append(",\"lost\":").Append(line.Value.Lost - before.Lost)
                .Append(",\"sent\":").Append(line.Value.Sent - before.Sent)
                .Append(",\"rttMilliseconds\":").Append(line.Value.RoundTrip is { } trip ? Math.Round(trip.TotalMilliseconds, 1).ToString(CultureInfo.InvariantCulture) : "null")
                .Append('}');
            separator = ",";
        }

        return json.Append("]}").ToString();
    }

    private readonly struct Line
    {
        public Line(PathState state, long sent = 0, long lost = 0, TimeSpan? roundTrip = null)
        {
            State = state;
            Sent = sent;
            Lost = lost;
            RoundTrip = roundTrip;
        }

        public PathState State { get; }

        public long Sent { get; }

        public long Lost { get; }

        public TimeSpan? RoundTrip { get; }

        /// <summary>The better state and round trip of both, and the sum of the counts.</summary>
        public Line With(PathStatus path) => new(
            path.State < State ? path.State : State,
            Sent + path.Sent,
            Lost + path.Lost,
            RoundTrip is { } known && !(path.RoundTrip < known) ? known : path.RoundTrip);
    }
}
