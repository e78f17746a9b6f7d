using System;
using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace FleetSystem.GameClient;

/// <summary>
/// The machine's UDP. Each socket is connected: the system then drops what comes from elsewhere, and neither sending nor receiving allocates an
/// address.
/// </summary>
internal sealed class UdpPathSockets : IPathSockets
{
    public static UdpPathSockets Instance { get; } = new UdpPathSockets();

    public IPathSocket Open(string host, int port, int attempt, int bytesMax, DatagramReceived received)
    {
        var socket = new UdpPathSocket(bytesMax, received);
        _ = socket.RunAsync(host, port, attempt);
        return socket;
    }

    private sealed class UdpPathSocket : IPathSocket
    {
        /// <summary>Failures in a row, such as "port unreachable", after which the socket is given up; the path's silence has it opened again.</summary>
        private const int FailuresMax = 64;

        private readonly int _bytesMax;
        private readonly DatagramReceived _received;
        private readonly object _gate = new();
        private volatile Socket? _socket;
        private bool _disposed;

        public UdpPathSocket(int bytesMax, DatagramReceived received)
        {
            _bytesMax = bytesMax;
            _received = received;
        }

        public bool TrySend(ReadOnlySpan<byte> datagram)
        {
            // A name that is still being resolved is a path that loses datagrams.
            if (_socket is not { } socket) return true;
            try
            {
                socket.Send(datagram, SocketFlags.None, out var error);

                // Refused tells of an earlier datagram: nobody listens there now. The silence on the path will tell the same.
                return error is SocketError.Success or SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable or SocketError.ConnectionRefused or SocketError.ConnectionReset;
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
        }

        public async Task RunAsync(string host, int port, int attempt)
        {
            var addresses = IPAddress.TryParse(host, out var address) ? new[] { address } : await ResolveAsync(host).ConfigureAwait(false);
            for (var i = 0; i < addresses.Length; i++)
            {
                try
                {
                    if (Connect(new IPEndPoint(addresses[(attempt + i) % addresses.Length], port)) is { } socket) await ReceiveAsync(socket).ConfigureAwait(false);
                    return;
                }
                catch (SocketException)
                {
                    // No way there from here now (a name's IPv6 address, without IPv6): the next. Without a next, the path loses datagrams until it is opened again.
                }
            }
        }

        public void Dispose()
        {
            lock (_gate)
            {
                _disposed = true;
                _socket?.Dispose();
            }
        }

        private static async Task<IPAddress[]> ResolveAsync(string host)
        {
            try
            {
                return await Dns.GetHostAddressesAsync(host).ConfigureAwait(false);
            }
            catch (SocketException)
            {
                return Array.Empty<IPAddress>();
            }
        }

        private Socket? Connect(IPEndPoint endPoint)
        {
            lock (_gate)
            {
                if (_disposed) return null;
                var socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                try
                {
                    socket.Blocking = false;
                    socket.Connect(endPoint);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }

                return _socket = socket;
            }
        }

        private async Task ReceiveAsync(Socket socket)
        {
            // One byte more than allowed, so that an oversized datagram shows.
            var buffer = ArrayPool<byte>.Shared.Rent(_bytesMax + 1);
            try
            {
                for (var failures = 0; failures < FailuresMax;)
                {
                    try
                    {
                        var length = await socket.ReceiveAsync(buffer.AsMemory(0, _bytesMax + 1), SocketFlags.None).ConfigureAwait(false);
                        failures = 0;
                        if (length <= _bytesMax) _received(buffer.AsSpan(0, length));
                    }
                    catch (SocketException)
                    {
                        lock (_gate)
                        {
                            if (_disposed) return;
                        }

                        failures++;
                    }
                }
            }
            catch (ObjectDisposedException)
            {
                // Closed while it waited.
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
