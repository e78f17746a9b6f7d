using System.Text.Json;
using FleetSystem.FleetModel;
using FleetSystem.Matchmaker.Api;

namespace FleetSystem.Matchmaker.Tickets;

/// <summary>Reads the JSON bodies of tickets, acceptances and backfills. What they ask for is checked by <see cref="TicketRequestValidator"/>. Pure.</summary>
internal static class TicketRequestReader
{
    // Of a name that is there twice one would silently win: attributes decide whom a player meets.
    private static readonly JsonSerializerOptions Options = new(ApiJson.Options) { AllowDuplicateProperties = false };

    /// <summary>Parses a body.</summary>
    public static (T? Asked, FieldError? Fault) Read<T>(ReadOnlySpan<byte> body)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(body, Options) is { } asked ? (asked, null) : (null, new("$", ErrorCodes.MalformedRequest, "The body is null: send an object."));
        }
        catch (JsonException fault)
        {
            return (null, new(fault.Path ?? "$", ErrorCodes.MalformedRequest, Explain(fault)));
        }
    }

    private static string Explain(JsonException fault) =>
        $"The body cannot be read{(fault.LineNumber is { } line ? $" at line {line + 1}, byte {(fault.BytePositionInLine ?? 0) + 1}" : "")}: it is not JSON, is nested deeper than {ApiJson.Options.MaxDepth} levels, "
        + "has a field that is not known or there twice, or a value of the wrong type. See /openapi/v1.json.";
}
