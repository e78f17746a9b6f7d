namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>Gathers the tickets that a match around one ticket is tried with, in order of preference.</summary>
internal sealed class CandidateFinder(TicketStore store, PoolTickets tickets, FormationLimits limits, int maxPlayers)
{
    private readonly int[] _candidates = new int[Math.Max(limits.MaxCandidates, maxPlayers * 2)];
    private readonly List<(double Distance, int Slot)> _found = [];
    private double[] _spanKeys = [];
    private int[] _places = [];
    private int[] _ordered = [];
    private double[] _ranks = [];

    /// <summary>The tickets that were gathered last; as many of them as <see cref="Collect"/> said.</summary>
    public ReadOnlySpan<int> Candidates => _candidates;

    /// <summary>Gathers tickets that can be in a match with the anchor, nearest first, or in the order of the sort rules.</summary>
    /// <remarks>Without news, that is when nothing changed with any of them since the anchor was asked last, there is no match with them either.</remarks>
    public int Collect(FormationPlan whole, int anchor, NeighbourList list, int stage, int region, int seed, out bool hasNews, ref long work)
    {
        work--;
        var plan = whole.Stages[stage];
        var searched = tickets.SearchedIn[anchor];
        hasNews = tickets.ChangedIn[anchor] > searched;
        if (!whole.KeepsTo(plan.Latencies, anchor, region)) return 0;
        _found.Clear();
        var waiting = tickets.IsWaiting;
        var key = tickets.Orders[anchor];
        var place = list.PositionOf(anchor, key, store.Created);

        // Who is in a running match is in no list: then whoever stands at the place is a neighbour too.
        var (left, right) = (list.Previous(place - 1, waiting), list.Next(waiting[anchor] ? place + 1 : place, waiting));
        var wanted = plan.Sorts.Length > 0 ? limits.MaxNeighbours : plan.Distances.Length > 0 ? _candidates.Length * 4 : _candidates.Length;
        var looked = 0;
        for (; looked < limits.MaxNeighbours && _found.Count < wanted; looked++)
        {
            var toLeft = left >= 0 ? Math.Abs(key - list.Keys[left]) : double.PositiveInfinity;
            var toRight = right < list.Count ? Math.Abs(list.Keys[right] - key) : double.PositiveInfinity;
            if (left < 0 && right >= list.Count) break;
            var isLeft = right >= list.Count || (left >= 0 && (toLeft < toRight || (toLeft == toRight && IsHeads(list.Slots[left], seed))));
            var distance = isLeft ? toLeft : toRight;
            if (distance > plan.Window) break;
            var slot = list.Slots[isLeft ? left : right];
            if (isLeft) left = list.Previous(left - 1, waiting);
            else right = list.Next(right + 1, waiting);
            if (!(whole.IsByNewest ? tickets.Stages[slot] >= stage : tickets.Stages[slot] <= stage) || !whole.KeepsTo(plan.Latencies, slot, region)) continue;
            if (plan.Distances.Length > 0 && (distance = Farthest(anchor, slot, plan, distance / plan.Window)) > 1) continue;
            hasNews |= tickets.ChangedIn[slot] > searched;
            _found.Add((distance, slot));
        }

        // Not all were looked at: those behind may be others than the last time.
        hasNews |= looked == limits.MaxNeighbours || _found.Count == wanted;
        work -= looked / 8;
        if (plan.Sorts.Length > 0) return TakeSorted(anchor, plan.Sorts);
        if (plan.Distances.Length > 0) _found.Sort((one, other) => one.Distance != other.Distance ? one.Distance.CompareTo(other.Distance) : one.Slot.CompareTo(other.Slot));
        var taken = Math.Min(_found.Count, _candidates.Length);
        for (var i = 0; i < taken; i++) _candidates[i] = _found[i].Slot;
        return taken;
    }

