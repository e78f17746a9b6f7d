using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.Matchmaker.Api;

namespace FleetSystem.Matchmaker.Tickets;

/// <summary>
/// Turns what a caller asks for, over HTTP or gRPC, into the players of a ticket or backfill, or into every fault that its form has. Whether the queue's rule set
/// can match them, the queue says. Pure.
/// </summary>
/// <param name="system">The regions.</param>
/// <param name="queue">The queue asked for.</param>
/// <param name="others">Regions of other cells: a player may have measured them too.</param>
internal sealed class TicketRequestValidator(FleetSystemOptions system, MatchmakingQueueOptions queue, OtherRegions others)
{
    /// <summary>Most faults told at once.</summary>
    public const int MaxFaults = SessionRequestValidator.MaxFaults;

    /// <summary>Checks a request for a ticket.</summary>
    public (IReadOnlyList<MatchmakingPlayer>? Players, IReadOnlyList<FieldError> Faults) Check(CreateTicketRequest asked)
    {
        var faults = new List<FieldError>();
        var players = CheckPlayers(asked.Players, "$.players", faults);
        CheckTimeout(asked.TimeoutSeconds, faults);
        return faults.Count > 0 ? (null, Told(faults)) : (players, []);
    }

    /// <summary>Checks a request for players.</summary>
    public (IReadOnlyDictionary<string, IReadOnlyList<MatchmakingPlayer>>? Teams, IReadOnlyList<FieldError> Faults) Check(CreateBackfillRequest asked)
    {
        var faults = new List<FieldError>();
        var teams = new Dictionary<string, IReadOnlyList<MatchmakingPlayer>>(StringComparer.Ordinal);
        if (asked.Teams is not { Count: > 0 }) faults.Add(new("$.teams", ErrorCodes.InvalidRequest, "There are no teams: say who is in the session, by the rule set's names of teams."));
        foreach (var (team, members) in asked.Teams ?? new Dictionary<string, IReadOnlyList<TicketPlayerRequest?>?>())
        {
            if (faults.Count >= MaxFaults) break;
            teams[team] = members is { Count: 0 } ? [] : CheckPlayers(members, $"$.teams['{Shorten(team)}']", faults);
        }

        CheckTimeout(asked.TimeoutSeconds, faults);
        return faults.Count > 0 ? (null, Told(faults)) : (teams, []);
    }

    /// <summary>Checks who answers to a match of a ticket.</summary>
    /// <param name="asked">The answer.</param>
    /// <param name="players">The ticket's players.</param>
    public static IReadOnlyList<FieldError> Faults(AcceptanceRequest asked, IReadOnlyList<string> players)
    {
        var faults = new List<FieldError>();
        if (asked.Acceptance is null) faults.Add(new("$.acceptance", ErrorCodes.InvalidRequest, "The answer is missing: accept or reject."));
        if (asked.PlayerIds is not { Count: > 0 }) faults.Add(new("$.playerIds", ErrorCodes.InvalidRequest, "There are no players: name those of the ticket who answer."));
        for (var i = 0; i < asked.PlayerIds?.Count && faults.Count < MaxFaults; i++)
        {
            if (asked.PlayerIds[i] is not { } id || !players.Contains(id, StringComparer.Ordinal))
                faults.Add(new($"$.playerIds[{i}]", ErrorCodes.InvalidRequest, $"Player '{Shorten(asked.PlayerIds[i] ?? "null")}' is none of the ticket's."));
        }

        return Told(faults);
    }

    private static FieldError[] Told(List<FieldError> faults) => [.. faults.Take(MaxFaults)];

    private List<MatchmakingPlayer> CheckPlayers(IReadOnlyList<TicketPlayerRequest?>? asked, string path, List<FieldError> faults)
    {
        var players = new List<MatchmakingPlayer>();
        if (asked is not { Count: > 0 })
        {
            faults.Add(new(path, ErrorCodes.InvalidRequest, "There are no players: name at least one."));
            return players;
        }

        if (asked.Count > RuleSetLimits.MaxPlayers)
        {
            faults.Add(new(path, ErrorCodes.InvalidRequest, $"There are {asked.Count} players; a whole match has at most {RuleSetLimits.MaxPlayers}."));
            return players;
        }

        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < asked.Count && faults.Count < MaxFaults; i++)
        {
            var at = $"{path}[{i}]";
            if (FaultOf(asked[i]?.Id, ids) is { } fault) faults.Add(new($"{at}.id", ErrorCodes.InvalidRequest, fault));
            var latencies = CheckLatencies(asked[i]?.LatencyMilliseconds, at, faults);
            var attributes = CheckAttributes(asked[i]?.Attributes, at, faults);
            players.Add(new MatchmakingPlayer(asked[i]?.Id ?? "", attributes, latencies));
        }

