using System.Net.Sockets;
using System.Security.Cryptography;

namespace FleetSystem.FleetManager.Edge;

/// <summary>
/// Probes by streams: each probe is a connection of its own that sends a few bytes and wants them back. One that was kept would tell of a path that works
/// again only when its own retransmission comes around, and says nothing of whether new players get in.
/// </summary>
/// <param name="target">Where to.</param>
/// <param name="patience">Probes sent until one counts as lost, at least 1.</param>
/// <param name="timeout">How long a connection may take; as long as <paramref name="patience"/> probes.</param>
/// <param name="time">The clock of the time-out.</param>
internal sealed class TcpProbe(ProbeTarget target, int patience, TimeSpan timeout, TimeProvider time) : IPathProbe
{
    private const int ProbeBytes = 8;

    private readonly CancellationTokenSource _ending = new();

    // The last probes, by their number; one more than are waited for, so that the next never hides the oldest.
    private readonly Task<bool>?[] _probes = new Task<bool>?[patience + 1];
    private ulong _sent;

    public ValueTask<bool?> NextAsync(CancellationToken cancellationToken)
    {
        // One that has not ended yet has not been answered in time.
        bool? answered = _sent < (ulong)patience ? null : _probes[SlotOf(_sent - (ulong)patience)] is { IsCompletedSuccessfully: true, Result: true };
        _probes[SlotOf(_sent++)] = ProbeAsync();
        return ValueTask.FromResult(answered);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await Task.WhenAll(_probes.OfType<Task<bool>>());
        _ending.Dispose();
    }

    private async Task<bool> ProbeAsync()
    {
        using var late = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _ending.Token);

        // Closed at once and without a rest: there are many of them.
        using var socket = new Socket(target.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(true, 0) };
        byte[] sent = [.. RandomNumberGenerator.GetBytes(ProbeBytes), .. target.Suffix];
        var received = new byte[ProbeBytes];
        try
        {
            await socket.ConnectAsync(target.EndPoint, both.Token);
            await socket.SendAsync(sent, SocketFlags.None, both.Token);
            for (var read = 0; read < ProbeBytes;)
            {
                var more = await socket.ReceiveAsync(received.AsMemory(read), SocketFlags.None, both.Token);
                if (more == 0) return false;
                read += more;
            }

            return received.AsSpan().SequenceEqual(sent.AsSpan(0, ProbeBytes));
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException)
        {
            // Refused, reset or silent: no answer.
            return false;
        }
    }

    private int SlotOf(ulong number) => (int)(number % (ulong)_probes.Length);
}
