using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FleetSystem.Matchmaker.Grpc.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FleetSystem.Matchmaker.Tests.Grpc;

/// <summary>The players' API as the host sets it up, on sockets, over sessions in memory.</summary>
internal sealed class TestApi : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private TestApi(WebApplication app, FakeSessions sessions)
    {
        (_app, Sessions) = (app, sessions);
        Addresses = [.. app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses];
        Http = new HttpClient { BaseAddress = new Uri(Addresses[^1]) };
        _channel = GrpcChannel.ForAddress(Addresses[0]);
        Grpc = new Sessions.SessionsClient(_channel);
        Tickets = new Matchmaker.Grpc.V1.Tickets.TicketsClient(_channel);
    }

    public FakeSessions Sessions { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>What is listened on, gRPC first.</summary>
    public IReadOnlyList<string> Addresses { get; }

    public HttpClient Http { get; }

    public Sessions.SessionsClient Grpc { get; }

    public Matchmaker.Grpc.V1.Tickets.TicketsClient Tickets { get; }

    /// <summary>The queue <c>duel</c>.</summary>
    public Tests.Tickets.FakeQueue Queue => Sessions.Duel;

    /// <summary>Everything that can be called.</summary>
    public IEnumerable<RouteEndpoint> Endpoints => ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

    public static Task<TestApi> StartAsync(params (string Key, string Value)[] settings) => StartAsync(null, settings);

    public static Task<TestApi> StartAsync(ILoggerProvider? log, params (string Key, string Value)[] settings) => StartAsync(log, null, settings);

    public static async Task<TestApi> StartAsync(ILoggerProvider? log, TimeProvider? time, params (string Key, string Value)[] settings)
    {
        var sessions = new FakeSessions();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (log is not null) builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Matchmaker:Url"] = "http://127.0.0.1:0",
            ["Matchmaker:GrpcUrl"] = "http://127.0.0.1:0/",
            ["FleetSystem:Regions:0:Id"] = "seoul",
            ["FleetSystem:Regions:0:Zones:0"] = "seoul-a",
            ["FleetSystem:Regions:0:Zones:1"] = "seoul-b",
            ["FleetSystem:Clusters:0:Id"] = "blue",
            ["FleetSystem:Clusters:0:Region"] = "seoul",
            ["FleetSystem:Fleets:0:Id"] = "arena",
            ["FleetSystem:Fleets:0:MaxPlayers"] = "40",
            ["FleetSystem:Queues:0:Id"] = "duel",
            ["FleetSystem:Queues:0:RuleSetFile"] = "duel.json",
            ["FleetSystem:Queues:0:Fleet"] = "arena",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)));
        builder.WebHost.UseKestrelHttpsConfiguration();
        MatchmakerHost.AddServices(builder);
        builder.Services.AddSingleton(sessions.AsGrains());
        if (time is not null) builder.Services.AddSingleton(time);
        var app = builder.Build();
        MatchmakerHost.MapApi(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TestApi(app, sessions);
    }

    public async Task<(int Status, JsonObject Body)> PostAsync(string? key, JsonNode body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sessions") { Content = JsonContent.Create(body) };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!);
    }

    public async Task<CreateSessionResponse> CreateAsync(string? key, CreateSessionRequest request) => await Grpc.CreateSessionAsync(
        request, key is null ? null : new Metadata { { "idempotency-key", key } }, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Stops the host as SIGTERM does.</summary>
    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