    /// <summary>How far a ticket is from the anchor in the attribute in which it is farthest, as a part of what the rules allow.</summary>
    private double Farthest(int anchor, int slot, StagePlan plan, double known)
    {
        var farthest = known;
        foreach (var (values, limit) in plan.Distances)
        {
            var apart = Math.Abs(values.Values[store.FirstPlayer[anchor]] - values.Values[store.FirstPlayer[slot]]);
            if (apart > limit) return double.PositiveInfinity;
            if (limit > 0) farthest = Math.Max(farthest, apart / limit);
        }

        return double.IsNaN(farthest) ? 0 : Math.Min(farthest, 1);
    }

    private int TakeSorted(int anchor, TicketSort[] sorts)
    {
        foreach (var sort in sorts) sort.Anchor(anchor);
        if (_ranks.Length < _found.Count * sorts.Length) _ranks = new double[_found.Count * sorts.Length];
        if (_places.Length < _found.Count) _places = new int[_found.Count];
        for (var i = 0; i < _found.Count; i++)
        {
            _places[i] = i;
            for (var sort = 0; sort < sorts.Length; sort++) _ranks[(i * sorts.Length) + sort] = sorts[sort].RankOf(_found[i].Slot);
        }

        _places.AsSpan(0, _found.Count).Sort((one, other) =>
        {
            for (var sort = 0; sort < sorts.Length; sort++)
            {
                var (left, right) = (_ranks[(one * sorts.Length) + sort], _ranks[(other * sorts.Length) + sort]);
                if (left != right) return left < right ? -1 : 1;
            }

            var byDistance = _found[one].Distance.CompareTo(_found[other].Distance);
            if (byDistance != 0) return byDistance;
            var byAge = store.Created[_found[one].Slot].CompareTo(store.Created[_found[other].Slot]);
            return byAge != 0 ? byAge : one.CompareTo(other);
        });
        var count = Math.Min(_found.Count, _candidates.Length);
        for (var i = 0; i < count; i++) _candidates[i] = _found[_places[i]].Slot;
        return count;
    }

    /// <summary>Puts the candidates in the fullest span of a width with the anchor in it first; otherwise they keep their order.</summary>
    /// <returns>Players in the span, with the anchor's.</returns>
    public int OrderBySpan(int anchor, int count, double window)
    {
        if (_spanKeys.Length < count) (_spanKeys, _ordered) = (new double[count], new int[count]);
        if (_places.Length < count) _places = new int[count];
        var anchorKey = tickets.Orders[anchor];
        var keys = _spanKeys.AsSpan(0, count);
        var places = _places.AsSpan(0, count);
        for (var i = 0; i < count; i++) (places[i], keys[i]) = (i, tickets.Orders[_candidates[i]]);
        keys.Sort(places);
        var (bestFrom, bestTo, bestPlayers, bestSpan) = (0, 0, 0, 0d);
        var (to, players) = (0, 0);
        for (var from = 0; from <= count; from++)
        {
            // A span begins at a candidate, or at the anchor itself.
            var begin = from < count ? Math.Min(keys[from], anchorKey) : anchorKey;
            while (to < count && keys[to] - begin <= window) players += store.Size[_candidates[places[to++]]];
            var end = to > from ? Math.Max(keys[to - 1], anchorKey) : anchorKey;
            if (players > bestPlayers || (players == bestPlayers && end - begin < bestSpan)) (bestFrom, bestTo, bestPlayers, bestSpan) = (from, to, players, end - begin);
            if (from == count || keys[from] > anchorKey) break;
            players -= store.Size[_candidates[places[from]]];
        }

        // Places outside count as behind all others.
        for (var i = 0; i < count; i++) keys[i] = places[i] + (i >= bestFrom && i < bestTo ? 0 : count);
        keys.Sort(places);
        for (var i = 0; i < count; i++) _ordered[i] = _candidates[places[i]];
        _ordered.AsSpan(0, count).CopyTo(_candidates);
        return bestPlayers + store.Size[anchor];
    }

    private static bool IsHeads(int slot, int seed) => ((((uint)seed * 2654435761u) ^ ((uint)slot * 2246822519u)) & 0x10000) != 0;
}
