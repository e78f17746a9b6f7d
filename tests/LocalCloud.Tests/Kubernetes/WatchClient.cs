using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Tests.Kubernetes;

/// <summary>A watch over raw HTTP: its lines as they come.</summary>
internal sealed class WatchClient : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private WatchClient(HttpResponseMessage response, StreamReader reader)
    {
        _response = response;
        _reader = reader;
    }

    public int Status => (int)_response.StatusCode;

    public static async Task<WatchClient> OpenAsync(HttpClient http, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return new WatchClient(response, new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)));
    }

    /// <summary>The next event, or null when the watch has ended.</summary>
    public async Task<(string Type, JsonObject Object)?> NextAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var timer = TimeProvider.System.CreateTimer(_ => deadline.Cancel(), null, Deadline, Timeout.InfiniteTimeSpan);
        var line = await _reader.ReadLineAsync(deadline.Token);
        if (line is null) return null;
        var entry = JsonNode.Parse(line)!;
        return ((string)entry["type"]!, entry["object"]!.AsObject());
    }

    /// <summary>Reads until the condition holds for what has come so far.</summary>
    public async Task<IReadOnlyList<(string Type, JsonObject Object)>> ReadUntilAsync(Func<IReadOnlyList<(string Type, JsonObject Object)>, bool> condition)
    {
        var events = new List<(string, JsonObject)>();
        while (!condition(events))
        {
            events.Add(await NextAsync() ?? throw new InvalidOperationException("the watch ended before the condition held"));
        }

        return events;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }
}
