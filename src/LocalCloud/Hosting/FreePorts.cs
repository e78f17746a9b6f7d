using System.Net;
using System.Net.Sockets;

namespace FleetSystem.LocalCloud.Hosting;

/// <summary>
/// Ports for what is told its port before it starts. Below those that systems take for outgoing connections: a free one of these may be
/// somebody's by the time a host listens.
/// </summary>
internal static class FreePorts
{
    /// <summary>As many as there are.</summary>
    public const int Count = 12_000;

    private const int First = 20_000;

    // So that two runs at once seldom ask for the same.
    private static int _next = Environment.ProcessId * 97 % Count;

    /// <summary>The next to try; the same again only after all others.</summary>
    public static int Next() => First + (int)((uint)Interlocked.Increment(ref _next) % Count);

    /// <summary>The next TCP port of 127.0.0.1 that nobody listens on.</summary>
    public static int NextTcp()
    {
        while (true)
        {
            var port = Next();
            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, port);
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody's.
            }
        }
    }
}
