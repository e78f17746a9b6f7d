using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>
/// The tickets that wait under one rule set, and the forming of matches from them. No clock, no I/O: the same tickets in the same order with the
/// same times and seeds give the same matches. One owner calls it, from one thread at a time.
/// </summary>
/// <remarks>
/// A pass asks every ticket around which something changed, longest-waiting first, for a match with its neighbours in the attribute that the rules
/// keep close. Neighbours come from lists that are sorted by it, one for each region in which a ticket keeps to the latency rules and for each
/// value that all of a match have in common. So a pass costs what changed times a bounded search, not players squared.
/// </remarks>
public sealed class MatchPool
{
    private const byte Changed = 1;
    private const byte IsSeed = 2;

    private readonly RuleSet _ruleSet;
    private readonly string[] _regions;
    private readonly FormationLimits _limits;
    private readonly TicketStore _store;
    private readonly FormationPlan _plan;
    private readonly MatchSearch _search;
    private readonly NeighbourList _byAge = new();
    private readonly Dictionary<ulong, Group> _groups = [];
    private readonly List<int> _leavers = [];
    private readonly int[] _candidates;
    private readonly List<(double Distance, int Slot)> _found = [];
    private readonly List<(double[] Ranks, double Distance, int Slot)> _ranked = [];

    // By ticket.
    private bool[] _isWaiting = new bool[16];
    private byte[] _marks = new byte[16];
    private byte[] _stages = new byte[16];
    private double[] _orders = new double[16];
    private double[] _ages = new double[16];
    private Group[] _groupOf = new Group[16];
    private (byte Failures, int RetryAt)[] _rests = new (byte, int)[16];
    private int[] _changedIn = new int[16];
    private int[] _searchedIn = new int[16];

    private readonly bool _isByNewest;
    private int[] _changedBefore = [];
    private double[] _spanKeys = [];
    private double[] _spanRanks = [];
    private int[] _spanSlots = [];
    private int _pass;
    private bool _isUnderPressure;
    private int _seed;

    /// <summary>An empty pool.</summary>
    /// <param name="ruleSet">The rule set.</param>
    /// <param name="regions">Regions that matches can be placed in; latencies to others are not looked at.</param>
    /// <param name="limits">Limits; the defaults when null.</param>
    public MatchPool(RuleSet ruleSet, IReadOnlyList<string> regions, FormationLimits? limits = null)
    {
        (_ruleSet, _regions, _limits) = (ruleSet, [.. regions.Distinct(StringComparer.Ordinal)], limits ?? new());
        _store = new(ruleSet, _regions);
        _plan = new(ruleSet, _store);
        _search = new(_plan, _store);
        _isByNewest = ruleSet.Algorithm.ExpansionAgeSelection == ExpansionAgeSelection.Newest;
        var players = ruleSet.Stages.Max(stage => stage.MaxPlayers);
        _candidates = new int[Math.Max(_limits.MaxCandidates, players * 2)];
    }

    /// <summary>Tickets that wait.</summary>
    public int Count => _store.Count;

    /// <summary>Strings of tickets that are remembered.</summary>
    internal int Texts => _store.Texts.Count;

    /// <summary>Takes a ticket in.</summary>
    /// <returns>What is wrong with it: then it is not taken. None when it is in.</returns>
    public IReadOnlyList<RuleSetFault> Add(MatchmakingTicket ticket)
    {
        var faults = TicketChecks.Faults(ticket, _ruleSet, _regions);
        if (faults.Count > 0) return faults;
        if (_store.Contains(ticket.Id)) return [new("id", "is in the queue already.")];
        for (var i = 0; i < ticket.Players.Count; i++)
        {
            if (_store.TicketOf(ticket.Players[i].Id) is { } other) return [new($"players[{i}].id", $"is in the queue already, with ticket '{other}'.")];
        }

        if (_store.Count >= _limits.MaxTickets) return [new("", $"The queue is full: {_limits.MaxTickets} tickets wait.")];
        var slot = _store.Add(ticket);
        Reserve(slot);
        var first = _store.FirstPlayer[slot];
        (_isWaiting[slot], _marks[slot], _stages[slot], _rests[slot], _searchedIn[slot]) = (true, Changed, 0, default, 0);
        _ages[slot] = _store.Created[slot];
        _orders[slot] = _plan.Order is { } order ? order.Values[first] : _ages[slot];
        _byAge.Add(slot);
        var group = GroupFor(slot);
        _groupOf[slot] = group;
        group.Tickets++;
        group.HasChanged = true;
        for (var list = 0; list < group.Lists.Length; list++)
        {
            if (IsInRegion(slot, list)) (group.Lists[list] ??= new()).Add(slot);
        }

        return [];
    }

