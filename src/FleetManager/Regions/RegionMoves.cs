using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Zones;

namespace FleetSystem.FleetManager.Regions;

/// <summary>Sessions that shall leave.</summary>
/// <param name="Zone">Their zone, or null for the whole region.</param>
/// <param name="At">Since when.</param>
/// <param name="Reason">Why, for people.</param>
internal sealed record MoveOrder(string? Zone, DateTimeOffset At, string Reason);

/// <summary>
/// Moves running sessions out of evacuated zones or a drained region, a bounded number a second, and only as many as there are servers
/// elsewhere: a session that cannot be served better stays where it plays. Belongs to the region's grain and runs on its scheduler alone.
/// </summary>
internal sealed partial class RegionMoves(
    string region, FleetSystemOptions system, FleetManagerOptions options, IGrainFactory grains, TimeProvider time, ILogger<RegionMoves> log)
{
    /// <summary>Time between two rounds.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // How long a region, a cluster or a session may take to answer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Where the next round of a cluster and zone begins: those that stay must not keep the others from their turn.
    private readonly Dictionary<(string Cluster, string? Zone), string> _next = [];
    private readonly List<MoveCount> _counts = [];
    private bool _running;

    /// <summary>How each order goes that holds.</summary>
    public IReadOnlyList<MoveTally> Tallies => [.. _counts.Select(count => count.Tally())];

    /// <summary>One round.</summary>
    /// <param name="orders">What shall be emptied; none: nothing is asked.</param>
    /// <param name="status">The region as it stands.</param>
    /// <param name="hasTold">Whether a cluster knows since a moment which zones are closed: before, its zone could get the session again.</param>
    /// <param name="cancellationToken">Ends the round.</param>
    public async Task RunAsync(IReadOnlyList<MoveOrder> orders, Func<Task<RegionStatus>> status, Func<string, DateTimeOffset, bool> hasTold, CancellationToken cancellationToken)
    {
        if (orders.Count == 0) _next.Clear();
        _counts.RemoveAll(count => orders.All(order => !count.IsOf(order)));
        if (orders.Count == 0 || _running) return;
        _running = true;
        try
        {
            var left = options.MovesPerSecond;
            foreach (var order in orders)
            {
                var count = _counts.Find(known => known.IsOf(order));
                if (count is null) _counts.Add(count = new MoveCount(order, time.GetUtcNow()));
                var room = await RoomAsync(order, status, cancellationToken);
                foreach (var cluster in system.Clusters.Where(cluster => cluster.Region == region && hasTold(cluster.Id, order.At)))
                    left -= await MoveAsync(cluster.Id, order, room, count, left, cancellationToken);
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogRoundFailed(log, region, fault.Message);
        }
        finally
        {
            _running = false;
        }
    }

    private async Task<int> MoveAsync(string cluster, MoveOrder order, Room room, MoveCount count, int most, CancellationToken cancellationToken)
    {
        if (most <= 0) return 0;
        var key = (cluster, order.Zone);
        var page = await grains.GetGrain<IClusterGrain>(cluster).ListSessions(order.Zone, _next.GetValueOrDefault(key, ""), most).WaitAsync(Patience, time, cancellationToken);
        if (page.Count == 0)
        {
            _next.Remove(key);
            count.EndLook(cluster);
            return 0;
        }

        _next[key] = page[^1].GameServer;
        var going = new List<HostedSession>();
        var noRoom = 0;
        foreach (var hosted in page.TakeWhile(_ => going.Count < most))
        {
            if (TakeRoom(room, hosted.AgonesFleet)) going.Add(hosted);
            else noRoom++;
        }

        var moved = (await Task.WhenAll(going.Select(hosted => MoveAsync(cluster, order, hosted, room, count, cancellationToken)))).Count(left => left);
        count.Add(cluster, moved, noRoom, going.Count - moved, time.GetUtcNow());
        if (moved > 0) LogMoved(log, region, cluster, moved, order.Reason);
        return going.Count;
    }

    private async Task<bool> MoveAsync(string cluster, MoveOrder order, HostedSession hosted, Room room, MoveCount count, CancellationToken cancellationToken)
    {
        try
        {
            return await grains.GetGrain<ISessionGrain>(hosted.Session)
                .Move(new SessionMove(cluster, hosted.GameServer, hosted.Incarnation, order.Zone is null ? room.RegionsOf(FleetOf(hosted.AgonesFleet)?.Id ?? hosted.AgonesFleet) : null, order.Reason)).WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogMoveFailed(log, hosted.Session, region, fault.Message);
            count.LastFailure = fault.Message;
            return false;
        }
    }

    /// <summary>Free servers that sessions could go to: of the region's open zones, or of the open regions.</summary>
    private async Task<Room> RoomAsync(MoveOrder order, Func<Task<RegionStatus>> status, CancellationToken cancellationToken)
    {
        IEnumerable<RegionStatus> regions = order.Zone is null ? await OthersAsync(cancellationToken) : [await status()];
        return new Room([.. regions
            .Where(other => other.Refusal is null)
            .SelectMany(other => other.Zones
                .Where(zone => zone.Ready > 0 && zone.Zone != order.Zone && other.ZoneStates.All(state => state.Zone != zone.Zone || state.Phase != ZonePhase.Evacuated))
                .Select(zone => (zone.Fleet, other.Region, zone.Ready)))]);
    }

    private async Task<IReadOnlyList<RegionStatus>> OthersAsync(CancellationToken cancellationToken)
    {
        var asked = await Task.WhenAll(system.Regions.Where(other => other.Id != region).Select(async other =>
        {
            try
            {
                return await grains.GetGrain<IRegionGrain>(other.Id).GetStatus().WaitAsync(Patience, time, cancellationToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // Nobody is sent where nobody answers.
                LogRegionSilent(log, region, other.Id, fault.Message);
                return null;
            }
        }));
        return [.. asked.OfType<RegionStatus>()];
    }

    private bool TakeRoom(Room room, string agonesFleet)
    {
        // The places that servers of several sessions still have are not counted: such sessions are moved at the bounded rate alone.
        var fleet = FleetOf(agonesFleet);
        return fleet?.Packing is not null || room.Take(fleet?.Id ?? agonesFleet);
    }

    private FleetOptions? FleetOf(string agonesFleet) => system.Fleets.FirstOrDefault(fleet => fleet.NamesInAgones.Contains(agonesFleet));

    /// <summary>Free servers that sessions could go to, and how many of them this round has used up.</summary>
    private sealed class Room(IReadOnlyList<(string Fleet, string Region, int Ready)> free)
    {
        private readonly Dictionary<string, int> _left = free.GroupBy(room => room.Fleet).ToDictionary(fleet => fleet.Key, fleet => fleet.Sum(room => room.Ready), StringComparer.Ordinal);

        public IReadOnlyList<string> RegionsOf(string fleet) => [.. free.Where(room => room.Fleet == fleet).Select(room => room.Region).Distinct()];

        public bool Take(string fleet)
        {
            if (_left.GetValueOrDefault(fleet) <= 0) return false;
            _left[fleet]--;
            return true;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Region {RegionId}: {Count} sessions leave cluster {ClusterId} because {Reason}")]
    private static partial void LogMoved(ILogger logger, string regionId, string clusterId, int count, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {SessionId} of region {RegionId} could not be moved; it is tried again: {Reason}")]
    private static partial void LogMoveFailed(ILogger logger, string sessionId, string regionId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Region {RegionId} does not know whether sessions could move to region {OtherRegionId}: {Reason}")]
    private static partial void LogRegionSilent(ILogger logger, string regionId, string otherRegionId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Region {RegionId}: a round of moving sessions failed; the next is in a second: {Reason}")]
    private static partial void LogRoundFailed(ILogger logger, string regionId, string reason);
}
