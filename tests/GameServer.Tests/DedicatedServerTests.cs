using System.Net;
using System.Net.Sockets;
using FleetSystem.GameServer.Net;
using FleetSystem.GameServer.Options;
using FleetSystem.GameServer.Protocol;
using FleetSystem.GameServer.Sessions;
using FleetSystem.GameServer.Tests.Join;
using FleetSystem.GameServer.Tests.Sdk;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using AgonesGameServer = Agones.Dev.Sdk.GameServer;

namespace FleetSystem.GameServer.Tests;

public sealed class DedicatedServerTests : IAsyncDisposable
{
    private const string Acknowledged = "SetAnnotation session-ready=s-1/1";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 1, 0, 0, TimeSpan.Zero));
    private readonly RecordedSdk _sdk = new();
    private readonly DatagramSocket _socket = new(IPAddress.Loopback, 0);
    private readonly Socket _player = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(30), TimeProvider.System);
    private readonly TokenSigner _signer;
    private readonly SessionHost _host;
    private readonly DedicatedServer _server;
    private Task<int>? _running;

    public DedicatedServerTests()
    {
        var options = new GameServerOptions { IdleEnd = TimeSpan.FromMinutes(30), ShutdownWait = TimeSpan.FromSeconds(10), SdkStart = TimeSpan.FromMinutes(30), BackfillAfter = TimeSpan.FromSeconds(2) };
        _signer = new TokenSigner(_time);
        _host = new SessionHost(options, _signer.Verifier, _time);
        _server = new DedicatedServer(options, _socket, _host, _sdk, _time, NullLogger.Instance);
        _player.Connect(_socket.LocalEndPoint);
    }

    private CancellationToken Cancelled => _deadline.Token;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_running is not null)
            await PassTimeUntilAsync(_running);
        _socket.Dispose();
        _player.Dispose();
        _stop.Dispose();
        _signer.Dispose();
        _deadline.Dispose();
    }

    [Fact]
    public async Task RunAsync_SidecarLate_ReadyOnceItAnswers()
    {
        _sdk.Fail("Ready", StatusCode.Unavailable, StatusCode.Unavailable, StatusCode.DeadlineExceeded);

        Start();

        await PassTimeUntilAsync(_sdk.UntilAsync("Ready", 4, Cancelled));
        Assert.False(_running!.IsCompleted);
    }

    [Fact]
    public async Task RunAsync_NoSidecarInTime_ExitsAndSaysSo()
    {
        _sdk.Fail("Ready", [.. Enumerable.Repeat(StatusCode.Unavailable, 1000)]);

        Start();

        Assert.Equal(ExitCode.NoSidecar, await PassTimeUntilAsync(_running!));
    }

    [Fact]
    public async Task RunAsync_HealthStreamBroken_OpensAnother()
    {
        _sdk.Fail("Health", StatusCode.Unavailable);

        Start();

        await PassTimeUntilAsync(_sdk.UntilAsync("OpenHealth", 2, Cancelled));
        await PassTimeUntilAsync(_sdk.UntilAsync("Health", 4, Cancelled));
        Assert.Equal(2, _sdk.Calls.Count(call => call == "OpenHealth"));
    }

    [Fact]
    public async Task RunAsync_Allocated_AcknowledgesOnceAndFillsTheCounter()
    {
        Start();
        _sdk.Show(Allocated("s-1", "1"));
        await _sdk.UntilAsync(Acknowledged, 1, Cancelled);
        await _sdk.UntilAsync("SetCounter rooms=1", 1, Cancelled);

        // The acknowledgement itself changes the GameServer, and comes back as an event.
        _sdk.Show(Allocated("s-1", "1"));
        _sdk.BreakWatch();
        await PassTimeUntilAsync(_sdk.UntilAsync("Watch", 2, Cancelled));
        _sdk.Show(Allocated("s-1", "1"));
        _sdk.Show(Allocated("s-2", "1"));
        await _sdk.UntilAsync("SetAnnotation session-ready=s-2/1", 1, Cancelled);

        Assert.Single(_sdk.Calls, call => call == Acknowledged);
    }

    [Fact]
    public async Task RunAsync_AcknowledgementNotTaken_IsRepeated()
    {
        _sdk.Fail(Acknowledged, StatusCode.Unavailable, StatusCode.DeadlineExceeded);
        Start();
        _sdk.Show(Allocated("s-1", "1"));

        await PassTimeUntilAsync(_sdk.UntilAsync(Acknowledged, 3, Cancelled));
    }

    [Theory]
    [InlineData("Ready", "s-1", "1")]
    [InlineData("Allocated", "", "1")]
    [InlineData("Allocated", "s-1", "0")]
    [InlineData("Allocated", "s-1", "one")]
    public async Task RunAsync_NoUsableClaim_TakesNothingUp(string state, string session, string incarnation)
    {
        Start();
        var gameServer = Allocated(session, incarnation);
        gameServer.Status.State = state;
        _sdk.Show(gameServer);
        _sdk.Show(Allocated("s-1", "7"));
        await _sdk.UntilAsync("SetAnnotation session-ready=s-1/7", 1, Cancelled);

        Assert.Single(_sdk.Calls, call => call.StartsWith("SetAnnotation", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_PlayerJoinsAndLeaves_ListFollows()
    {
        Start();
        _sdk.Show(Allocated("s-1", "1"));
        await _sdk.UntilAsync(Acknowledged, 1, Cancelled);

        var welcome = await AskAsync(PlayerMessages.Join(1, _signer.Sign("p1")));
        await _sdk.UntilAsync("AddListValue players p1", 1, Cancelled);
        await _player.SendAsync(PlayerMessages.Leave(welcome.ConnectionId), Cancelled);

        await _sdk.UntilAsync("RemoveListValue players p1", 1, Cancelled);
    }

    [Fact]
    public async Task RunAsync_PlayerOfAMatchLeaves_AsksForAnother()
    {
        Start();
        var match = Allocated("s-1", "1");
        match.ObjectMeta.Annotations[SessionClaim.GameDataAnnotation] = """{"teams":[{"name":"red","players":[{"playerId":"p1"}]},{"name":"blue","players":[{"playerId":"p2"}]}]}""";
        _sdk.Show(match);
        await _sdk.UntilAsync(Acknowledged, 1, Cancelled);
        var leaving = await AskAsync(PlayerMessages.Join(1, _signer.Sign("p1")));
        await AskAsync(PlayerMessages.Join(2, _signer.Sign("p2")));
        await _sdk.UntilAsync("AddListValue players p1", 1, Cancelled);

        await _player.SendAsync(PlayerMessages.Leave(leaving.ConnectionId), Cancelled);
        await _sdk.UntilAsync("RemoveListValue players p1", 1, Cancelled);

        await PassTimeUntilAsync(_sdk.UntilAsync("SetAnnotation backfill=s-1/1/1", 1, Cancelled));
    }

    [Fact]
    public async Task RunAsync_NoPlayersList_TouchesNone()
    {
        Start();
        var gameServer = Allocated("s-1", "1");
        gameServer.Status.Lists.Clear();
        gameServer.Status.Counters.Clear();
        _sdk.Show(gameServer);
        await _sdk.UntilAsync(Acknowledged, 1, Cancelled);
        await AskAsync(PlayerMessages.Join(1, _signer.Sign("p1")));

        await _stop.CancelAsync();
        Assert.Equal(ExitCode.Ok, await _running!.WaitAsync(Cancelled));

        Assert.DoesNotContain(_sdk.Calls, call => call.Contains("List", StringComparison.Ordinal) || call.Contains("Counter", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_NobodyCame_AsksForShutdownUntilTakenAndEnds()
    {
        _sdk.Fail("Shutdown", StatusCode.Unavailable, StatusCode.Unavailable);
        Start();
        _sdk.Show(Allocated("s-1", "1"));
        await _sdk.UntilAsync(Acknowledged, 1, Cancelled);

        await PassTimeUntilAsync(_sdk.UntilAsync("Shutdown", 3, Cancelled));

        Assert.Equal(ExitCode.Ok, await PassTimeUntilAsync(_running!));
        Assert.Equal(3, _sdk.Calls.Count(call => call == "Shutdown"));
    }

    [Fact]
    public async Task RunAsync_Stopped_TellsPlayersAsksForShutdownAndExits()
    {
        Start();
        _sdk.Show(Allocated("s-1", "1"));
        await _sdk.UntilAsync(Acknowledged, 1, Cancelled);
        var welcome = await AskAsync(PlayerMessages.Join(1, _signer.Sign("p1")));

        await _stop.CancelAsync();

        var notice = await ReceiveAsync();
        Assert.Equal((MessageType.Closing, welcome.ConnectionId, (byte)ClosingReason.Stopping), (notice.Type, notice.Id, notice.Body[0]));
        Assert.Equal(ExitCode.Ok, await _running!.WaitAsync(Cancelled));
        Assert.Single(_sdk.Calls, call => call == "Shutdown");
    }

    [Fact]
    public async Task RunAsync_RoutesOrderedAnew_PlayersAreTold()
    {
        Start();
        _sdk.Show(Allocated("s-1", "1"));
        await _sdk.UntilAsync(Acknowledged, 1, Cancelled);
        var welcome = await AskAsync(PlayerMessages.Join(1, _signer.Sign("p1")));

        var rerouted = Allocated("s-1", "1");
        rerouted.ObjectMeta.Annotations[RouteOrder.Annotation] = """[{"kind":"direct","state":"healthy"},{"kind":"accelerator","state":"degraded"}]""";
        _sdk.Show(rerouted);

        var told = await ReceiveAsync();
        Assert.Equal((MessageType.Routes, welcome.ConnectionId, "020301"), (told.Type, told.Id, Convert.ToHexString(told.Body)));
    }

    [Fact]
    public async Task RunAsync_StoppedWithoutSidecar_ExitsAllTheSame()
    {
        Start();
        await _sdk.UntilAsync("Ready", 1, Cancelled);
        _sdk.Fail("Shutdown", [.. Enumerable.Repeat(StatusCode.Unavailable, 1000)]);

        await _stop.CancelAsync();

        Assert.Equal(ExitCode.Ok, await PassTimeUntilAsync(_running!));
    }

    [Fact]
    public async Task RunAsync_OversizedDatagram_IsIgnoredAndCounted()
    {
        Start();
        await _player.SendAsync(new byte[Wire.DatagramLengthMax + 1], Cancelled);

        // The largest that UDP has.
        await _player.SendAsync(new byte[65_507], Cancelled);

        Assert.Equal(MessageType.ProbeReply, (await AskAsync(PlayerMessages.Probe(1))).Type);
        Assert.Equal(2, _host.Traffic.Oversized);
    }

    private static AgonesGameServer Allocated(string session, string incarnation)
    {
        var gameServer = new AgonesGameServer
        {
            ObjectMeta = new AgonesGameServer.Types.ObjectMeta { Name = "arena-1" },
            Status = new AgonesGameServer.Types.Status { State = "Allocated" },
        };
        gameServer.ObjectMeta.Labels["agones.dev/fleet"] = "arena";
        gameServer.ObjectMeta.Labels[SessionClaim.SessionLabel] = session;
        gameServer.ObjectMeta.Labels[SessionClaim.IncarnationLabel] = incarnation;
        gameServer.Status.Lists["players"] = new AgonesGameServer.Types.Status.Types.ListStatus { Capacity = 4 };
        gameServer.Status.Counters["rooms"] = new AgonesGameServer.Types.Status.Types.CounterStatus { Capacity = 1 };
        return gameServer;
    }

    private void Start() => _running = _server.RunAsync(_stop.Token);

    private async Task<Answer> AskAsync(byte[] datagram)
    {
        await _player.SendAsync(datagram, Cancelled);
        return await ReceiveAsync();
    }

    private async Task<Answer> ReceiveAsync()
    {
        var buffer = new byte[Wire.DatagramLengthMax];
        var length = await _player.ReceiveAsync(buffer, Cancelled);
        return Answer.Read(buffer.AsSpan(0, length));
    }

    /// <summary>Lets the server's time pass until something happens: how much of it is the server's affair.</summary>
    private async Task PassTimeUntilAsync(Task happens)
    {
        while (!happens.IsCompleted)
        {
            Cancelled.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await happens;
    }

    private async Task<int> PassTimeUntilAsync(Task<int> happens)
    {
        await PassTimeUntilAsync((Task)happens);
        return await happens;
    }
}
