using FleetSystem.FleetModel.Matching.Formation;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.Benchmarks.Matching;

/// <summary>How good matches are: how long players waited, how far apart they are in skill, and how far from the region.</summary>
internal sealed class MatchQuality
{
    private readonly Dictionary<string, MatchmakingTicket> _waiting = [];
    private readonly List<double> _waits = [];
    private readonly List<double> _spreads = [];
    private readonly List<double> _latencies = [];

    public void Came(MatchmakingTicket ticket) => _waiting[ticket.Id] = ticket;

    public void Matched(FormedMatch match, bool isMeasured)
    {
        var tickets = match.Teams.SelectMany(team => team.Tickets).Select(ticket => _waiting[ticket.Id]).ToList();
        foreach (var ticket in tickets) _waiting.Remove(ticket.Id);
        if (!isMeasured) return;
        var oldest = tickets.Min(ticket => ticket.CreatedAt);
        var skills = tickets.SelectMany(ticket => ticket.Players).Select(player => player.Attributes["skill"].Number!.Value).ToList();
        foreach (var ticket in tickets) _waits.Add((match.Waited - (ticket.CreatedAt - oldest)).TotalSeconds);
        _spreads.Add(skills.Max() - skills.Min());
        _latencies.AddRange(tickets.SelectMany(ticket => ticket.Players).Select(player => (double)player.LatencyMilliseconds[match.Regions[0]]));
    }

    public object Report() => new
    {
        matches = _spreads.Count,
        waitSeconds = Percentiles(_waits),
        skillSpread = Percentiles(_spreads),
        latencyMilliseconds = Percentiles(_latencies),
    };

    private static object Percentiles(List<double> values)
    {
        values.Sort();
        double At(double part) => values.Count == 0 ? 0 : Math.Round(values[(int)((values.Count - 1) * part)], 2);
        return new { p50 = At(0.5), p95 = At(0.95), p99 = At(0.99), max = At(1) };
    }
}
