using System.Net;
using System.Net.Sockets;

namespace FleetSystem.LocalCloud.Hosting;

/// <summary>Which ports this run uses: those of the options, and free ones where they say 0. Found out before anything starts.</summary>
internal sealed record PortPlan
{
    /// <summary>Between the ports of two hosts of a kind.</summary>
    public const int InstanceStep = 1000;

    /// <summary>Most hosts of a kind.</summary>
    public const int MaxInstances = 5;

    public required IReadOnlyList<MatchmakerPorts> Matchmakers { get; init; }

    public required IReadOnlyList<FleetManagerPorts> FleetManagers { get; init; }

    /// <summary>Port of DynamoDB Local, or null where there is none.</summary>
    public required int? DynamoDB { get; init; }

    public int Api => Matchmakers[0].Api;

    public int Grpc => Matchmakers[0].Grpc;

    public int Allocator => Matchmakers[0].Allocator;

    public int AllocatorGrpc => Matchmakers[0].AllocatorGrpc;

    public int Operations => FleetManagers[0].Operations;

    public required int AcceleratorApi { get; init; }

    public required IReadOnlyList<int> Kubernetes { get; init; }

    public required IReadOnlyList<int> LoadBalancers { get; init; }

    /// <summary>Every TCP port.</summary>
    public IEnumerable<int> Tcp =>
    [
        .. Matchmakers.SelectMany(host => new[] { host.Api, host.Grpc, host.Allocator, host.AllocatorGrpc, host.Silo }),
        .. FleetManagers.SelectMany(host => new[] { host.Operations, host.Silo }),
        .. Kubernetes,
        AcceleratorApi,
        .. DynamoDB is { } dynamo ? new[] { dynamo } : [],
    ];

    /// <summary>Makes the plan.</summary>
    /// <exception cref="PortTakenException">A port that was asked for is in use.</exception>
    public static PortPlan For(LocalCloudOptions options)
    {
        var regions = options.Regions.Count;
        using var finder = new Finder();
        return new PortPlan
        {
            FleetManagers = [.. Enumerable.Range(0, options.FleetManagers).Select(index => new FleetManagerPorts(
                finder.Tcp(options.OperationsPort, index * InstanceStep, "--ops-port"),
                finder.Tcp(options.SiloPort, index, "--silo-port")))],
            Matchmakers = [.. Enumerable.Range(0, options.Matchmakers).Select(index => new MatchmakerPorts(
                finder.Tcp(options.ApiPort, index * InstanceStep, "--api-port"),
                finder.Tcp(options.GrpcPort, index * InstanceStep, "--grpc-port"),
                finder.Tcp(options.AllocatorPort, index * InstanceStep, "--allocator-port"),
                finder.Tcp(options.AllocatorPort, (index * InstanceStep) + 1, "--allocator-port"),
                finder.Tcp(options.SiloPort, options.FleetManagers + index, "--silo-port")))],
            DynamoDB = options.Cluster > 0 ? finder.Tcp(options.DynamoDBPort, 0, "--dynamodb-port") : null,
            AcceleratorApi = finder.Tcp(options.AcceleratorApiPort, 0, "--accelerator-port"),
            Kubernetes = [.. Enumerable.Range(0, regions).Select(index => finder.Tcp(options.KubernetesPort, index, "--kubernetes-port"))],
            LoadBalancers = [.. Enumerable.Range(0, regions).Select(index => finder.Udp(options.LoadBalancerPort, index, "--nlb-port"))],
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
            if (first > 0)
            {
                return TryTake(type, protocol, first + index) is not { } fault ? first + index : throw new PortTakenException(
                    $"{protocol.ToString().ToUpperInvariant()} port {first + index} on 127.0.0.1 cannot be used ({fault.Message}). Choose another with {option} PORT, or let a free one be chosen with {option} 0.");
            }

            for (var tries = 0; tries < FreePorts.Count; tries++)
            {
                var port = FreePorts.Next();
                if (TryTake(type, protocol, port) is null) return port;
            }

            throw new PortTakenException($"No free port on 127.0.0.1 was found for {option}. Choose one with {option} PORT.");
        }

        private SocketException? TryTake(SocketType type, ProtocolType protocol, int port)
        {
            var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
            _held.Add(socket);
            try
            {
                // As a server binds: a connection of the last run that lingers in TIME_WAIT is no reason to refuse.
                if (type == SocketType.Stream && !OperatingSystem.IsWindows()) socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                if (type == SocketType.Stream) socket.Listen();
                return null;
            }
            catch (SocketException fault)
            {
                return fault;
            }
        }
    }
}

/// <summary>Ports of a Matchmaker.</summary>
internal sealed record MatchmakerPorts(int Api, int Grpc, int Allocator, int AllocatorGrpc, int Silo);

/// <summary>Ports of a FleetManager.</summary>
internal sealed record FleetManagerPorts(int Operations, int Silo);

/// <summary>A port that was asked for is in use; the message names it and the option that changes it.</summary>
internal sealed class PortTakenException(string message) : Exception(message);
