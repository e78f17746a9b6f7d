using System.Net;
using System.Net.Sockets;

namespace FleetSystem.LocalCloud.Hosting;

/// <summary>Which ports this run uses: those of the options, and free ones where they say 0. Found out before anything starts.</summary>
internal sealed record PortPlan
{
    public required int Api { get; init; }

    public required int Grpc { get; init; }

    public required int Allocator { get; init; }

    public required int AllocatorGrpc { get; init; }

    public required int Operations { get; init; }

    public required int AcceleratorApi { get; init; }

    public required IReadOnlyList<int> Kubernetes { get; init; }

    public required IReadOnlyList<int> LoadBalancers { get; init; }

    public required int FirstSilo { get; init; }

    public required int SecondSilo { get; init; }

    /// <summary>Makes the plan.</summary>
    /// <exception cref="PortTakenException">A port that was asked for is in use.</exception>
    public static PortPlan For(LocalCloudOptions options)
    {
        var regions = options.Regions.Count;
        using var finder = new Finder();
        return new PortPlan
        {
            Api = finder.Tcp(options.ApiPort, 0, "--api-port"),
            Grpc = finder.Tcp(options.GrpcPort, 0, "--grpc-port"),
            Allocator = finder.Tcp(options.AllocatorPort, 0, "--allocator-port"),
            AllocatorGrpc = finder.Tcp(options.AllocatorPort, 1, "--allocator-port"),
            Operations = finder.Tcp(options.OperationsPort, 0, "--ops-port"),
            AcceleratorApi = finder.Tcp(options.AcceleratorApiPort, 0, "--accelerator-port"),
            Kubernetes = [.. Enumerable.Range(0, regions).Select(index => finder.Tcp(options.KubernetesPort, index, "--kubernetes-port"))],
            LoadBalancers = [.. Enumerable.Range(0, regions).Select(index => finder.Udp(options.LoadBalancerPort, index, "--nlb-port"))],
            FirstSilo = finder.Tcp(options.SiloPort, 0, "--silo-port"),
            SecondSilo = finder.Tcp(options.SiloPort, 1, "--silo-port"),
        };
    }

    /// <summary>Holds every port until the plan is whole, so that none is given twice.</summary>
    private sealed class Finder : IDisposable
    {
        private readonly List<Socket> _held = [];

        public int Tcp(int first, int index, string option) => Take(SocketType.Stream, ProtocolType.Tcp, first, index, option);

        public int Udp(int first, int index, string option) => Take(SocketType.Dgram, ProtocolType.Udp, first, index, option);

        public void Dispose() => _held.ForEach(socket => socket.Dispose());

        private int Take(SocketType type, ProtocolType protocol, int first, int index, string option)
        {
            var port = first == 0 ? 0 : first + index;
            var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
            _held.Add(socket);
            try
            {
                // As a server binds: a connection of the last run that lingers in TIME_WAIT is no reason to refuse.
                if (type == SocketType.Stream && !OperatingSystem.IsWindows()) socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                if (type == SocketType.Stream) socket.Listen();
            }
            catch (SocketException fault)
            {
                throw new PortTakenException($"{protocol.ToString().ToUpperInvariant()} port {port} on 127.0.0.1 cannot be used ({fault.Message}). Choose another with {option} PORT, or let the system choose with {option} 0.");
            }

            return ((IPEndPoint)socket.LocalEndPoint!).Port;
        }
    }
}

/// <summary>A port that was asked for is in use; the message names it and the option that changes it.</summary>
internal sealed class PortTakenException(string message) : Exception(message);
