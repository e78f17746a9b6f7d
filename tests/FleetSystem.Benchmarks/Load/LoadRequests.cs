using System.Text.Json;

namespace FleetSystem.Benchmarks.Load;

/// <summary>Sends a request and reads its whole answer; every way in which that can fail becomes a <see cref="LoadException"/>.</summary>
internal static class LoadRequests
{
    /// <summary>Returns the answer's JSON, an undefined element when it has none.</summary>
    /// <param name="http">The connections.</param>
    /// <param name="request">What to send.</param>
    /// <param name="codeOf">Finds the code in the document of a refusal.</param>
    public static async Task<JsonElement> SendAsync(HttpClient http, HttpRequestMessage request, Func<JsonElement, string?> codeOf)
    {
        try
        {
            using var response = await http.SendAsync(request);
            var body = await response.Content.ReadAsByteArrayAsync();
            var json = Parse(body);
            if (!response.IsSuccessStatusCode)
                throw new LoadException((int)response.StatusCode, (json.ValueKind == JsonValueKind.Object ? codeOf(json) : null) ?? "");
            return json;
        }
        catch (OperationCanceledException)
        {
            throw new LoadException(0, "timeout");
        }
        catch (HttpRequestException e)
        {
            throw new LoadException(0, e.HttpRequestError.ToString());
        }
    }

    public static string? StringAt(JsonElement json, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out json))
                return null;
        }

        return json.ValueKind == JsonValueKind.String ? json.GetString() : null;
    }

    private static JsonElement Parse(byte[] body)
    {
        try
        {
            return body.Length == 0 ? default : JsonElement.Parse(body);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
