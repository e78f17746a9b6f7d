using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.Matchmaker.Allocator;
using FleetSystem.Matchmaker.Allocator.Protocol;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FleetSystem.Matchmaker.Tests.Allocator;

/// <summary>The drop-in allocator as the host sets it up, on sockets, over regions in memory.</summary>
internal sealed class AllocatorApi : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private AllocatorApi(WebApplication app, ScriptedAllocator allocator, Func<SocketsHttpHandler> handlers)
    {
        (_app, Allocator) = (app, allocator);
        Addresses = app.Services.GetRequiredService<AllocatorHost>().Addresses;

        // One each: a channel makes the connections of its handler itself.
        Http = new HttpClient(handlers()) { BaseAddress = new Uri(Addresses[^1]) };
        _channel = GrpcChannel.ForAddress(Addresses[0], new GrpcChannelOptions { HttpHandler = handlers(), DisposeHttpClient = true });
        Grpc = new AllocationService.AllocationServiceClient(_channel);
    }

    public ScriptedAllocator Allocator { get; }

    /// <summary>What is listened on, gRPC first.</summary>
    public IReadOnlyList<string> Addresses { get; }

    public HttpClient Http { get; }

    public AllocationService.AllocationServiceClient Grpc { get; }

    public static async Task<AllocatorApi> StartAsync(Func<SocketsHttpHandler>? handlers = null, TimeProvider? time = null, params (string Key, string Value)[] settings)
    {
        var allocator = new ScriptedAllocator();
        allocator.Serve();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Matchmaker:Url"] = "http://127.0.0.1:0",
            ["Matchmaker:GrpcUrl"] = "",
            ["Matchmaker:MaxRequestBytes"] = "65536",
            ["Matchmaker:Allocator:GrpcUrl"] = "http://127.0.0.1:0",
            ["Matchmaker:Allocator:RestUrl"] = "http://127.0.0.1:0",
            ["FleetSystem:Regions:0:Id"] = "seoul",
            ["FleetSystem:Regions:0:Zones:0"] = "seoul-a",
            ["FleetSystem:Regions:0:Zones:1"] = "seoul-b",
            ["FleetSystem:Regions:1:Id"] = "tokyo",
            ["FleetSystem:Regions:1:Zones:0"] = "tokyo-a",
            ["FleetSystem:Clusters:0:Id"] = "blue",
            ["FleetSystem:Clusters:0:Region"] = "seoul",
            ["FleetSystem:Clusters:1:Id"] = "green",
            ["FleetSystem:Clusters:1:Region"] = "tokyo",
            ["FleetSystem:Fleets:0:Id"] = "arena",
        });

        // The later of two wins.
        foreach (var (key, value) in settings) builder.Configuration[key] = value;
        MatchmakerHost.AddServices(builder);
        builder.Services.AddSingleton(allocator.AsGrains());
        if (time is not null) builder.Services.AddSingleton(time);
        var app = builder.Build();
        MatchmakerHost.MapApi(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new AllocatorApi(app, allocator, handlers ?? (() => new SocketsHttpHandler()));
    }

    /// <summary>POST /gameserverallocation.</summary>
    public async Task<(int Status, JsonObject Body, HttpResponseMessage Response)> PostAsync(string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/gameserverallocation") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, (JsonObject)JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!, response);
    }

    public AsyncUnaryCall<AllocationResponse> Allocate(AllocationRequest request, params (string Name, string Value)[] entries)
    {
        var metadata = new Metadata();
        foreach (var (name, value) in entries) metadata.Add(name, value);
        return Grpc.AllocateAsync(request, metadata, cancellationToken: TestContext.Current.CancellationToken);
    }

    /// <summary>The status that a call ends with.</summary>
    public async Task<Status> FaultOf(AllocationRequest request, params (string Name, string Value)[] entries) =>
        (await Assert.ThrowsAsync<RpcException>(async () => await Allocate(request, entries))).Status;

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
