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

/// <summary>A server that hosts several sessions, over its life: what it tells the sidecar of each, and when.</summary>
public sealed class SharedServerTests : IAsyncDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 1, 0, 0, TimeSpan.Zero));
    private readonly RecordedSdk _sdk = new();
    private readonly DatagramSocket _socket = new(IPAddress.Loopback, 0);
    private readonly Socket _player = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(30), TimeProvider.System);
    private readonly Dictionary<string, string> _annotations = new(StringComparer.Ordinal);
    private readonly TokenSigner _signer;
    private Task<int>? _running;

    public SharedServerTests()
    {
        _signer = new TokenSigner(_time);
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
    public async Task RunAsync_SeveralSessions_EachIsAcknowledgedOnceAndNoCounterIsSet()
    {
        Start();
        Show("s-1/1");
        await _sdk.UntilAsync("SetAnnotation session-ready.0=s-1/1", 1, Cancelled);
        Show("s-1/1", "s-2/3");
        await _sdk.UntilAsync("SetAnnotation session-ready.1=s-2/3", 1, Cancelled);
        Show("s-1/1", "s-2/3");
        Show("s-1/1", "s-2/3", "s-3/1");
        await _sdk.UntilAsync("SetAnnotation session-ready.2=s-3/1", 1, Cancelled);

        Assert.Equal(3, _sdk.Calls.Count(call => call.StartsWith("SetAnnotation", StringComparison.Ordinal)));
        Assert.DoesNotContain(_sdk.Calls, call => call.Contains("Counter", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("rooms", null, "ChangeCounter rooms-1")]
    [InlineData(null, "sessions", "RemoveListValue sessions s-1")]
    public async Task RunAsync_PlayersLeftOneOfTwo_WithdrawnThenItsPlaceGivenBackOnce(string? counter, string? list, string givenBack)
    {
        Start(new() { PlacesCounter = counter, PlacesList = list });
        Show("s-1/1", "s-2/1");
        await _sdk.UntilAsync("SetAnnotation session-ready.1=s-2/1", 1, Cancelled);
        var playing = await JoinAsync("p2", "s-2");
        await PlayUntilAsync(playing, _sdk.UntilAsync("SetAnnotation session-ready.0=s-1/1/ended", 1, Cancelled));

        // Not before the GameServer shows it: until then FleetSystem may take the claim and the place together.
        Show("s-1/1", "s-2/1");
        Assert.Equal(MessageType.ProbeReply, (await AskAsync(PlayerMessages.Probe(1))).Type);
        Assert.DoesNotContain(givenBack, _sdk.Calls);

        _annotations["agones.dev/sdk-session-ready.0"] = "s-1/1/ended";
        Show("s-1/1", "s-2/1");
        await _sdk.UntilAsync(givenBack, 1, Cancelled);
        Show("s-1/1", "s-2/1");
        Show("s-2/1");
        Show("s-2/1", "s-4/1");

        // The room of the session that has gone is the next one's.
        await _sdk.UntilAsync("SetAnnotation session-ready.0=s-4/1", 1, Cancelled);
        Assert.Single(_sdk.Calls, call => call == givenBack);
        Assert.Equal(MessageType.State, (await AskAsync(PlayerMessages.Input(playing, 1000))).Type);
        Assert.DoesNotContain("Shutdown", _sdk.Calls);
    }

    [Fact]
    public async Task RunAsync_ClaimTakenOff_PlayersToldAndThePlaceNotGivenBackAgain()
    {
        Start(new() { PlacesCounter = "rooms" });
        Show("s-1/1", "s-2/1");
        await _sdk.UntilAsync("SetAnnotation session-ready.1=s-2/1", 1, Cancelled);
        var gone = await JoinAsync("p1", "s-1");

        Show("s-2/1");

        var notice = await ReceiveAsync();
        Assert.Equal((MessageType.Closing, gone, (byte)ClosingReason.Withdrawn), (notice.Type, notice.Id, notice.Body[0]));
        Show("s-2/1", "s-3/1");
        await _sdk.UntilAsync("SetAnnotation session-ready.0=s-3/1", 1, Cancelled);
        Assert.DoesNotContain(_sdk.Calls, call => call.Contains("Counter", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_ClaimTakenOffBeforeTheWithdrawalShows_ThePlaceIsNotGivenBack()
    {
        Start(new() { PlacesCounter = "rooms" });
        Show("s-1/1");
        await _sdk.UntilAsync("SetAnnotation session-ready.0=s-1/1", 1, Cancelled);
        await PassTimeUntilAsync(_sdk.UntilAsync("SetAnnotation session-ready.0=s-1/1/ended", 1, Cancelled));

        Show();
        _annotations["agones.dev/sdk-session-ready.0"] = "s-1/1/ended";
        Show();
        Show("s-2/1");

        await _sdk.UntilAsync("SetAnnotation session-ready.0=s-2/1", 1, Cancelled);
        Assert.DoesNotContain(_sdk.Calls, call => call.Contains("Counter", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_LastSessionEnded_ShutsDownWhereToldTo()
    {
        Start(new() { PlacesCounter = "rooms", EndWhenEmpty = true });
        Show("s-1/1", "s-2/1");

        // Before time leaps: else a session is idle while it is still being taken up.
        await _sdk.UntilAsync("SetAnnotation session-ready.1=s-2/1", 1, Cancelled);
        await PassTimeUntilAsync(_sdk.UntilAsync("SetAnnotation session-ready.1=s-2/1/ended", 1, Cancelled));
        _annotations["agones.dev/sdk-session-ready.0"] = "s-1/1/ended";
        Show("s-1/1", "s-2/1");
        await _sdk.UntilAsync("ChangeCounter rooms-1", 1, Cancelled);
        Assert.DoesNotContain("Shutdown", _sdk.Calls);

        _annotations["agones.dev/sdk-session-ready.1"] = "s-2/1/ended";
        Show("s-2/1");

        await _sdk.UntilAsync("Shutdown", 1, Cancelled);
        Assert.Equal(ExitCode.Ok, await PassTimeUntilAsync(_running!));
    }

    [Fact]
    public async Task RunAsync_Stopped_PlayersOfEverySessionAreTold()
    {
        Start();
        Show("s-1/1", "s-2/1");
        await _sdk.UntilAsync("SetAnnotation session-ready.1=s-2/1", 1, Cancelled);
        ulong[] players = [await JoinAsync("p1", "s-1"), await JoinAsync("p2", "s-2")];

        await _stop.CancelAsync();

        Answer[] notices = [await ReceiveAsync(), await ReceiveAsync()];
        Assert.Equal(players.Order(), notices.Select(notice => notice.Id).Order());
        Assert.All(notices, notice => Assert.Equal((MessageType.Closing, (byte)ClosingReason.Stopping), (notice.Type, notice.Body[0])));
        Assert.Equal(ExitCode.Ok, await _running!.WaitAsync(Cancelled));
    }

    [Fact]
    public async Task RunAsync_UnusableClaimBesideAGoodOne_TheGoodOneIsTakenUp()
    {
        Start();
        Show("s-1/zero", "s-2/1");
        await _sdk.UntilAsync("SetAnnotation session-ready.0=s-2/1", 1, Cancelled);

        Assert.Single(_sdk.Calls, call => call.StartsWith("SetAnnotation", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_SidecarAway_TellsEverythingInOrderOnceItIsBack()
    {
        Start(new() { PlacesCounter = "rooms" });
        _sdk.Fail("SetAnnotation session-ready.0=s-1/1", StatusCode.Unavailable, StatusCode.Unavailable);
        Show("s-1/1", "s-2/1");

        await PassTimeUntilAsync(_sdk.UntilAsync("SetAnnotation session-ready.1=s-2/1", 1, Cancelled));

        Assert.Equal(
            ["SetAnnotation session-ready.0=s-1/1", "SetAnnotation session-ready.0=s-1/1", "SetAnnotation session-ready.0=s-1/1", "SetAnnotation session-ready.1=s-2/1"],
            _sdk.Calls.Where(call => call.StartsWith("SetAnnotation", StringComparison.Ordinal)).Take(4));
    }

    private void Start(GameServerOptions? options = null)
    {
        options = (options ?? new()) with { IdleEnd = Idle, ShutdownWait = TimeSpan.FromSeconds(10), SdkStart = TimeSpan.FromMinutes(30), SessionsMax = 3 };
        _running = new DedicatedServer(options, _socket, new SessionHost(options, _signer.Verifier, _time), _sdk, _time, NullLogger.Instance).RunAsync(_stop.Token);
    }

    /// <summary>Shows the server with the claims <c>session/incarnation</c>.</summary>
    private void Show(params string[] claims)
    {
        var gameServer = new AgonesGameServer
        {
            ObjectMeta = new AgonesGameServer.Types.ObjectMeta { Name = "arena-1" },
            Status = new AgonesGameServer.Types.Status { State = "Allocated" },
        };
        gameServer.ObjectMeta.Labels["agones.dev/fleet"] = "arena";
        foreach (var claim in claims.Select(claim => claim.Split('/')))
            gameServer.ObjectMeta.Labels["fleetsystem.dev/" + claim[0]] = claim[1];
        foreach (var (key, value) in _annotations)
            gameServer.ObjectMeta.Annotations[key] = value;
        gameServer.Status.Counters["rooms"] = new AgonesGameServer.Types.Status.Types.CounterStatus { Count = claims.Length, Capacity = 3 };
        _sdk.Show(gameServer);
    }

    private async Task<ulong> JoinAsync(string player, string session) =>
        (await AskAsync(PlayerMessages.Join((ulong)player.GetHashCode(StringComparison.Ordinal), _signer.Sign(player, session, lifetime: TimeSpan.FromHours(1))))).ConnectionId;

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

    /// <summary>Lets time pass while one player plays.</summary>
    private async Task PlayUntilAsync(ulong connection, Task happens)
    {
        for (uint sequence = 1; !happens.IsCompleted; sequence++)
        {
            Assert.Equal(MessageType.State, (await AskAsync(PlayerMessages.Input(connection, sequence))).Type);
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await happens;
    }

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
