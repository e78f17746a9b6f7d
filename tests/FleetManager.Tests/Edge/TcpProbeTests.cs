using System.Net;
using System.Net.Sockets;
using FleetSystem.FleetManager.Edge;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetManager.Tests.Edge;

/// <summary>Probes over real streams; each turn of a watch stands for one interval, whatever time it takes.</summary>
public sealed class TcpProbeTests : IAsyncDisposable
{
    private static readonly FleetManagerOptions Options = new() { ProbeInterval = TimeSpan.FromMilliseconds(20), ProbeTimeout = TimeSpan.FromMilliseconds(80) };

    private readonly PathWatch _watch = new(Options, TimeProvider.System, GameProtocol.Tcp);
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(30), TimeProvider.System);

    [Fact]
    public async Task Probe_EchoFallsSilent_DownAndBackWhenItAnswersAgain()
    {
        await using var echo = new Echo();
        await UntilAsync(echo.Target, () => State() == PathState.Healthy, "the first probe was answered");
        for (var turn = 0; turn < 40; turn++) await TurnAsync(echo.Target);
        Assert.Equal(PathState.Healthy, State());

        // Streams are taken in as before: only what they carry is not answered.
        echo.Silent = true;
        await UntilAsync(echo.Target, () => State() == PathState.Down, "the path is down");
        echo.Silent = false;
        await UntilAsync(echo.Target, () => State() == PathState.Degraded, "the path works again");
    }

    [Fact]
    public async Task Probe_NobodyListens_Down()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var target = new ProbeTarget((IPEndPoint)closed.LocalEndPoint!, []);
        await UntilAsync(target, () => State() == PathState.Down, "the path is down");
    }

    [Fact]
    public async Task Probe_AnswersWithOtherBytesOrTooFew_CountAsLost()
    {
        await using var forger = new Echo { Forge = true };
        await UntilAsync(forger.Target, () => State() == PathState.Down, "the path is down");
        await using var hasty = new Echo { Bytes = 3 };
        await UntilAsync(hasty.Target, () => State() == PathState.Down, "the path is down");
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        _patience.Dispose();
    }

    private PathState? State() => _watch.Addresses.Any() ? _watch.Addresses.First().Value.State : null;

    private async Task UntilAsync(ProbeTarget target, Func<bool> holds, string what)
    {
        while (!holds())
        {
            if (_patience.IsCancellationRequested) Assert.Fail($"waited in vain until {what}");
            await TurnAsync(target);
        }
    }

    // The pause leaves the processor to the echo, so that an answer is in time as it would be within a real interval.
    private async Task TurnAsync(ProbeTarget target)
    {
        await _watch.ProbeAsync([target], _patience.Token);
        await Task.Delay(Options.ProbeInterval, TimeProvider.System, _patience.Token);
    }

    private sealed class Echo : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _ending = new();
        private readonly Task _running;

        public Echo()
        {
            _listener.Start();
            _running = RunAsync();
        }

        public volatile bool Silent;

        public bool Forge { get; init; }

        public int Bytes { get; init; } = 8;

        public ProbeTarget Target => new((IPEndPoint)_listener.LocalEndpoint, []);

        public async ValueTask DisposeAsync()
        {
            await _ending.CancelAsync();
            await _running;
            _listener.Dispose();
            _ending.Dispose();
        }

        private async Task RunAsync()
        {
            while (true)
            {
                try
                {
                    using var stream = await _listener.AcceptSocketAsync(_ending.Token);
                    var buffer = new byte[8];
                    await stream.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, _ending.Token);
                    if (Forge) buffer[0] ^= 1;
                    if (!Silent) await stream.SendAsync(buffer.AsMemory(0, Bytes), SocketFlags.None, _ending.Token);
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
