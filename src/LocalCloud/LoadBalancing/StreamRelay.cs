using System.Net;
using System.Net.Sockets;

namespace FleetSystem.LocalCloud.LoadBalancing;

/// <summary>
/// The data path of streams to one server. Cut, it takes streams in and lets what they carry vanish, as a black hole beyond the edge does; loss is left to
/// datagrams.
/// </summary>
/// <param name="endPoint">Where players connect to.</param>
/// <param name="target">The server.</param>
/// <param name="faults">Faults of the path.</param>
internal sealed class StreamRelay(IPEndPoint endPoint, IPEndPoint target, RelayFaults faults) : IAsyncDisposable
{
    private const int BufferBytes = 4096;

    private readonly StreamListener _listener = new(endPoint, (player, ending) => ServeAsync(player, target, faults, ending));

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private static async Task ServeAsync(Socket player, IPEndPoint target, RelayFaults faults, CancellationToken ending)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        player.NoDelay = true;
        await server.ConnectAsync(target, ending);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ending);

        // A stream that one side has ended is over for both.
        var first = await Task.WhenAny(PumpAsync(player, server, faults, over.Token), PumpAsync(server, player, faults, over.Token));
        await over.CancelAsync();
        await first;
    }

    private static async Task PumpAsync(Socket from, Socket to, RelayFaults faults, CancellationToken over)
    {
        var buffer = new byte[BufferBytes];
        while (true)
        {
            var read = await from.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, over);
            if (read == 0) return;
            for (var sent = 0; sent < read && !faults.IsCut;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), SocketFlags.None, over);
        }
    }
}