    /// <summary>Takes a ticket out, as when its players give up.</summary>
    /// <returns>False when it is not there.</returns>
    public bool Remove(string ticketId)
    {
        if (_store.SlotOf(ticketId) is not { } slot) return false;
        Leave(slot);
        return true;
    }

    /// <summary>Whether a ticket waits here.</summary>
    public bool Contains(string ticketId) => _store.Contains(ticketId);

    /// <summary>Forms matches from the tickets that wait. Those whose time is over leave.</summary>
    /// <param name="now">The time.</param>
    /// <param name="seed">Decides between tickets that are equally good.</param>
    public FormationPass Form(DateTimeOffset now, int seed)
    {
        _pass++;
        _seed = seed;
        Refresh();
        var expired = NoteTime(now.UtcTicks);
        foreach (var group in _groups.Values.Where(group => group.HasChanged)) MarkSeeds(group);

        var matches = new List<FormedMatch>();
        var (searches, work) = (0, _limits.MaxWork);
        foreach (var slot in _byAge.Slots)
        {
            if (!_isWaiting[slot] || _marks[slot] == 0) continue;
            var isSeed = (_marks[slot] & IsSeed) != 0;
            _marks[slot] = 0;

            // What changed and is no seed keeps to the latency rules nowhere, at no age.
            if (!isSeed) continue;
            if (work <= 0 || (_isUnderPressure && _rests[slot].RetryAt > _pass))
            {
                // Not forgotten: it is asked in a later pass.
                _marks[slot] = Changed;
                continue;
            }

            searches++;
            if (TryForm(slot, now.UtcTicks, ref work) is { } match)
            {
                matches.Add(match);
                continue;
            }

            var failures = Math.Min(_rests[slot].Failures + 1, 5);
            _rests[slot] = ((byte)failures, _pass + (1 << failures));
        }

        _isUnderPressure = work <= 0;
        return new(matches, expired, searches, !_isUnderPressure);
    }

    /// <summary>Brings the lists up to date, and only then gives the slots of those who left to others.</summary>
    private void Refresh()
    {
        _byAge.Refresh(_ages, _store.Created, _isWaiting);
        foreach (var (key, group) in _groups)
        {
            if (!group.HasMembersChanged && !group.HasChanged) continue;
            group.HasMembersChanged = false;
            if (group.Tickets == 0) _groups.Remove(key);
            foreach (var list in group.Lists) list?.Refresh(_orders, _store.Created, _isWaiting);
        }

        foreach (var slot in _leavers) _store.Free(slot);
        _leavers.Clear();
    }

    /// <summary>Lets tickets leave whose time is over, and notes those for whom other rules hold from now on.</summary>
    private List<string> NoteTime(long now)
    {
        var expired = new List<string>();
        foreach (var slot in _byAge.Slots)
        {
            if (_store.Expires[slot] <= now)
            {
                expired.Add(_store.Ids[slot]);
                Leave(slot);
                continue;
            }

            var stage = (byte)_ruleSet.StageAt((double)(now - _store.Created[slot]) / TimeSpan.TicksPerSecond);
            if (stage != _stages[slot])
            {
                _stages[slot] = stage;
                _marks[slot] |= Changed;
                _rests[slot] = default;
            }

            if (_marks[slot] == 0) continue;
            _changedIn[slot] = _pass;
            _groupOf[slot].HasChanged = true;
        }

        return expired;
    }