        return players;
    }

    private static string? FaultOf(string? id, HashSet<string> known) => id switch
    {
        null or "" => "The player's id is missing or empty.",
        { Length: > PlayerIds.MaxLength } => $"The player's id has {id.Length} characters; {PlayerIds.MaxLength} are possible.",
        _ when id.Any(char.IsControl) => "The player's id has control characters.",
        _ when !known.Add(id) => $"Player '{id}' is named twice.",
        _ => null,
    };

    private Dictionary<string, int> CheckLatencies(IReadOnlyDictionary<string, int>? asked, string at, List<FieldError> faults)
    {
        var latencies = new Dictionary<string, int>(asked?.Count ?? 0, StringComparer.Ordinal);
        foreach (var (region, latency) in asked ?? new Dictionary<string, int>())
        {
            if (faults.Count >= MaxFaults) break;
            var isOurs = system.Regions.Any(known => known.Id == region);
            if (!isOurs && !others.Has(region)) faults.Add(new($"{at}.latencyMilliseconds['{Shorten(region)}']", ErrorCodes.UnknownRegion, $"There is no region '{Shorten(region)}'. Regions: {string.Join(", ", system.Regions.Select(known => known.Id))}."));
            else if (latency is < 0 or > TicketChecks.MaxLatencyMilliseconds) faults.Add(new($"{at}.latencyMilliseconds['{Shorten(region)}']", ErrorCodes.InvalidRequest, $"A latency of {latency} ms is not possible: 0 to {TicketChecks.MaxLatencyMilliseconds}."));

            // A queue's matches are placed in its own cell.
            else if (isOurs) latencies[region] = latency;
        }

        return latencies;
    }

    private static Dictionary<string, AttributeValue> CheckAttributes(IReadOnlyDictionary<string, AttributeInput>? asked, string at, List<FieldError> faults)
    {
        var attributes = new Dictionary<string, AttributeValue>(asked?.Count ?? 0, StringComparer.Ordinal);
        if (asked?.Count > RuleSetLimits.MaxAttributes)
        {
            faults.Add(new($"{at}.attributes", ErrorCodes.InvalidRequest, $"There are {asked.Count} attributes; {RuleSetLimits.MaxAttributes} are possible."));
            return attributes;
        }

        foreach (var (name, attribute) in asked ?? new Dictionary<string, AttributeInput>())
        {
            if (faults.Count >= MaxFaults) break;
            if (name.Length is 0 or > RuleSetLimits.MaxTextLength) faults.Add(new($"{at}.attributes", ErrorCodes.InvalidRequest, $"A name of an attribute has {name.Length} characters: 1 to {RuleSetLimits.MaxTextLength} are possible."));
            else if (Fault(attribute) is { } fault) faults.Add(new($"{at}.attributes['{Shorten(name)}']", ErrorCodes.InvalidRequest, $"The attribute {fault}."));
            else attributes[name] = attribute.Value!;
        }

        return attributes;
    }

    private static string? Fault(AttributeInput attribute) => attribute.Value is { Type: { } type } value ? value.FaultAs(type) : attribute.Fault ?? "has no value";

    private void CheckTimeout(double? asked, List<FieldError> faults)
    {
        if (asked is not { } seconds) return;
        if (!(seconds > 0)) faults.Add(new("$.timeoutSeconds", ErrorCodes.InvalidRequest, $"A wait of {seconds} s is not possible: it must be above 0."));
        else if (seconds > queue.TicketTimeout.TotalSeconds) faults.Add(new("$.timeoutSeconds", ErrorCodes.InvalidRequest, $"A wait of {seconds} s is too long: this queue lets at most {queue.TicketTimeout.TotalSeconds} s."));
    }

    private static string Shorten(string text) => text.Length <= 64 ? text : text[..64] + "…";
}
