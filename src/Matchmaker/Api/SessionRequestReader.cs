using System.Text.Json;
using FleetSystem.FleetModel;

namespace FleetSystem.Matchmaker.Api;

/// <summary>Reads the JSON body of a request for a session. What it asks for is checked by <see cref="SessionRequestValidator"/>. Pure.</summary>
internal static class SessionRequestReader
{
    /// <summary>Parses a body.</summary>
    public static (CreateSessionRequest? Asked, FieldError? Fault) Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<CreateSessionRequest>(body, ApiJson.Options) is { } asked
                ? (asked, null)
                : (null, new("$", ErrorCodes.MalformedRequest, "The body is null: send an object."));
        }
        catch (JsonException fault)
        {
            return (null, new(fault.Path ?? "$", ErrorCodes.MalformedRequest, Explain(fault)));
        }
    }

    private static string Explain(JsonException fault) =>
        fault.LineNumber is { } line
            ? $"The body cannot be read at line {line + 1}, byte {(fault.BytePositionInLine ?? 0) + 1}: it is not JSON, has a field that is not known, or a value of the wrong type. See /openapi/v1.json."
            : "The body cannot be read: it is not JSON, has a field that is not known, or a value of the wrong type. See /openapi/v1.json.";
}