    /// <summary>Marks the tickets that have somebody within reach around whom something changed: only for them can there be a match that was not there before.</summary>
    private void MarkSeeds(Group group)
    {
        group.HasChanged = false;
        foreach (var list in group.Lists)
        {
            if (list is null || list.Count == 0) continue;
            var present = 0UL;
            foreach (var slot in list.Slots)
            {
                // Stages beyond 64 share a bit: then one is looked through in vain at most.
                if ((_marks[slot] & Changed) != 0) present |= 1UL << (_stages[slot] & 63);
            }

            for (var stage = 0; stage < _plan.Stages.Length; stage++)
            {
                if ((present & (1UL << (stage & 63))) != 0) MarkSeedsAround(list, stage);
            }
        }
    }

    /// <summary>Marks the tickets that can be in a match with one that changed and is in a stage.</summary>
    private void MarkSeedsAround(NeighbourList list, int changedStage)
    {
        if (_changedBefore.Length <= list.Count) _changedBefore = new int[(list.Count + 1) * 2];
        var slots = list.Slots;
        var keys = list.Keys;
        var before = _changedBefore.AsSpan(0, slots.Length + 1);
        before[0] = 0;
        for (var i = 0; i < slots.Length; i++) before[i + 1] = before[i] + (_stages[slots[i]] == changedStage ? _marks[slots[i]] & Changed : 0);
        if (before[slots.Length] == 0) return;
        Span<int> low = stackalloc int[_plan.Stages.Length];
        Span<int> high = stackalloc int[_plan.Stages.Length];
        low.Clear();
        high.Clear();
        for (var i = 0; i < slots.Length; i++)
        {
            // By the newest ticket's age the younger of the two decides how far apart they can be.
            var stage = _isByNewest ? Math.Min(_stages[slots[i]], changedStage) : 0;
            var reach = _plan.Reach[stage];
            if (double.IsPositiveInfinity(reach))
            {
                _marks[slots[i]] |= IsSeed;
                continue;
            }

            ref var from = ref low[stage];
            ref var to = ref high[stage];
            while (keys[from] < keys[i] - reach) from++;
            if (to < i) to = i;
            while (to < slots.Length && keys[to] <= keys[i] + reach) to++;
            if (before[to] > before[from]) _marks[slots[i]] |= IsSeed;
        }
    }

    private FormedMatch? TryForm(int anchor, long now, ref long work)
    {
        // By the newest ticket's age: strict rules first, which take everybody in; wider ones only with those who waited long enough. By the oldest's: the widest.
        var (first, last) = _isByNewest ? (0, (int)_stages[anchor]) : (_stages[anchor], _plan.Stages.Length - 1);
        Span<int> order = stackalloc int[Math.Max(1, _regions.Length)];
        var regions = OrderRegions(anchor, order);
        for (var stage = first; stage <= last; stage++)
        {
            foreach (var region in regions)
            {
                var list = _groupOf[anchor].Lists[_plan.IsByRegion ? region : 0];
                if (list is null) continue;
                var count = Collect(anchor, list, stage, region, out var hasNews, ref work);
                if (hasNews && Search(anchor, count, stage, region, ref work) && Settle(now, stage, region) is { } match) return match;
            }
        }

        _searchedIn[anchor] = _pass;
        return null;
    }

    /// <summary>Regions to look in, in order of preference; -1 where rules look at no latency.</summary>
    private ReadOnlySpan<int> OrderRegions(int anchor, Span<int> order)
    {
        if (!_ruleSet.NeedsLatency)
        {
            order[0] = -1;
            return order[..1];
        }

        Span<double> ranks = stackalloc double[order.Length];
        var count = 0;
        var latencies = _plan.AverageLatencies.Values.AsSpan(anchor * _regions.Length, _regions.Length);
        for (var region = 0; region < _regions.Length; region++)
        {
            if (float.IsNaN(latencies[region])) continue;
            order[count] = region;
            ranks[count++] = _ruleSet.Algorithm.BatchingPreference == BatchingPreference.LargestPopulation && _plan.IsByRegion
                ? -(_groupOf[anchor].Lists[region]?.Count ?? 0)
                : latencies[region];
        }

        ranks[..count].Sort(order[..count]);
        return order[..count];
    }

