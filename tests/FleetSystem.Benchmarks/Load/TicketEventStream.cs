using System.Net.ServerSentEvents;
using System.Text.Json;

namespace FleetSystem.Benchmarks.Load;

/// <summary>Reads server-sent events whose data is JSON.</summary>
internal static class TicketEventStream
{
    /// <summary>The events of a path, until the stream ends; heartbeats are left out.</summary>
    public static async IAsyncEnumerable<(string Name, JsonElement Data)> ReadAsync(HttpClient http, string path, Action? opened, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode) throw new LoadException((int)response.StatusCode, "stream");
        opened?.Invoke();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(stream, static (_, data) => data.IsEmpty ? default : JsonElement.Parse(data)).EnumerateAsync(cancellationToken))
        {
            if (item.Data.ValueKind == JsonValueKind.Object) yield return (item.EventType, item.Data);
        }
    }

    /// <summary>When an event happened.</summary>
    public static DateTimeOffset At(JsonElement data) => data.GetProperty("at").GetDateTimeOffset();

    /// <summary>Whether an event says that a ticket's match was formed.</summary>
    public static bool IsMatched(JsonElement data) => LoadRequests.StringAt(data, "type") == "PotentialMatchCreated";
}
