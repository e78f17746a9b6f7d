using System.Text.Json;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.Matchmaker.Api;

/// <summary>Reads and checks the body of a player's report of its paths. Pure.</summary>
internal static class RouteReportReader
{
    /// <summary>Most probes that one report may count.</summary>
    public const long MaxProbes = 1_000_000;

    private const double MaxRoundTripMilliseconds = 60_000;
    private static readonly int MaxPaths = Enum.GetValues<RouteKind>().Length;

    /// <summary>The report, or every fault that it has.</summary>
    public static (RouteReport? Report, IReadOnlyList<FieldError> Faults) Read(ReadOnlySpan<byte> body)
    {
        RouteReportRequest? asked;
        try
        {
            asked = JsonSerializer.Deserialize<RouteReportRequest>(body, ApiJson.Options);
        }
        catch (JsonException fault)
        {
            return (null, [new(fault.Path ?? "$", ErrorCodes.MalformedRequest, "The body is not JSON, has a field that is not known, or a value of the wrong type. See /openapi/v1.json.")]);
        }

        return asked is null ? (null, [new("$", ErrorCodes.MalformedRequest, "The body is null: send an object.")]) : Check(asked);
    }

    /// <summary>The report, or every rule that it breaks.</summary>
    public static (RouteReport? Report, IReadOnlyList<FieldError> Faults) Check(RouteReportRequest asked)
    {
        var faults = Faults(asked).ToList();
        return faults.Count > 0 ? (null, faults) : (new RouteReport(asked.PlayerId!, asked.Current!.Value, [.. asked.Paths!.Select(Of)]), []);
    }

    private static PathReport Of(PathReportRequest? path) => new(path!.Kind!.Value, path.State!.Value, path.Lost ?? 0, path.Sent ?? 0, path.RttMilliseconds);

    private static IEnumerable<FieldError> Faults(RouteReportRequest asked)
    {
        if (asked.PlayerId is not { Length: > 0 and <= PlayerIds.MaxLength })
            yield return new("$.playerId", ErrorCodes.InvalidRequest, $"The player's id is missing, or longer than {PlayerIds.MaxLength} characters: send that of the join token.");
        if (asked.Current is null) yield return new("$.current", ErrorCodes.InvalidRequest, "The kind of route in use is missing.");
        if (asked.Paths is not { } paths)
        {
            yield return new("$.paths", ErrorCodes.InvalidRequest, "The paths are missing: send a list, which may be empty.");
            yield break;
        }

        if (paths.Count > MaxPaths)
        {
            yield return new("$.paths", ErrorCodes.InvalidRequest, $"There are {paths.Count} paths; one for each kind of route, {MaxPaths} in all, is possible.");
            yield break;
        }

        var kinds = new HashSet<RouteKind>();
        for (var i = 0; i < paths.Count; i++)
        {
            if (Fault(paths[i], kinds) is var (field, message)) yield return new($"$.paths[{i}]{field}", ErrorCodes.InvalidRequest, message);
        }
    }

    private static (string Field, string Message)? Fault(PathReportRequest? path, HashSet<RouteKind> kinds) => path switch
    {
        null => ("", "The path is null: send an object."),
        { Kind: null } => (".kind", "The kind of route is missing."),
        { Kind: { } kind } when !kinds.Add(kind) => (".kind", "This kind of route is told twice."),
        { State: null } => (".state", "The state is missing: healthy, degraded or down."),
        { Sent: < 0 or > MaxProbes } => (".sent", $"The probes sent are {path.Sent}: 0 to {MaxProbes} is possible."),
        { Lost: < 0 } => (".lost", $"The probes lost are {path.Lost}: 0 to those sent is possible."),
        _ when (path.Lost ?? 0) > (path.Sent ?? 0) => (".lost", $"The probes lost are {path.Lost}: 0 to those sent, {path.Sent ?? 0}, is possible."),
        { RttMilliseconds: not (null or (>= 0 and <= MaxRoundTripMilliseconds)) } => (".rttMilliseconds", $"The round trip is {path.RttMilliseconds} ms: 0 to {MaxRoundTripMilliseconds} is possible."),
        _ => null,
    };
}
