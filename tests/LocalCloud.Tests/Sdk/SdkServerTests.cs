using System.Text.Json.Nodes;
using Agones.Dev.Sdk;
using Agones.Dev.Sdk.Beta;
using FleetSystem.LocalCloud.Sdk;
using FleetSystem.LocalCloud.Tests.Nodes;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using AgonesGameServer = Agones.Dev.Sdk.GameServer;
using Duration = Agones.Dev.Sdk.Duration;
using Empty = Agones.Dev.Sdk.Empty;

namespace FleetSystem.LocalCloud.Tests.Sdk;

/// <summary>The sidecar over real gRPC; answers and messages are those of the recording 34-sdk-rest of an Agones 1.56 sidecar.</summary>
public sealed class SdkServerTests : IAsyncLifetime
{
    private static readonly Empty Nothing = new();

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 1, 0, 0, TimeSpan.Zero));
    private readonly TestDeadline _deadline = new();
    private readonly InMemoryGameServer _gameServer = InMemoryGameServer.Named("sdk-one");
    private SdkServer _server = null!;
    private SdkSidecar _sidecar = null!;
    private GrpcChannel _channel = null!;
    private Agones.Dev.Sdk.SDK.SDKClient _sdk = null!;
    private Agones.Dev.Sdk.Beta.SDK.SDKClient _beta = null!;

    private CancellationToken Cancelled => _deadline.Token;

    public async ValueTask InitializeAsync()
    {
        _server = await SdkServer.StartAsync(new SdkSidecarOptions(), _time, NullLoggerFactory.Instance, Cancelled);
        _sidecar = _server.Add(_gameServer);
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{_sidecar.Port}");
        _sdk = new Agones.Dev.Sdk.SDK.SDKClient(_channel);
        _beta = new Agones.Dev.Sdk.Beta.SDK.SDKClient(_channel);
    }

    public async ValueTask DisposeAsync()
    {
        _deadline.Dispose();
        _channel.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task GetGameServer_WholeObject_ShowsWhatAgonesShows()
    {
        var shown = await _sdk.GetGameServerAsync(Nothing, cancellationToken: Cancelled);

        Assert.Equal(("sdk-one", "default", "1", 4L), (shown.ObjectMeta.Name, shown.ObjectMeta.Namespace, shown.ObjectMeta.ResourceVersion, shown.ObjectMeta.Generation));
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 1, 24, 11, TimeSpan.Zero).ToUnixTimeSeconds(), shown.ObjectMeta.CreationTimestamp);
        Assert.Equal(0, shown.ObjectMeta.DeletionTimestamp);
        Assert.Equal((5, 3, 5, false), (shown.Spec.Health.PeriodSeconds, shown.Spec.Health.FailureThreshold, shown.Spec.Health.InitialDelaySeconds, shown.Spec.Health.Disabled));
        Assert.Equal(("Scheduled", "127.0.10.1"), (shown.Status.State, shown.Status.Address));
        Assert.Equal(("game", 7302), (shown.Status.Ports[0].Name, shown.Status.Ports[0].Port_));
        Assert.Equal(("InternalIP", "127.0.10.1"), (shown.Status.Addresses[0].Type, shown.Status.Addresses[0].Address_));
        Assert.Equal(3, shown.Status.Counters["rooms"].Capacity);
        Assert.Equal(4, shown.Status.Lists["players"].Capacity);
    }

    [Fact]
    public async Task Ready_Called_IsWrittenAfterTheRateLimit()
    {
        await _sdk.ReadyAsync(Nothing, cancellationToken: Cancelled);
        Assert.Equal("Scheduled", _gameServer.State);
        _time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.Equal("Scheduled", _gameServer.State);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("RequestReady", _gameServer.State);
    }

    [Fact]
    public async Task Allocate_Called_SetsStateAndLastAllocated()
    {
        await _sdk.AllocateAsync(Nothing, cancellationToken: Cancelled);
        Written();
        Assert.Equal("Allocated", _gameServer.State);
        Assert.Equal("2026-11-23T01:00:00Z", Metadata("annotations", "agones.dev/last-allocated"));
    }

    [Fact]
    public async Task Reserve_WithDuration_ReturnsToRequestReady()
    {
        await _sdk.ReserveAsync(new Duration { Seconds = 3 }, cancellationToken: Cancelled);
        Written();
        Assert.Equal("Reserved", _gameServer.State);
        Assert.Equal("2026-11-23T01:00:03Z", _gameServer.Current!["status"]!["reservedUntil"]!.ToString());
        _time.Advance(TimeSpan.FromSeconds(3));
        Written();
        Assert.Equal("RequestReady", _gameServer.State);
    }

    [Fact]
    public async Task Reserve_AllocatedMeanwhile_StaysAllocated()
    {
        await _sdk.ReserveAsync(new Duration { Seconds = 3 }, cancellationToken: Cancelled);
        Written();
        await _sdk.AllocateAsync(Nothing, cancellationToken: Cancelled);
        Written();
        _time.Advance(TimeSpan.FromSeconds(10));
        Written();
        Assert.Equal("Allocated", _gameServer.State);
    }

    [Fact]
    public async Task Ready_AfterShutdown_IsIgnored()
    {
        await _sdk.ShutdownAsync(Nothing, cancellationToken: Cancelled);
        Written();
        await _sdk.ReadyAsync(Nothing, cancellationToken: Cancelled);
        Written();
        Assert.Equal("Shutdown", _gameServer.State);
    }

    [Fact]
    public async Task Health_Missing_UnhealthyForGood()
    {
        using (var stream = _sdk.Health(cancellationToken: Cancelled))
        {
            await stream.RequestStream.WriteAsync(Nothing, Cancelled);
            await stream.RequestStream.CompleteAsync();
            await stream.ResponseAsync;
        }

        for (var i = 0; i < 25; i++)
            _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("Unhealthy", _gameServer.State);
        await _sdk.ReadyAsync(Nothing, cancellationToken: Cancelled);
        Written();
        Assert.Equal("Unhealthy", _gameServer.State);
    }

    [Fact]
    public async Task Ready_WhileUnhealthyIsNotWrittenYet_StaysUnhealthy()
    {
        // The third failure is seen at 20 s; before its write half a second later, the game server speaks up again.
        for (var i = 0; i < 20; i++)
            _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("Scheduled", _gameServer.State);
        await _sdk.ReadyAsync(Nothing, cancellationToken: Cancelled);
        Written();
        Assert.Equal("Unhealthy", _gameServer.State);
    }

    [Fact]
    public async Task SetLabelAndSetAnnotation_GoodKeys_ArePrefixedAndGathered()
    {
        await _sdk.SetLabelAsync(new KeyValue { Key = "map", Value = "dust" }, cancellationToken: Cancelled);
        await _sdk.SetLabelAsync(new KeyValue { Key = "mode", Value = "duel" }, cancellationToken: Cancelled);
        await _sdk.SetAnnotationAsync(new KeyValue { Key = "session-ready", Value = "s-1" }, cancellationToken: Cancelled);
        Written();
        Assert.Equal("dust", Metadata("labels", "agones.dev/sdk-map"));
        Assert.Equal("duel", Metadata("labels", "agones.dev/sdk-mode"));
        Assert.Equal("s-1", Metadata("annotations", "agones.dev/sdk-session-ready"));
        Assert.Equal("arena", Metadata("labels", "agones.dev/fleet"));
        Assert.Equal(3, _gameServer.Version);
    }

    [Fact]
    public async Task SetLabel_BadKey_RefusedInAgonesWords()
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(
            async () => await _sdk.SetLabelAsync(new KeyValue { Key = "bad key!", Value = "x" }, cancellationToken: Cancelled));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Equal(
            "invalid label key \"bad key!\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
            refusal.Status.Detail);
    }

    [Theory]
    [InlineData("k", "has space")]
    [InlineData("k", "-x")]
    [InlineData("", "x")]
    [InlineData("a/b/c", "x")]
    [InlineData("Upper.Case/x", "x")]
    [InlineData("k\n", "x")]
    public async Task SetLabel_BadKeyOrValue_IsRefusedAndNotWritten(string key, string value)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(
            async () => await _sdk.SetLabelAsync(new KeyValue { Key = key, Value = value }, cancellationToken: Cancelled));
        Written();
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Equal(1, _gameServer.Version);
    }

    [Fact]
    public async Task WatchGameServer_Changes_CurrentFirstThenEach()
    {
        using var watch = _sdk.WatchGameServer(Nothing, cancellationToken: Cancelled);
        Assert.Equal("Scheduled", (await NextAsync(watch)).Status.State);
        _gameServer.Allocate("s-1");
        var allocated = await NextAsync(watch);
        Assert.Equal(("Allocated", "s-1"), (allocated.Status.State, allocated.ObjectMeta.Labels["fleetsystem.dev/session"]));
        _gameServer.Delete();
        Assert.False(await watch.ResponseStream.MoveNext(Cancelled));
    }

    [Fact]
    public async Task UpdateCounter_WithinAndOutOfRange_AsRecorded()
    {
        Assert.Equal("1 of 3", Show(await UpdateAsync(difference: 1)));
        Assert.Equal("out of range. Count must be within range [0,Capacity]. Found Count: 100, Capacity: 3", await RefusalAsync(() => UpdateAsync(difference: 99)));
        Assert.Equal("out of range. Count must be within range [0,Capacity]. Found Count: -1, Capacity: 3", await RefusalAsync(() => UpdateAsync(difference: -2)));
        Assert.Equal("counter not found: nothing", await RefusalAsync(async () => await _beta.GetCounterAsync(new GetCounterRequest { Name = "nothing" }, cancellationToken: Cancelled)));
        Assert.Equal("1 of 3", Show(await _beta.GetCounterAsync(new GetCounterRequest { Name = "rooms" }, cancellationToken: Cancelled)));
        Assert.Equal("2 of 9", Show(await UpdateAsync(count: 2, capacity: 9)));
        Written();
        Assert.Equal("""{"count":2,"capacity":9}""", _gameServer.Current!["status"]!["counters"]!["rooms"]!.ToJsonString());
    }

    [Fact]
    public async Task ListValues_AddedAndRemoved_AsRecorded()
    {
        Assert.Equal(["p1"], (await AddAsync("p1")).Values);
        Assert.Equal("already exists. Value: p1 already in List: players", await RefusalAsync(() => AddAsync("p1")));
        Assert.Equal("not found: value nobody not in list players", await RefusalAsync(() => RemoveAsync("nobody")));
        foreach (var player in new[] { "p2", "p3", "p4" })
            await AddAsync(player);
        Assert.Equal("out of range. No available capacity. Current Capacity: 4, List Size: 4", await RefusalAsync(() => AddAsync("p5")));
        Written();
        Assert.Equal(["p2", "p3", "p4"], (await RemoveAsync("p1")).Values);
        Assert.Equal(["p2", "p3", "p4"], (await _beta.GetListAsync(new GetListRequest { Name = "players" }, cancellationToken: Cancelled)).Values);
        Written();
        Assert.Equal("""["p2","p3","p4"]""", _gameServer.Current!["status"]!["lists"]!["players"]!["values"]!.ToJsonString());
    }

    [Fact]
    public async Task UpdateList_Mask_WritesTheNamedFieldsOnly()
    {
        await AddAsync("p1");
        var request = new UpdateListRequest { List = new List { Name = "players", Capacity = 1, Values = { "p8", "p9" } }, UpdateMask = new FieldMask { Paths = { "values" } } };
        await _beta.UpdateListAsync(request, cancellationToken: Cancelled);
        Written();
        Assert.Equal("""{"capacity":4,"values":["p8","p9"]}""", _gameServer.Current!["status"]!["lists"]!["players"]!.ToJsonString());

        request.UpdateMask = new FieldMask { Paths = { "capacity" } };
        await _beta.UpdateListAsync(request, cancellationToken: Cancelled);
        Written();
        Assert.Equal("""{"capacity":1,"values":["p8"]}""", _gameServer.Current!["status"]!["lists"]!["players"]!.ToJsonString());

        request.UpdateMask = new FieldMask { Paths = { "colour" } };
        Assert.Contains("invalid for List", await RefusalAsync(async () => await _beta.UpdateListAsync(request, cancellationToken: Cancelled)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Add_SeveralSidecars_EachServesItsOwnGameServer()
    {
        var other = InMemoryGameServer.Named("sdk-two");
        await using var sidecar = _server.Add(other);
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{sidecar.Port}");
        var shown = await new Agones.Dev.Sdk.SDK.SDKClient(channel).GetGameServerAsync(Nothing, cancellationToken: Cancelled);

        Assert.Equal("sdk-two", shown.ObjectMeta.Name);
        Assert.Equal("sdk-one", (await _sdk.GetGameServerAsync(Nothing, cancellationToken: Cancelled)).ObjectMeta.Name);
    }

    [Fact]
    public async Task DisposeAsync_OpenStreams_EndAndPortIsFree()
    {
        using var watch = _sdk.WatchGameServer(Nothing, cancellationToken: Cancelled);
        await NextAsync(watch);

        await _sidecar.DisposeAsync();

        try
        {
            Assert.False(await watch.ResponseStream.MoveNext(Cancelled));
        }
        catch (RpcException)
        {
            // The connection may break before the stream's end has been told.
        }

        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(async () => await socket.ConnectAsync("127.0.0.1", _sidecar.Port, Cancelled));
    }

    private static string Show(Counter counter) => $"{counter.Count} of {counter.Capacity}";

    private async Task<AgonesGameServer> NextAsync(AsyncServerStreamingCall<AgonesGameServer> watch)
    {
        Assert.True(await watch.ResponseStream.MoveNext(Cancelled));
        return watch.ResponseStream.Current;
    }

    /// <summary>What a list or counter does not allow, Agones answers with the code Unknown.</summary>
    private static async Task<string> RefusalAsync(Func<Task> call)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(StatusCode.Unknown, refusal.StatusCode);
        return refusal.Status.Detail;
    }

    private void Written() => _time.Advance(TimeSpan.FromMilliseconds(500));

    private string? Metadata(string kind, string key) => (_gameServer.Current!["metadata"]![kind] as JsonObject)?[key]?.ToString();

    private async Task<Counter> UpdateAsync(long difference = 0, long? count = null, long? capacity = null) => await _beta.UpdateCounterAsync(
        new UpdateCounterRequest { CounterUpdateRequest = new CounterUpdateRequest { Name = "rooms", CountDiff = difference, Count = count, Capacity = capacity } },
        cancellationToken: Cancelled);

    private async Task<List> AddAsync(string value) =>
        await _beta.AddListValueAsync(new AddListValueRequest { Name = "players", Value = value }, cancellationToken: Cancelled);

    private async Task<List> RemoveAsync(string value) =>
        await _beta.RemoveListValueAsync(new RemoveListValueRequest { Name = "players", Value = value }, cancellationToken: Cancelled);
}
