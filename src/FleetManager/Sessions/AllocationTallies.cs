using FleetSystem.FleetModel.Operations;

namespace FleetSystem.FleetManager.Sessions;

/// <summary>Counts how this silo's allocations went, by region and fleet, until somebody takes the counts away. For any thread.</summary>
internal sealed class AllocationTallies
{
    private readonly Lock _counting = new();
    private Dictionary<(string Region, string Fleet), AllocationTally> _tallies = [];

    /// <summary>An allocation brought a server.</summary>
    public void Allocated(string region, string fleet, TimeSpan duration) => Change(region, fleet, tally => tally.WithAllocated(duration));

    /// <summary>An allocation failed.</summary>
    public void Failed(string region, string fleet) => Change(region, fleet, tally => tally.WithFailed());

    /// <summary>A session left its server, and gets another.</summary>
    public void ServerLeft(string region, string fleet, bool isMove) => Change(region, fleet, tally => tally.WithServerLeft(isMove));

    /// <summary>What was counted since it was taken last, by region.</summary>
    public ILookup<string, AllocationTally> Take()
    {
        lock (_counting)
        {
            var taken = _tallies;
            _tallies = [];
            return taken.ToLookup(pair => pair.Key.Region, pair => pair.Value);
        }
    }

    private void Change(string region, string fleet, Func<AllocationTally, AllocationTally> change)
    {
        lock (_counting) _tallies[(region, fleet)] = change(_tallies.TryGetValue((region, fleet), out var tally) ? tally : new AllocationTally { Fleet = fleet });
    }
}
