using System.Net;
using FleetSystem.LocalCloud.Sdk;

namespace FleetSystem.LocalCloud.Nodes;

/// <summary>Runs the pods of game servers on a cluster's nodes: as operating-system processes, or simulated.</summary>
internal interface IPodRuntime
{
    /// <summary>Starts a pod and returns when it has been started; readiness is the game server's own word, through its SDK.</summary>
    /// <exception cref="PodStartException">The pod cannot be started (unknown image, missing executable, no port).</exception>
    Task<IPod> StartAsync(PodStart start, CancellationToken cancellationToken);
}

/// <summary>A pod that was started.</summary>
internal interface IPod : IAsyncDisposable
{
    /// <summary>The process id of the game server, or null when it has no process behind it.</summary>
    int? ProcessId { get; }

    /// <summary>Completes with the exit code when the game server has ended by itself, by a kill or by <see cref="StopAsync"/>.</summary>
    Task<int> Exited { get; }

    /// <summary>Asks the game server to end (SIGTERM), and kills it when it has not ended within the grace period.</summary>
    Task StopAsync(TimeSpan gracePeriod);
}

/// <summary>What a node is told to run.</summary>
/// <param name="Name">Name of the GameServer and of its Pod.</param>
/// <param name="NodeAddress">The node's address: game ports are bound on it.</param>
/// <param name="Ports">Game ports, already assigned.</param>
/// <param name="Image">Container image; a runtime maps it to an executable.</param>
/// <param name="Arguments">Arguments of the container.</param>
/// <param name="Environment">Environment of the container as the pod template gives it.</param>
/// <param name="GameServer">The GameServer object behind the pod, for the SDK sidecar.</param>
internal sealed record PodStart(
    string Name,
    IPAddress NodeAddress,
    IReadOnlyList<PodPort> Ports,
    string Image,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    IGameServerResource GameServer);

/// <summary>A port of a pod.</summary>
/// <param name="Name">Name of the port in the GameServer, for example <c>game</c>.</param>
/// <param name="ContainerPort">Port as the container knows it.</param>
/// <param name="HostPort">Port on the node's address that players reach.</param>
/// <param name="Protocol"><c>UDP</c>, <c>TCP</c> or <c>TCPUDP</c>.</param>
internal sealed record PodPort(string Name, int ContainerPort, int HostPort, string Protocol);

/// <summary>A pod could not be started; the message says what is missing and what to do.</summary>
internal sealed class PodStartException(string message) : Exception(message);
