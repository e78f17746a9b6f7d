using System.Text;
using System.Text.Json;
using FleetSystem.FleetManager.Kubernetes.Reading;

namespace FleetSystem.FleetManager.Kubernetes.Requests;

/// <summary>What an API server said when it did not do what it was asked: a <c>Status</c> object, or plain text.</summary>
/// <param name="StatusCode">HTTP status, or the code of the Status in a watch's ERROR event.</param>
/// <param name="Reason">Reason of the Status (<c>Expired</c>, <c>NotFound</c>), or empty.</param>
/// <param name="Message">For people; never empty.</param>
/// <param name="Subject">Name of the object that the Status is about, or empty.</param>
/// <param name="RetryAfter">When to ask again, by the header or by the Status.</param>
internal sealed record ApiFailure(int StatusCode, string Reason, string Message, string Subject, TimeSpan? RetryAfter)
{
    private const int LongestMessage = 512;

    /// <summary>The resourceVersion or the continue token is too old: list again.</summary>
    public bool IsExpired => StatusCode == 410 || Reason is "Expired" or "Gone";

    /// <summary>The object asked for does not exist; a path that the API server does not serve is something else.</summary>
    public bool SaysNotFound(string name) => StatusCode == 404 && Reason == "NotFound" && Subject == name;

    /// <summary>Reads the body of a refusal; any body will do.</summary>
    public static ApiFailure Parse(int statusCode, TimeSpan? retryAfter, ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body, JsonFields.ReaderOptions);
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                return ReadStatus(ref reader, statusCode, retryAfter);
        }
        catch (JsonException)
        {
            // Plain text, as Agones' allocation service answers it.
        }

        return new ApiFailure(statusCode, "", Shorten(Encoding.UTF8.GetString(body[..Math.Min(body.Length, 4 * LongestMessage)]), statusCode), "", retryAfter);
    }

    /// <summary>Reads a Status object; the reader stands on its first brace. The object's own code counts when the caller has none (0).</summary>
    public static ApiFailure ReadStatus(ref Utf8JsonReader reader, int statusCode, TimeSpan? retryAfter)
    {
        string reason = "", message = "", subject = "";
        var code = 0;
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("reason"u8)) reason = JsonFields.String(ref reader) ?? "";
            else if (reader.ValueTextEquals("message"u8)) message = JsonFields.String(ref reader) ?? "";
            else if (reader.ValueTextEquals("code"u8)) code = JsonFields.Int(ref reader);
            else if (reader.ValueTextEquals("details"u8))
            {
                if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) continue;
                while (JsonFields.Next(ref reader))
                {
                    if (reader.ValueTextEquals("name"u8)) subject = JsonFields.String(ref reader) ?? "";
                    else if (reader.ValueTextEquals("retryAfterSeconds"u8))
                    {
                        var seconds = JsonFields.Int(ref reader);
                        if (seconds > 0) retryAfter ??= TimeSpan.FromSeconds(seconds);
                    }
                    else JsonFields.SkipValue(ref reader);
                }
            }
            else JsonFields.SkipValue(ref reader);
        }

        var status = statusCode != 0 ? statusCode : code;
        return new ApiFailure(status, reason, Shorten(message, status), subject, retryAfter);
    }

    public override string ToString() => Reason.Length == 0 ? $"{StatusCode}: {Message}" : $"{StatusCode} {Reason}: {Message}";

    private static string Shorten(string text, int statusCode)
    {
        var line = text.Trim().ReplaceLineEndings(" ");
        if (line.Length == 0) return $"HTTP {statusCode} without a body";
        return line.Length <= LongestMessage ? line : line[..LongestMessage] + "...";
    }
}

/// <summary>An API server answered with a refusal.</summary>
internal sealed class ApiException(ApiFailure failure) : Exception(failure.ToString())
{
    public ApiFailure Failure => failure;
}
