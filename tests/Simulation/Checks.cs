using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.Simulation.Tests.Agones;
using FleetSystem.Simulation.Tests.Silos;

namespace FleetSystem.Simulation.Tests;

/// <summary>What must hold once nothing has gone wrong for a while.</summary>
internal static class Checks
{
    /// <summary>What is not as it must be: sessions and servers belong together one to one, and nothing is under way.</summary>
    public static string? AtRest(Dictionary<string, ApiServer> clusters, Invariants invariants)
    {
        foreach (var session in invariants.Stored.Values)
        {
            if (session.State is SessionState.Pending or SessionState.Allocating or SessionState.Lost) return $"Session {session.Id} is still {session.State}.";
            if (session is not { HoldsServer: true, Server: { } held }) continue;
            var server = clusters[held.Cluster].Find(held.Name);
            if (server is null || server.IsGone || server.State != GameServerState.Allocated)
                return $"Session {session.Id} is {session.State} on server {held.Name}, which is {(server is null ? "gone" : server.State)}.";
            if (server.Sessions.Find(session.Id, session.Incarnation) is null)
                return $"Session {session.Id}/{session.Incarnation} is on server {held.Name}, which bears {server.Sessions}.";
        }

        foreach (var cluster in clusters.Values)
        {
            foreach (var server in cluster.Servers.Where(server => server is { State: GameServerState.Allocated, Deleting: false }))
            {
                if (server.Sessions.Count != 1 || invariants.Stored.GetValueOrDefault(server.Sessions[0].Session) is not { HoldsServer: true, Server: { } held } || (held.Cluster, held.Name) != (cluster.Id, server.Name))
                    return $"Server {server.Name} of {cluster.Id} is allocated for {server.Sessions}, and no open session holds it.";
            }
        }

        return null;
    }

    /// <summary>What is left of sessions that are all over: a server, or something that a grain still remembers.</summary>
    public static string? Empty(Invariants invariants, SimulatedCell cell) =>
        invariants.Stored.Values.FirstOrDefault(session => !session.IsClosed) is { } open
            ? $"Session {open.Id} was ended and is {open.State}."
            : cell.Activations.Select(activation => Memory.NotEmpty(activation.Instance)).FirstOrDefault(left => left is not null);
}