    /// <summary>Gathers tickets that can be in a match with the anchor, nearest first, or in the order of the sort rules.</summary>
    /// <remarks>Without news, that is when nothing changed with any of them since the anchor was asked last, there is no match with them either.</remarks>
    private int Collect(int anchor, NeighbourList list, int stage, int region, out bool hasNews, ref long work)
    {
        work--;
        var plan = _plan.Stages[stage];
        var searched = _searchedIn[anchor];
        hasNews = _changedIn[anchor] > searched;
        if (!IsAcceptable(anchor, plan, region)) return 0;
        _found.Clear();
        var key = _orders[anchor];
        var place = list.PositionOf(anchor, key, _store.Created);
        var (left, right) = (list.Previous(place - 1, _isWaiting), list.Next(place + 1, _isWaiting));
        var wanted = _plan.Sorts.Length > 0 ? _limits.MaxNeighbours : plan.Distances.Length > 0 ? _candidates.Length * 4 : _candidates.Length;
        var looked = 0;
        for (; looked < _limits.MaxNeighbours && _found.Count < wanted; looked++)
        {
            var toLeft = left >= 0 ? key - list.Keys[left] : double.PositiveInfinity;
            var toRight = right < list.Count ? list.Keys[right] - key : double.PositiveInfinity;
            if (left < 0 && right >= list.Count) break;
            var isLeft = right >= list.Count || (left >= 0 && (toLeft < toRight || (toLeft == toRight && IsHeads(list.Slots[left]))));
            var distance = isLeft ? toLeft : toRight;
            if (distance > plan.Window) break;
            var slot = list.Slots[isLeft ? left : right];
            if (isLeft) left = list.Previous(left - 1, _isWaiting);
            else right = list.Next(right + 1, _isWaiting);
            if (!(_isByNewest ? _stages[slot] >= stage : _stages[slot] <= stage) || !IsAcceptable(slot, plan, region)) continue;
            if (plan.Distances.Length > 0 && (distance = Farthest(anchor, slot, plan, distance / plan.Window)) > 1) continue;
            hasNews |= _changedIn[slot] > searched;
            _found.Add((distance, slot));
        }

        // Not all were looked at: those behind may be others than the last time.
        hasNews |= looked == _limits.MaxNeighbours || _found.Count == wanted;
        work -= looked / 8;
        if (_plan.Sorts.Length > 0) return TakeSorted(anchor);
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
            var apart = Math.Abs(values.Values[_store.FirstPlayer[anchor]] - values.Values[_store.FirstPlayer[slot]]);
            if (apart > limit) return double.PositiveInfinity;
            if (limit > 0) farthest = Math.Max(farthest, apart / limit);
        }

