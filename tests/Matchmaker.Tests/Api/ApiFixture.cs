using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.Matchmaker.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;

namespace FleetSystem.Matchmaker.Tests.Api;

/// <summary>The Matchmaker's own host on real sockets, with scripted grains in the place of the FleetManager's.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    private WebApplication? _host;

    internal Script Script { get; } = new();

    /// <summary>The event feed's clock: nothing else of the host goes by it.</summary>
    internal FakeTimeProvider FeedClock { get; } = new();

    /// <summary>Where metrics are read.</summary>
    internal Uri MetricsUrl { get; } = new($"http://127.0.0.1:{FreePorts.NextTcp()}");

    internal HttpClient Http { get; private set; } = null!;

    internal IPEndPoint EndPoint { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        string[] settings =
        [
            "Matchmaker:Url=http://127.0.0.1:0", "Matchmaker:GrpcUrl=", $"Matchmaker:MetricsUrl={MetricsUrl}", $"Silo:Port={FreePorts.NextTcp()}", "Matchmaker:MaxRequestBytes=262144", "Matchmaker:CallPatience=00:00:01",
            "FleetSystem:Regions:0:Id=ap-northeast-2", "FleetSystem:Regions:0:Zones:0=ap-northeast-2a", "FleetSystem:Regions:0:Zones:1=ap-northeast-2b",
            "FleetSystem:Regions:0:Echo:Address=10.0.0.9", "FleetSystem:Regions:0:Echo:Port=7",
            "FleetSystem:Regions:1:Id=us-west-2", "FleetSystem:Regions:1:Zones:0=us-west-2a",
            "FleetSystem:Clusters:0:Id=blue", "FleetSystem:Clusters:0:Region=ap-northeast-2",
            "FleetSystem:Clusters:1:Id=west", "FleetSystem:Clusters:1:Region=us-west-2",
            "FleetSystem:Fleets:0:Id=arena",
            "FleetSystem:Fleets:1:Id=seoul-only", "FleetSystem:Fleets:1:Regions:0=ap-northeast-2",
            "FleetSystem:Fleets:2:Id=away", "FleetSystem:Fleets:3:Id=broken",
        ];
        _host = MatchmakerHost.Build([.. settings.Select(setting => "--" + setting)], builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton(Script);
            builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<EventFeed>(services, (TimeProvider)FeedClock));
            builder.Services.PostConfigure<GrainTypeOptions>(types => types.Classes.UnionWith([typeof(ScriptedSessionGrain), typeof(ScriptedRegionGrain)]));
        });
        await _host.StartAsync(TestContext.Current.CancellationToken);
        var address = new Uri(_host.Urls.Single(url => new Uri(url).Port != MetricsUrl.Port));
        EndPoint = new IPEndPoint(IPAddress.Loopback, address.Port);
        Http = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = address };
    }

    /// <summary>POST /v1/sessions.</summary>
    internal async Task<Answer> Post(string? key, string body, string mediaType = "application/json") =>
        await Send(HttpMethod.Post, "/v1/sessions", key, new StringContent(body, Encoding.UTF8, mediaType));

    internal async Task<Answer> Send(HttpMethod method, string path, string? key = null, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new Answer(response.StatusCode, response.Content.Headers.ContentType?.MediaType, text.Length == 0 ? null : JsonNode.Parse(text), response.Headers);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_host is not null) await _host.DisposeAsync();
    }
}

internal sealed record Answer(HttpStatusCode Status, string? MediaType, JsonNode? Body, System.Net.Http.Headers.HttpResponseHeaders Headers)
{
    /// <summary>Checks that it is a problem document that says what is wrong and what to do.</summary>
    public Answer AssertProblem(HttpStatusCode status, string code)
    {
        Assert.Equal((status, code), (Status, (string?)Body?["code"]));
        Assert.Equal("application/problem+json", MediaType);
        Assert.Equal((int)status, (int?)Body!["status"]);
        Assert.Equal($"urn:fleetsystem:problem:{code}", (string?)Body["type"]);
        Assert.InRange(((string?)Body["title"])?.Length ?? 0, 1, 200);
        Assert.InRange(((string?)Body["detail"])?.Length ?? 0, 10, 20_000);
        return this;
    }
}
