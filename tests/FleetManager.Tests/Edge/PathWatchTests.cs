using System.Net;
using System.Net.Sockets;
using FleetSystem.FleetManager.Edge;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetManager.Tests.Edge;

/// <summary>Probes over real sockets; each turn of a watch stands for one interval, whatever time it takes.</summary>
public sealed class PathWatchTests : IAsyncDisposable
{
    private static readonly FleetManagerOptions Options = new() { ProbeInterval = TimeSpan.FromMilliseconds(20), ProbeTimeout = TimeSpan.FromMilliseconds(80) };

    private readonly PathWatch _watch = new(Options, TimeProvider.System);
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(30), TimeProvider.System);

    [Fact]
    public async Task Probe_EchoAnswers_Healthy()
    {
        await using var echo = new Echo();
        await UntilAsync([echo.Target()], watch => watch.Addresses.Any(), "the first probe's time is over");
        for (var turn = 0; turn < 40; turn++) await TurnAsync([echo.Target()]);

        var (address, health) = Assert.Single(_watch.Addresses);
        Assert.Equal(("127.0.0.1", PathState.Healthy), (address, health.State));
        Assert.InRange(health.LossShare, 0, 0.4);
    }

    [Fact]
    public async Task Probe_EchoFallsSilent_DownAndBackWhenItAnswersAgain()
    {
        await using var echo = new Echo();
        await UntilAsync([echo.Target()], watch => watch.Addresses.Any(), "the first probe's time is over");

        echo.Silent = true;
        await UntilAsync([echo.Target()], _ => StateNow() == PathState.Down, "the path is down");
        Assert.Equal(PathState.Down, StateNow());

        echo.Silent = false;
        await UntilAsync([echo.Target()], _ => StateNow() == PathState.Degraded, "the path works again");
    }

    [Fact]
    public async Task Probe_NobodyListens_Down()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var target = new ProbeTarget((IPEndPoint)closed.LocalEndPoint!, []);
        closed.Close();

        await UntilAsync([target], _ => _watch.Addresses.Any() && StateNow() == PathState.Down, "the path is down");
    }

    [Fact]
    public async Task Probe_OneOfTwoAddressesIsDead_EachHasItsOwnHealth()
    {
        await using var alive = new Echo();
        await using var dead = new Echo(IPAddress.Parse("127.0.0.2")) { Silent = true };
        var targets = new[] { alive.Target(), dead.Target() };
        await UntilAsync(targets, watch => watch.Addresses.Any(pair => pair.Value.State == PathState.Down), "one address is down");

        Assert.Equal(
            [("127.0.0.1", PathState.Healthy), ("127.0.0.2", PathState.Down)],
            _watch.Addresses.Select(pair => (pair.Key, pair.Value.State)).OrderBy(pair => pair.Key, StringComparer.Ordinal));
        Assert.Equal(PathState.Healthy, PathHealth.Best(_watch.Addresses.Select(pair => pair.Value)).State);
    }

    [Fact]
    public async Task Probe_AnswersWithOtherNumbers_CountAsLost()
    {
        await using var forger = new Echo { Forge = true };
        await UntilAsync([forger.Target()], _ => _watch.Addresses.Any() && StateNow() == PathState.Down, "the path is down");
    }

    [Fact]
    public async Task Probe_WithSuffix_EndsInIt()
    {
        await using var echo = new Echo();
        await TurnAsync([echo.Target([1, 2, 3])]);

        var datagram = await echo.Received.WaitAsync(_patience.Token);
        Assert.Equal([1, 2, 3], datagram[8..]);
    }

    [Fact]
    public async Task Probe_AddressThatIsNoTargetAnyMore_IsForgotten()
    {
        await using var echo = new Echo();
        await UntilAsync([echo.Target()], watch => watch.Addresses.Any(), "the first probe's time is over");
        await TurnAsync([]);

        Assert.Empty(_watch.Addresses);
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        _patience.Dispose();
    }

    private PathState StateNow() => _watch.Addresses.First().Value.State;

    private async Task UntilAsync(ProbeTarget[] targets, Func<PathWatch, bool> holds, string what)
    {
        while (!holds(_watch))
        {
            if (_patience.IsCancellationRequested) Assert.Fail($"waited in vain until {what}");
            await TurnAsync(targets);
        }
    }

    // The pause leaves the processor to the echo, so that an answer is in time as it would be within a real interval.
    private async Task TurnAsync(ProbeTarget[] targets)
    {
        await _watch.ProbeAsync(targets, _patience.Token);
        await Task.Delay(Options.ProbeInterval, TimeProvider.System, _patience.Token);
    }

    private sealed class Echo : IAsyncDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        private readonly TaskCompletionSource<byte[]> _received = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenSource _ending = new();
        private readonly Task _running;

        public Echo(IPAddress? address = null)
        {
            _socket.Bind(new IPEndPoint(address ?? IPAddress.Loopback, 0));
            _running = RunAsync();
        }

        public volatile bool Silent;

        public bool Forge { get; init; }

        public Task<byte[]> Received => _received.Task;

        public ProbeTarget Target(byte[]? suffix = null) => new((IPEndPoint)_socket.LocalEndPoint!, suffix ?? []);

        public async ValueTask DisposeAsync()
        {
            await _ending.CancelAsync();
            await _running;
            _socket.Dispose();
            _ending.Dispose();
        }

        private async Task RunAsync()
        {
            var buffer = new byte[64];
            var anywhere = new IPEndPoint(IPAddress.Any, 0);
            while (true)
            {
                try
                {
                    var received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, anywhere, _ending.Token);
                    _received.TrySetResult(buffer[..received.ReceivedBytes]);
                    if (Forge) buffer[0] ^= 1;
                    if (!Silent) await _socket.SendToAsync(buffer.AsMemory(0, received.ReceivedBytes), SocketFlags.None, received.RemoteEndPoint, _ending.Token);
                }
                catch (SocketException)
                {
                    // The prober has gone.
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }
}
