using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.Matchmaker.Api;

/// <summary>Turns what a caller asks for, over HTTP or gRPC, into a <see cref="SessionRequest"/>, or into every fault that it has. Pure.</summary>
internal sealed class SessionRequestValidator(FleetSystemOptions system, TimeSpan maxDeadline, OtherRegions others)
{
    /// <summary>Most faults told at once.</summary>
    public const int MaxFaults = 20;

    private const int MaxLatencyMilliseconds = 60_000;

    /// <summary>Checks a request.</summary>
    public (SessionRequest? Request, IReadOnlyList<FieldError> Faults) Check(CreateSessionRequest asked)
    {
        var faults = new List<FieldError>();
        var fleet = CheckFleet(asked, faults);
        CheckPlayers(asked, fleet, faults);
        CheckPlace(asked, fleet, faults);
        CheckDeadline(asked, faults);
        CheckAttributes(asked, faults);
        return faults.Count > 0 ? (null, [.. faults.Take(MaxFaults)]) : (ToRequest(asked, fleet!), []);
    }

    /// <summary>Hash of what a request asks for, whatever its white space and order of fields.</summary>
    public static string Fingerprint(SessionRequest request) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
            request with { Players = [.. request.Players.Select(Sorted)], Home = null, FirstRegion = null }, ApiJson.Options)));

    private static SessionPlayer Sorted(SessionPlayer player) =>
        player with { LatencyMilliseconds = new SortedDictionary<string, int>(player.LatencyMilliseconds.ToDictionary(), StringComparer.Ordinal) };

    private FleetOptions? CheckFleet(CreateSessionRequest request, List<FieldError> faults)
    {
        var fleet = system.Fleets.FirstOrDefault(candidate => candidate.Id == request.Fleet);
        if (request.Fleet is null) faults.Add(new("$.fleet", ErrorCodes.InvalidRequest, $"The fleet is missing. Fleets: {List(system.Fleets.Select(known => known.Id))}."));
        else if (fleet is null) faults.Add(new("$.fleet", ErrorCodes.UnknownFleet, $"There is no fleet '{Shorten(request.Fleet)}'. Fleets: {List(system.Fleets.Select(known => known.Id))}."));
        return fleet;
    }

    private void CheckPlayers(CreateSessionRequest request, FleetOptions? fleet, List<FieldError> faults)
    {
        var most = fleet?.MaxPlayers ?? 1000;
        if (request.Players is not { Count: > 0 } players)
        {
            faults.Add(new("$.players", ErrorCodes.InvalidRequest, "There are no players: name at least one."));
            return;
        }

        if (players.Count > most)
        {
            faults.Add(new("$.players", ErrorCodes.InvalidRequest, $"There are {players.Count} players; this fleet takes at most {most} a session."));
            return;
        }

        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < players.Count && faults.Count < MaxFaults; i++)
        {
            if (players[i]?.Id is not { Length: > 0 } id) faults.Add(new($"$.players[{i}].id", ErrorCodes.InvalidRequest, "The player's id is missing or empty."));
            else if (id.Length > PlayerIds.MaxLength) faults.Add(new($"$.players[{i}].id", ErrorCodes.InvalidRequest, $"The player's id has {id.Length} characters; {PlayerIds.MaxLength} are possible."));
            else if (id.Any(char.IsControl)) faults.Add(new($"$.players[{i}].id", ErrorCodes.InvalidRequest, "The player's id has control characters."));
            else if (!ids.Add(id)) faults.Add(new($"$.players[{i}].id", ErrorCodes.InvalidRequest, $"Player '{id}' is named twice."));
            foreach (var (region, latency) in players[i]?.LatencyMilliseconds ?? new Dictionary<string, int>())
            {
                if (faults.Count >= MaxFaults) return;
                if (system.Regions.All(known => known.Id != region) && !others.Has(region)) faults.Add(new($"$.players[{i}].latencyMilliseconds['{Shorten(region)}']", ErrorCodes.UnknownRegion, $"There is no region '{Shorten(region)}'. Regions: {List(system.Regions.Select(known => known.Id))}."));
                else if (latency is < 0 or > MaxLatencyMilliseconds) faults.Add(new($"$.players[{i}].latencyMilliseconds['{region}']", ErrorCodes.InvalidRequest, $"A latency of {latency} ms is not possible: 0 to {MaxLatencyMilliseconds}."));
            }
        }
    }

    private void CheckPlace(CreateSessionRequest request, FleetOptions? fleet, List<FieldError> faults)
    {
        var served = system.Regions.Where(region => fleet is null || fleet.RunsIn(region.Id)).ToList();
        var asked = request.Region is null ? null : served.FirstOrDefault(region => region.Id == request.Region);
        var isOthers = request.Region is not null && asked is null;
        if (isOthers && !others.Has(request.Region!))
        {
            faults.Add(new("$.region", ErrorCodes.UnknownRegion, $"The fleet runs in no region '{Shorten(request.Region!)}'. Regions: {List(served.Select(region => region.Id).Concat(others.Zones.Keys))}."));
            return;
        }

        if (request.PreferredZone is not { } zone) return;
        IReadOnlyList<RegionOptions> possible = isOthers ? [] : asked is null ? served : [asked];
        if (!possible.Any(region => region.Zones.Contains(zone)) && !(asked is null && others.HasZone(request.Region, zone)))
            faults.Add(new("$.preferredZone", ErrorCodes.UnknownZone, $"There is no zone '{Shorten(zone)}'{(asked is null ? "" : $" in region '{asked.Id}'")}. Zones: {List(possible.SelectMany(region => region.Zones))}."));
    }

    private void CheckDeadline(CreateSessionRequest request, List<FieldError> faults)
    {
        if (request.DeadlineSeconds is not { } seconds) return;
        if (!(seconds > 0)) faults.Add(new("$.deadlineSeconds", ErrorCodes.InvalidRequest, $"The deadline, {seconds} s from now, is in the past: it must be above 0."));
        else if (seconds > maxDeadline.TotalSeconds) faults.Add(new("$.deadlineSeconds", ErrorCodes.InvalidRequest, $"A deadline of {seconds} s is too long: at most {maxDeadline.TotalSeconds} s."));
    }

    private static void CheckAttributes(CreateSessionRequest request, List<FieldError> faults)
    {
        if (request.Attributes is not { } attributes) return;
        if (attributes.ValueKind != JsonValueKind.Object) faults.Add(new("$.attributes", ErrorCodes.InvalidRequest, "The attributes are no object."));
        else if (System.Text.Encoding.UTF8.GetByteCount(attributes.GetRawText()) > SessionRequest.MaxAttributesBytes) faults.Add(new("$.attributes", ErrorCodes.InvalidRequest, $"The attributes are longer than {SessionRequest.MaxAttributesBytes} bytes."));
        else if (!IsText(attributes)) faults.Add(new("$.attributes", ErrorCodes.InvalidRequest, "The attributes have a name or a text that is no Unicode, such as half a surrogate pair."));
    }

    // JSON's grammar lets escapes stand for what is no text.
    private static bool IsText(JsonElement attributes)
    {
        try
        {
            Compact(attributes);
            return true;
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException)
        {
            return false;
        }
    }

    private static SessionRequest ToRequest(CreateSessionRequest request, FleetOptions fleet) => new()
    {
        Fleet = fleet.Id,
        Players = [.. request.Players!.Select(player => new SessionPlayer(player!.Id!, player.LatencyMilliseconds ?? new Dictionary<string, int>()))],
        Region = request.Region,
        PreferredZone = request.PreferredZone,
        WaitFor = request.WaitFor,
        Deadline = request.DeadlineSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : fleet.AllocationDeadline,
        Attributes = request.Attributes is { } attributes ? Compact(attributes) : null,
        Lifetime = fleet.SessionLifetime,
    };

    private static string Compact(JsonElement element)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) element.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Take(50));

    private static string Shorten(string text) => text.Length <= 64 ? text : text[..64] + "…";
}
