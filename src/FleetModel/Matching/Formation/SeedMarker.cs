namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>Finds the tickets that are worth asking: those within reach of one with whom something changed.</summary>
internal sealed class SeedMarker(PoolTickets tickets)
{
    private int[] _changedBefore = [];

    /// <summary>Marks the tickets that have somebody within reach around whom something changed: only for them can there be a match that was not there before.</summary>
    public void Mark(TicketGroup group, FormationPlan plan)
    {
        group.HasChanged = false;
        foreach (var list in group.Lists)
        {
            if (list is null || list.Count == 0) continue;
            var present = 0UL;
            foreach (var slot in list.Slots)
            {
                // Stages beyond 64 share a bit: then one is looked through in vain at most.
                if (tickets.HasChanged[slot]) present |= 1UL << (tickets.Stages[slot] & 63);
            }

            for (var stage = 0; stage < plan.Stages.Length; stage++)
            {
                if ((present & (1UL << (stage & 63))) != 0) MarkAround(list, stage, plan);
            }
        }
    }

    /// <summary>Marks the tickets that can be in a match with one that changed and is in a stage.</summary>
    private void MarkAround(NeighbourList list, int changedStage, FormationPlan plan)
    {
        if (_changedBefore.Length <= list.Count) _changedBefore = new int[(list.Count + 1) * 2];
        var slots = list.Slots;
        var keys = list.Keys;
        var before = _changedBefore.AsSpan(0, slots.Length + 1);
        before[0] = 0;
        for (var i = 0; i < slots.Length; i++) before[i + 1] = before[i] + (tickets.Stages[slots[i]] == changedStage && tickets.HasChanged[slots[i]] ? 1 : 0);
        if (before[slots.Length] == 0) return;
        Span<int> low = stackalloc int[plan.Stages.Length];
        Span<int> high = stackalloc int[plan.Stages.Length];
        low.Clear();
        high.Clear();
        for (var i = 0; i < slots.Length; i++)
        {
            // By the newest ticket's age the younger of the two decides how far apart they can be.
            var stage = plan.IsByNewest ? Math.Min(tickets.Stages[slots[i]], changedStage) : 0;
            var reach = plan.Reach[stage];
            if (double.IsPositiveInfinity(reach))
            {
                tickets.IsSeed[slots[i]] = true;
                continue;
            }

            ref var from = ref low[stage];
            ref var to = ref high[stage];
            while (keys[from] < keys[i] - reach) from++;
            if (to < i) to = i;
            while (to < slots.Length && keys[to] <= keys[i] + reach) to++;
            if (before[to] > before[from]) tickets.IsSeed[slots[i]] = true;
        }
    }
}
