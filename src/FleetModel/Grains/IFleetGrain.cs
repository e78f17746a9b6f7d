using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Waiting;

namespace FleetSystem.FleetModel.Grains;

/// <summary>
/// One fleet in one region: which of the region's clusters is asked, in which order, and who waits when none has a server. Its key is
/// <c>region/fleet</c>.
/// </summary>
[Alias("fleet.IFleetGrain")]
public interface IFleetGrain : IGrainWithStringKey
{
    /// <summary>
    /// Claims a server in the first cluster of the region that has one. While sessions with as early a deadline wait, only one whose turn it
    /// is gets any; others are told that there is none.
    /// </summary>
    [Alias("Claim"), ResponseTimeout(GrainTimeouts.Allocation)]
    Task<ClaimOutcome> Claim(ServerClaim claim);

    /// <summary>From its answer on, clusters are asked as they stand here; an older set than the one known changes nothing.</summary>
    [Alias("SetClusters")]
    Task SetClusters(RegionClusters clusters);

    /// <summary>The server that a session's incarnation has claimed in one of the region's clusters.</summary>
    [Alias("Find"), ResponseTimeout(GrainTimeouts.Allocation)]
    Task<ClaimOutcome> Find(string session, int incarnation);

    /// <summary>Takes a session into the queue, or says that it is full. Repeated with another ticket: that one replaces the first.</summary>
    [Alias("Enter")]
    Task<QueueReply> Enter(QueueTicket ticket);

    /// <summary>
    /// Waits for a session's turn, a few seconds at most; takes it into the queue first when it is not in there. Whoever waits calls again
    /// as long as the answer is <see cref="QueueSignal.Waiting"/>: so a queue that moves to another silo fills again by itself.
    /// </summary>
    [Alias("WaitForTurn"), ResponseTimeout(GrainTimeouts.Turn)]
    Task<QueueReply> WaitForTurn(QueueTicket ticket);

    /// <summary>Takes a session out of the queue, and its turn back.</summary>
    [Alias("Leave")]
    Task Leave(string session);

    /// <summary>Where a session stands in the queue, or null when it does not wait here.</summary>
    [Alias("GetPlace")]
    Task<QueuePlace?> GetPlace(string session);

    /// <summary>Servers wanted beyond those claimed.</summary>
    [Alias("GetDemand")]
    Task<int> GetDemand();
}

/// <summary>Keys of <see cref="IFleetGrain"/>.</summary>
public static class FleetGrainKey
{
    /// <summary>The key of a fleet in a region.</summary>
    public static string Of(string region, string fleet) => $"{region}/{fleet}";

    /// <summary>Region and fleet of a key.</summary>
    public static (string Region, string Fleet) Parse(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return (key[..slash], key[(slash + 1)..]);
    }
}
