using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Tests.Agones;

namespace FleetSystem.LocalCloud.Tests.Recordings;

/// <summary>Sends recorded requests to a local cluster, names and versions put in, and compares what comes back.</summary>
internal sealed class Replay(TestCluster cluster)
{
    private readonly Dictionary<string, string> _substitutions = new(StringComparer.Ordinal)
    {
        // The cluster under test has no image but this.
        ["example/arena:1"] = "simulated",
    };

    /// <summary>Text of the recording that stands for text here: server names, versions.</summary>
    public Replay With(string recorded, string here)
    {
        _substitutions[recorded] = here;
        return this;
    }

    /// <summary>Sends the request; the answer must have the recorded status, type and shape.</summary>
    public async Task<JsonNode?> SendAsync(Exchange exchange, Func<JsonNode?, JsonNode?>? trim = null)
    {
        var (status, type, body) = await ExchangeAsync(exchange);
        var what = $"{exchange.Method} {exchange.Path}";
        Assert.True(exchange.Status == status, $"{what}: recorded status {exchange.Status}, here {status}: {body?.ToJsonString()}");
        Assert.Equal(exchange.ResponseType, type);
        var expected = exchange.ResponseBody?.DeepClone();
        Shape.AssertSame(trim is null ? expected : trim(expected), trim is null ? body : trim(body?.DeepClone()), what);
        return body;
    }

    private async Task<(int Status, string? Type, JsonNode? Body)> ExchangeAsync(Exchange exchange)
    {
        using var request = new HttpRequestMessage(exchange.Method, Substitute(exchange.Path));
        if (exchange.RequestBody is { } content)
        {
            // A body that is no JSON was recorded as a string.
            var text = content is JsonValue value && value.TryGetValue<string>(out var raw) ? raw : content.ToJsonString();
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Substitute(text)));
            if (exchange.ContentType is not null) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(exchange.ContentType);
        }

        using var response = await cluster.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var type = response.Content.Headers.ContentType;
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, type?.ToString(), type?.MediaType == "application/json" ? JsonNode.Parse(answer) : JsonValue.Create(answer));
    }

    private string Substitute(string text)
    {
        foreach (var (recorded, here) in _substitutions) text = text.Replace(recorded, here, StringComparison.Ordinal);
        return text;
    }
}
