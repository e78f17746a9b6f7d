using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;

namespace FleetSystem.FleetManager.Dashboard.Live;

/// <summary>Servers by what can be done with them, and the sessions that they host.</summary>
/// <param name="Ready">Free to be claimed.</param>
/// <param name="Allocated">Claimed, or reserved by the game server.</param>
/// <param name="Starting">On the way to Ready.</param>
/// <param name="Ending">On the way out, or broken.</param>
/// <param name="Unreachable">Whatever their state, on nodes that must not be given sessions: dead, going or cordoned.</param>
/// <param name="Sessions">Sessions hosted by all of them.</param>
public readonly record struct ServerTotals(int Ready, int Allocated, int Starting, int Ending, int Unreachable, int Sessions)
{
    /// <summary>All servers.</summary>
    public int All => Ready + Allocated + Starting + Ending + Unreachable;

    /// <summary>Those of a region.</summary>
    public static ServerTotals Of(RegionStatus status) => Of(status.Clusters.SelectMany(cluster => cluster.Servers));

    /// <summary>Those of some counts.</summary>
    public static ServerTotals Of(IEnumerable<ServerCount> counts) => counts.Aggregate(default(ServerTotals), (sum, count) => sum.Plus(Of(count)));

    /// <summary>Both together.</summary>
    public ServerTotals Plus(ServerTotals other) => new(
        Ready + other.Ready, Allocated + other.Allocated, Starting + other.Starting, Ending + other.Ending, Unreachable + other.Unreachable, Sessions + other.Sessions);

    private static ServerTotals Of(ServerCount count)
    {
        var one = new ServerTotals { Sessions = count.Sessions };
        if (!count.OnFitNode) return one with { Unreachable = count.Servers };
        return count.State switch
        {
            GameServerState.Ready => one with { Ready = count.Servers },
            GameServerState.Allocated or GameServerState.Reserved => one with { Allocated = count.Servers },
            GameServerState.Shutdown or GameServerState.Error or GameServerState.Unhealthy => one with { Ending = count.Servers },
            _ => one with { Starting = count.Servers },
        };
    }
}
