using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace FleetSystem.LocalCloud.Sdk;

/// <summary>
/// Kestrel's transport for the sidecars: one server, and a loopback port for each sidecar that comes and goes with it. A host for each sidecar
/// would cost some megabytes apiece.
/// </summary>
internal sealed class SdkListener(ILoggerFactory loggers) : IConnectionListenerFactory, IConnectionListener
{
    /// <summary>Connections accepted that Kestrel has not taken yet; a sidecar has one client.</summary>
    private const int AcceptedMax = 256;

    private readonly SocketConnectionContextFactory _contexts = new(new SocketConnectionFactoryOptions(), loggers.CreateLogger<SdkListener>());
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateBounded<ConnectionContext>(AcceptedMax);
    private readonly ConcurrentDictionary<int, Port> _ports = new();

    public EndPoint EndPoint { get; private set; } = new IPEndPoint(IPAddress.Loopback, 0);

    /// <summary>Opens a port of the system's choice.</summary>
    public int Open()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            socket.Listen();
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var port = new Port(socket);
        _ports[port.Number] = port;
        _ = AcceptFromAsync(port);
        return port.Number;
    }

    /// <summary>Closes a port and its connections: the system may give the number to another sidecar, which must not inherit them.</summary>
    public void Close(int number)
    {
        if (!_ports.TryRemove(number, out var port))
            return;
        port.Socket.Dispose();
        foreach (var connection in port.Connections.Keys)
            connection.Abort(new ConnectionAbortedException("The sidecar has ended."));
    }

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        EndPoint = endpoint;
        return ValueTask.FromResult<IConnectionListener>(this);
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await _accepted.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        foreach (var port in _ports.Keys)
            Close(port);
        _accepted.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        _contexts.Dispose();
    }

    private async Task AcceptFromAsync(Port port)
    {
        while (true)
        {
            try
            {
                var connection = await port.Socket.AcceptAsync();
                connection.NoDelay = true;
                var context = _contexts.Create(connection);
                port.Connections.TryAdd(context, true);
                context.ConnectionClosed.Register(() => port.Connections.TryRemove(context, out _));
                if (!_ports.ContainsKey(port.Number) || !_accepted.Writer.TryWrite(context))
                    context.Abort(new ConnectionAbortedException("The sidecar has ended, or too many connections wait."));
            }
            catch (Exception exception) when (exception is ObjectDisposedException
                || exception is SocketException { SocketErrorCode: SocketError.OperationAborted or SocketError.Interrupted or SocketError.InvalidArgument })
            {
                return;
            }
            catch (SocketException)
            {
                // A client that gave up before it was accepted.
            }
        }
    }

    private sealed class Port(Socket socket)
    {
        public Socket Socket => socket;

        public int Number { get; } = ((IPEndPoint)socket.LocalEndPoint!).Port;

        public ConcurrentDictionary<ConnectionContext, bool> Connections { get; } = new();
    }
}