        return double.IsNaN(farthest) ? 0 : Math.Min(farthest, 1);
    }

    private int TakeSorted(int anchor)
    {
        foreach (var sort in _plan.Sorts) sort.Anchor(anchor);
        _ranked.Clear();
        foreach (var (distance, slot) in _found) _ranked.Add(([.. _plan.Sorts.Select(sort => sort.RankOf(slot))], distance, slot));
        _ranked.Sort((one, other) =>
        {
            for (var i = 0; i < one.Ranks.Length; i++)
            {
                if (one.Ranks[i] != other.Ranks[i]) return one.Ranks[i] < other.Ranks[i] ? -1 : 1;
            }

            var byDistance = one.Distance.CompareTo(other.Distance);
            if (byDistance != 0) return byDistance;
            var byAge = _store.Created[one.Slot].CompareTo(_store.Created[other.Slot]);
            return byAge != 0 ? byAge : one.Slot.CompareTo(other.Slot);
        });
        var count = Math.Min(_ranked.Count, _candidates.Length);
        for (var i = 0; i < count; i++) _candidates[i] = _ranked[i].Slot;
        return count;
    }

    private bool Search(int anchor, int count, int stage, int region, ref long work)
    {
        var players = (int)_store.Size[anchor];
        for (var i = 0; i < count; i++) players += _store.Size[_candidates[i]];
        var least = _ruleSet.Stages[stage].MinPlayers;
        if (players < least) return false;
        if (!_plan.Stages[stage].IsRange) return Run(anchor, count, stage, region, _limits.MaxPlacements, ref work);

        // All must be within one distance of each other. Among many the nearest are. Among few those on both sides are in each other's way: then
        // the fullest span with the anchor in it comes first, and when even that has too few, there is no match.
        if (players >= 4 * least && Run(anchor, count, stage, region, count * 2, ref work)) return true;
        work--;
        return OrderBySpan(anchor, count, _plan.Stages[stage].Window) >= least && Run(anchor, count, stage, region, _limits.MaxPlacements, ref work);
    }

    private bool Run(int anchor, int count, int stage, int region, int placements, ref long work)
    {
        var isFound = _search.Run(anchor, _candidates.AsSpan(0, count), stage, region, placements);
        work -= _search.Work;
        return isFound;
    }

    /// <summary>Puts the candidates in the fullest span of a width with the anchor in it first, nearest to the anchor first.</summary>
    /// <returns>Players in the span, with the anchor's.</returns>
    private int OrderBySpan(int anchor, int count, double window)
    {
        var anchorKey = _orders[anchor];
        if (_spanKeys.Length < count) (_spanKeys, _spanSlots, _spanRanks) = (new double[count], new int[count], new double[count]);
        var keys = _spanKeys.AsSpan(0, count);
        var slots = _spanSlots.AsSpan(0, count);
        for (var i = 0; i < count; i++) (slots[i], keys[i]) = (_candidates[i], _orders[_candidates[i]]);
        keys.Sort(slots);
        var (bestFrom, bestTo, bestPlayers, bestSpan) = (0, 0, 0, 0d);
        var (to, players) = (0, 0);
        for (var from = 0; from <= count; from++)
        {
            // A span begins at a candidate, or at the anchor itself.
            var begin = from < count ? Math.Min(keys[from], anchorKey) : anchorKey;
            while (to < count && keys[to] - begin <= window) players += _store.Size[slots[to++]];
            var end = to > from ? Math.Max(keys[to - 1], anchorKey) : anchorKey;
            if (players > bestPlayers || (players == bestPlayers && end - begin < bestSpan)) (bestFrom, bestTo, bestPlayers, bestSpan) = (from, to, players, end - begin);
            if (from == count || keys[from] > anchorKey) break;
            players -= _store.Size[slots[from]];
        }

        // Those outside stay behind them.
        var ranks = _spanRanks.AsSpan(0, count);
        for (var i = 0; i < count; i++) ranks[i] = Math.Abs(keys[i] - anchorKey) + (i >= bestFrom && i < bestTo ? 0 : 2 * window);
        ranks.Sort(slots);
        slots.CopyTo(_candidates);
        return bestPlayers + _store.Size[anchor];
    }

    /// <summary>Takes the tickets of a match that was found out of the pool, if it also keeps to the rules of the age that it really has.</summary>
    private FormedMatch? Settle(long now, int stage, int region)
    {
        var roster = _search.Found;
        var (actual, oldest) = (_isByNewest ? int.MaxValue : 0, long.MaxValue);
        for (var team = 0; team < roster.Teams; team++)
        {
            foreach (var slot in roster.Tickets(team))
            {
                actual = _isByNewest ? Math.Min(actual, _stages[slot]) : Math.Max(actual, _stages[slot]);
                oldest = Math.Min(oldest, _store.Created[slot]);
            }
        }

        if (actual != stage && !(_plan.Stages[actual].Program.Holds(roster, region) && FitsTeams(roster, _ruleSet.Stages[actual]))) return null;
        var teams = new FormedTeam[roster.Teams];
        for (var team = 0; team < teams.Length; team++)
        {
            var tickets = roster.Tickets(team).ToArray();
            teams[team] = new(_ruleSet.Stages[0].Teams[team].Name, Array.ConvertAll(tickets, slot => new FormedTicket(_store.Ids[slot], _store.PlayerIds.AsSpan(_store.FirstPlayer[slot], _store.Size[slot]).ToArray())));
        }

        var match = new FormedMatch(teams, RegionsOf(roster, actual), actual, TimeSpan.FromTicks(now - oldest));
        for (var team = 0; team < roster.Teams; team++)
        {
            foreach (var slot in roster.Tickets(team)) Leave(slot);
        }

        return match;
    }

    private static bool FitsTeams(Roster roster, RuleSetStage stage)
    {
        for (var team = 0; team < stage.Teams.Count; team++)
        {
            if (roster.Players(team).Length < stage.Teams[team].MinPlayers || roster.Players(team).Length > stage.Teams[team].MaxPlayers) return false;
        }

        return true;
    }

    private string[] RegionsOf(Roster roster, int stage)
    {
        var regions = new List<(double Latency, int Region)>();
        for (var region = 0; region < _regions.Length; region++)
        {
            var (sum, players) = (0d, 0);
            for (var team = 0; team < roster.Teams; team++)
            {
                foreach (var slot in roster.Tickets(team))
                {
                    sum += _plan.AverageLatencies.Values[(slot * _regions.Length) + region] * _store.Size[slot];
                    players += _store.Size[slot];
                }
            }

            if (!double.IsNaN(sum) && (!_ruleSet.NeedsLatency || _plan.Stages[stage].Program.Holds(roster, region))) regions.Add((sum / players, region));
        }

        regions.Sort();
        return [.. regions.Select(region => _regions[region.Region])];
    }

    private void Leave(int slot)
    {
        _isWaiting[slot] = false;
        var group = _groupOf[slot];
        group.Tickets--;
        group.HasMembersChanged = true;
        foreach (var list in group.Lists) list?.NoteLeaver();
        _byAge.NoteLeaver();
        _store.Forget(slot);
        _leavers.Add(slot);
    }

    private bool IsAcceptable(int slot, StagePlan plan, int region) => KeepsTo(plan.Latencies, slot, region);

    /// <summary>Whether a ticket may keep to the latency rules at some age in a region.</summary>
    private bool IsInRegion(int slot, int region) => !_plan.IsByRegion || KeepsTo(_plan.LoosestLatencies, slot, region);

    private bool KeepsTo(LatencyLimit[] limits, int slot, int region)
    {
        if (region < 0) return true;
        var place = (slot * _regions.Length) + region;
        if (float.IsNaN(_plan.AverageLatencies.Values[place])) return false;
        foreach (var limit in limits)
        {
            if (!(limit.Latencies.Values[place] <= limit.Most)) return false;
        }

        return true;
    }

    private Group GroupFor(int slot)
    {
        // Only a division: two values with the same key share a group, and the rules still tell them apart.
        var key = 14695981039346656037UL;
        foreach (var column in _plan.Equal) key = (key ^ (ulong)BitConverter.DoubleToInt64Bits(column.Values[_store.FirstPlayer[slot]])) * 1099511628211UL;
        if (!_groups.TryGetValue(key, out var group)) _groups.Add(key, group = new(_plan.IsByRegion ? _regions.Length : 1));
        return group;
    }

    private bool IsHeads(int slot) => ((((uint)_seed * 2654435761u) ^ ((uint)slot * 2246822519u)) & 0x10000) != 0;

    private void Reserve(int slot)
    {
        if (slot < _isWaiting.Length) return;
        var size = _store.Ids.Length;
        Array.Resize(ref _isWaiting, size);
        Array.Resize(ref _marks, size);
        Array.Resize(ref _stages, size);
        Array.Resize(ref _orders, size);
        Array.Resize(ref _ages, size);
        Array.Resize(ref _groupOf, size);
        Array.Resize(ref _rests, size);
        Array.Resize(ref _changedIn, size);
        Array.Resize(ref _searchedIn, size);
    }

    /// <summary>Tickets that have the same values where rules want them equal.</summary>
    private sealed class Group(int lists)
    {
        public NeighbourList?[] Lists { get; } = new NeighbourList?[lists];

        public int Tickets { get; set; }

        /// <summary>Whether somebody in it changed.</summary>
        public bool HasChanged { get; set; }

        /// <summary>Whether somebody left it.</summary>
        public bool HasMembersChanged { get; set; }
    }
}
