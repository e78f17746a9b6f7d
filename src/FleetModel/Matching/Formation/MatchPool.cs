using FleetSystem.FleetModel.Grains;
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
    private const int MaxRests = 10;
    private const int FirstChoiceAt = 512;
    private const int ChoiceSample = 512;

    private readonly RuleSet _ruleSet;
    private readonly string[] _regions;
    private readonly FormationLimits _limits;
    private readonly TicketStore _store;
    private readonly NeighbourList _byAge = new();
    private readonly Dictionary<ulong, TicketGroup> _groups = [];
    private readonly List<int> _leavers = [];

    // Oldest first.
    private readonly List<RunningMatch> _running = [];
    private readonly PoolTickets _tickets = new();
    private readonly SeedMarker _seeds;
    private readonly CandidateFinder _finder;
    private FormationPlan _plan;
    private MatchSearch _search;
    private int _orderChoice;
    private int _chosenAt = FirstChoiceAt;
    private int _pass;
    private bool _isUnderPressure;
    private int _seed;

    /// <summary>An empty pool.</summary>
    /// <param name="ruleSet">The rule set.</param>
    /// <param name="regions">Regions that matches can be placed in; latencies to others are not looked at.</param>
    /// <param name="limits">Limits; the defaults when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">A limit is out of its bounds.</exception>
    public MatchPool(RuleSet ruleSet, IReadOnlyList<string> regions, FormationLimits? limits = null)
    {
        (_ruleSet, _regions, _limits) = (ruleSet, [.. regions.Distinct(StringComparer.Ordinal)], limits ?? new());
        _limits.Check();
        _store = new(ruleSet, _regions);
        _plan = new(ruleSet, _store);
        _search = new(_plan, _store);
        _seeds = new(_tickets);
        _finder = new(_store, _tickets, _limits, ruleSet.MaxPlayers);
    }

    /// <summary>Tickets that wait.</summary>
    public int Count => _store.Count - _running.Sum(match => match.Members.Length);

    /// <summary>Running matches that ask for players.</summary>
    public int BackfillCount => _running.Count;

    /// <summary>Strings of tickets that are remembered.</summary>
    internal int Texts => _store.Texts.Count;

    /// <summary>Takes a ticket in.</summary>
    /// <returns>What is wrong with it: then it is not taken. None when it is in.</returns>
    public IReadOnlyList<RuleSetFault> Add(MatchmakingTicket ticket)
    {
        var faults = TicketChecks.Faults(ticket, _ruleSet, _regions);
        if (faults.Count > 0) return faults;
        if (Contains(ticket.Id)) return [new("id", "is in the queue already.")];
        for (var i = 0; i < ticket.Players.Count; i++)
        {
            if (_store.TicketOf(ticket.Players[i].Id) is { } other) return [new($"players[{i}].id", $"is in the queue already, with ticket '{other}'.")];
        }

        if (_store.Count >= _limits.MaxTickets) return [new("", $"The queue is full: {_limits.MaxTickets} tickets wait.")];
        var slot = _store.Add(ticket);
        _tickets.Reserve(_store.Ids.Length);
        (_tickets.IsWaiting[slot], _tickets.HasChanged[slot], _tickets.Stages[slot], _tickets.Rests[slot], _tickets.SearchedIn[slot]) = (true, true, 0, default, 0);
        _tickets.Ages[slot] = _store.Created[slot];
        _byAge.Add(slot);
        Enter(slot);
        return [];
    }

    /// <summary>Takes a running match in that asks for players.</summary>
    /// <returns>What is wrong with it: then it is not taken. None when it is in.</returns>
    public IReadOnlyList<RuleSetFault> Add(BackfillTicket backfill)
    {
        var faults = TicketChecks.Faults(backfill, _ruleSet, _regions);
        if (faults.Count > 0) return faults;
        if (Contains(backfill.Id)) return [new("id", "is in the queue already.")];
        var players = backfill.Teams.SelectMany(team => team.Value.Select(player => (Team: team.Key, Player: player))).ToList();
        foreach (var (team, player) in players)
        {
            if (_store.TicketOf(player.Id) is { } other) return [new($"teams.{team}", $"has '{player.Id}', who is in the queue already, with ticket '{other}'.")];
        }

        if (_store.Count + players.Count > _limits.MaxTickets) return [new("", $"The queue is full: {_limits.MaxTickets} tickets wait.")];
        var names = _ruleSet.Stages[0].Teams.Select(team => team.Name).ToList();
        var members = players.Select(member => (names.IndexOf(member.Team), AddMember(backfill, member.Player))).OrderBy(member => member).ToArray();
        var match = new RunningMatch(backfill.Id, backfill.CreatedAt.UtcTicks, backfill.ExpiresAt.UtcTicks, backfill.Region is { } region ? Array.IndexOf(_regions, region) : -1, members);
        var place = _running.FindIndex(other => other.Created > match.Created);
        _running.Insert(place < 0 ? _running.Count : place, match);
        return [];
    }

    /// <summary>Takes a ticket or a running match out, as when its players give up.</summary>
    /// <returns>False when it is not there.</returns>
    public bool Remove(string ticketId)
    {
        if (_running.Find(match => match.Id == ticketId) is { } running)
        {
            Leave(running);
            return true;
        }

        if (_store.SlotOf(ticketId) is not { } slot) return false;
        Leave(slot);
        return true;
    }

    /// <summary>Whether a ticket, or a running match, waits here.</summary>
    public bool Contains(string ticketId) => _store.Contains(ticketId) || _running.Exists(match => match.Id == ticketId);

    /// <summary>Forms matches from the tickets that wait. Those whose time is over leave.</summary>
    /// <param name="now">The time.</param>
    /// <param name="seed">Decides between tickets that are equally good.</param>
    public FormationPass Form(DateTimeOffset now, int seed)
    {
        _pass++;
        _seed = seed;
        Refresh();
        var expired = NoteTime(now.UtcTicks);
        foreach (var group in _groups.Values.Where(group => group.HasChanged)) _seeds.Mark(group, _plan);

        var matches = new List<FormedMatch>();
        var (searches, work) = (0, _limits.MaxWork);
        var running = new Queue<RunningMatch>(_running);
        var priority = _ruleSet.Algorithm.BackfillPriority;
        if (priority == BackfillPriority.High) Refill(running, long.MaxValue, now.UtcTicks, matches, ref searches, ref work);
        foreach (var slot in _byAge.Slots)
        {
            if (priority == BackfillPriority.Normal) Refill(running, _store.Created[slot], now.UtcTicks, matches, ref searches, ref work);

            // Who changed and is no seed keeps to the latency rules nowhere, at no age.
            var isSeed = _tickets.IsSeed[slot];
            (_tickets.IsSeed[slot], _tickets.HasChanged[slot]) = (false, false);
            if (!isSeed || !_tickets.IsWaiting[slot]) continue;
            if (work <= 0 || (_isUnderPressure && _tickets.Rests[slot].Until > _pass))
            {
                // Not forgotten: it is asked in a later pass.
                _tickets.HasChanged[slot] = true;
                continue;
            }

            searches++;
            if (TryForm(slot, now.UtcTicks, ref work) is { } match)
            {
                matches.Add(match);
                continue;
            }

            // While a pass cannot ask everybody, those who were asked in vain rest, each time twice as long: the old who fit nobody do not keep the
            // young waiting. Others may still choose them.
            var failures = Math.Min(_tickets.Rests[slot].Failures + 1, MaxRests);
            _tickets.Rests[slot] = ((byte)failures, _pass + (1 << failures));
        }

        Refill(running, long.MaxValue, now.UtcTicks, matches, ref searches, ref work);
        _isUnderPressure = work <= 0;
        return new(matches, expired, searches, !_isUnderPressure);
    }

    /// <summary>
    /// What keeps the longest-waiting tickets from a match, most frequent first: rules, or that there are too few players. For people, and some hundred milliseconds of
    /// work at most; a pass does not do it.
    /// </summary>
    public IReadOnlyList<MatchObstacle> Explain()
    {
        Refresh();
        return new ObstacleFinder(_plan, _store, _tickets).Find(_byAge.Slots);
    }

    /// <summary>Fills running matches that are as old as a ticket whose turn it is.</summary>
    private void Refill(Queue<RunningMatch> running, long created, long now, List<FormedMatch> matches, ref int searches, ref long work)
    {
        while (running.TryPeek(out var match) && match.Created <= created)
        {
            running.Dequeue();
            if (work <= 0) continue;
            searches++;
            if (TryRefill(match, now, ref work) is { } filled) matches.Add(filled);
        }
    }

    private FormedMatch? TryRefill(RunningMatch match, long now, ref long work)
    {
        var own = _tickets.Stages[match.First];
        var (first, last) = _plan.IsByNewest ? (0, (int)own) : (own, _plan.Stages.Length - 1);
        Span<int> order = stackalloc int[Math.Max(1, _regions.Length)];
        var regions = !_ruleSet.NeedsLatency || match.Region < 0 ? OrderRegions(match.First, order) : [match.Region];
        if (!_groups.TryGetValue(GroupKey(match.First), out var group)) return null;
        for (var stage = first; stage <= last; stage++)
        {
            foreach (var region in regions)
            {
                if (group.Lists[_plan.IsByRegion ? region : 0] is not { } list) continue;
                if (!KeepTo(_plan.Stages[stage].Latencies, match, region)) continue;
                var count = _finder.Collect(_plan, match.First, list, stage, region, _seed, out var hasNews, ref work);
                if (!hasNews || count == 0) continue;
                var isFound = _search.Refill(match.Members, _finder.Candidates[..count], stage, region, _limits.MaxPlacements);
                work -= (long)_search.Work * _plan.Stages[stage].Program.Cost;
                if (isFound && Settle(now, stage, region, match) is { } filled) return filled;
            }
        }

        _tickets.SearchedIn[match.First] = _pass;
        return null;
    }

    /// <summary>Brings the lists up to date, and only then gives the slots of those who left to others.</summary>
    private void Refresh()
    {
        _byAge.Refresh(_tickets.Ages, _store.Created, _tickets.IsWaiting);
        ChooseOrder();
        foreach (var (key, group) in _groups)
        {
            if (!group.HasLeavers && !group.HasChanged) continue;
            group.HasLeavers = false;
            if (group.Tickets == 0) _groups.Remove(key);
            foreach (var list in group.Lists) list?.Refresh(_tickets.Orders, _store.Created, _tickets.IsWaiting);
        }

        foreach (var slot in _leavers) _store.Free(slot);
        _leavers.Clear();
    }

    /// <summary>
    /// Where rules keep several attributes close, tickets are ordered by the one in which fewest are near. Which that is depends on who plays, so it
    /// is looked at again each time that the pool has doubled.
    /// </summary>
    private void ChooseOrder()
    {
        var waiting = _byAge.Slots;
        if (_plan.OrderChoices.Length < 2 || waiting.Length < _chosenAt) return;
        _chosenAt = waiting.Length * 2;
        var sample = new double[Math.Min(ChoiceSample, waiting.Length)];
        var (best, bestPart, ownPart) = (0, double.PositiveInfinity, double.PositiveInfinity);
        for (var choice = 0; choice < _plan.OrderChoices.Length; choice++)
        {
            var (attribute, party) = _plan.OrderChoices[choice];
            var column = _store.Numbers(attribute, party).Values;
            for (var i = 0; i < sample.Length; i++) sample[i] = column[_store.FirstPlayer[waiting[(int)((long)i * waiting.Length / sample.Length)]]];
            Array.Sort(sample);
            var spread = sample[sample.Length * 9 / 10] - sample[sample.Length / 10];
            var window = choice == _orderChoice ? _plan.Stages[0].Window : _plan.Stages[0].Distances.First(limit => limit.Values.Values == column).Distance;
            var part = spread > 0 ? window / spread : double.PositiveInfinity;
            if (choice == _orderChoice) ownPart = part;
            if (part < bestPart) (best, bestPart) = (choice, part);
        }

        // Ordering anew costs as much as taking everybody in: not for a little.
        if (best == _orderChoice || bestPart * 2 > ownPart) return;
        _orderChoice = best;
        _plan = new(_ruleSet, _store, best);
        _search = new(_plan, _store);
        _groups.Clear();
        foreach (var slot in waiting) Enter(slot);
        foreach (var (_, member) in _running.SelectMany(match => match.Members)) _tickets.Orders[member] = OrderOf(member);
    }

    private double OrderOf(int slot) => _plan.Order is { } order ? order.Values[_store.FirstPlayer[slot]] : _tickets.Ages[slot];

    private void Enter(int slot)
    {
        _tickets.Orders[slot] = OrderOf(slot);
        var group = _tickets.Groups[slot] = GroupFor(slot);
        group.Tickets++;
        group.HasChanged = true;
        for (var list = 0; list < group.Lists.Length; list++)
        {
            if (!_plan.IsByRegion || _plan.KeepsTo(_plan.LoosestLatencies, slot, list)) (group.Lists[list] ??= new()).Add(slot);
        }
    }

    /// <summary>Lets tickets leave whose time is over, and notes those for whom other rules hold from now on.</summary>
    private List<string> NoteTime(long now)
    {
        var expired = _running.Where(match => match.Expires <= now).Select(match => match.Id).ToList();
        foreach (var match in _running.Where(match => match.Expires <= now).ToList()) Leave(match);
        foreach (var (_, member) in _running.SelectMany(match => match.Members))
        {
            var stage = StageOf(member, now);
            if (stage != _tickets.Stages[member]) (_tickets.Stages[member], _tickets.ChangedIn[member]) = (stage, _pass);
        }

        foreach (var slot in _byAge.Slots)
        {
            if (_store.Expires[slot] <= now)
            {
                expired.Add(_store.Ids[slot]);
                Leave(slot);
                continue;
            }

            var stage = StageOf(slot, now);
            if (stage != _tickets.Stages[slot])
            {
                _tickets.Stages[slot] = stage;
                _tickets.HasChanged[slot] = true;
                _tickets.Rests[slot] = default;
            }

            if (!_tickets.HasChanged[slot]) continue;
            _tickets.ChangedIn[slot] = _pass;
            _tickets.Groups[slot].HasChanged = true;
        }

        return expired;
    }

    private FormedMatch? TryForm(int anchor, long now, ref long work)
    {
        // By the newest ticket's age: strict rules first, which take everybody in; wider ones only with those who waited long enough. By the oldest's: the widest.
        var (first, last) = _plan.IsByNewest ? (0, (int)_tickets.Stages[anchor]) : (_tickets.Stages[anchor], _plan.Stages.Length - 1);
        Span<int> order = stackalloc int[Math.Max(1, _regions.Length)];
        var regions = OrderRegions(anchor, order);
        for (var stage = first; stage <= last; stage++)
        {
            foreach (var region in regions)
            {
                var list = _tickets.Groups[anchor].Lists[_plan.IsByRegion ? region : 0];
                if (list is null) continue;
                var count = _finder.Collect(_plan, anchor, list, stage, region, _seed, out var hasNews, ref work);
                if (hasNews && Search(anchor, count, stage, region, ref work) && Settle(now, stage, region) is { } match) return match;
            }
        }

        _tickets.SearchedIn[anchor] = _pass;
        return null;
    }

    private bool KeepTo(LatencyLimit[] limits, RunningMatch match, int region)
    {
        foreach (var (_, member) in match.Members)
        {
            if (!_plan.KeepsTo(limits, member, region)) return false;
        }

        return true;
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
                ? -(_groups.GetValueOrDefault(GroupKey(anchor))?.Lists[region]?.Count ?? 0)
                : latencies[region];
        }

        ranks[..count].Sort(order[..count]);
        return order[..count];
    }

    private bool Search(int anchor, int count, int stage, int region, ref long work)
    {
        var players = (int)_store.Size[anchor];
        for (var i = 0; i < count; i++) players += _store.Size[_finder.Candidates[i]];
        var least = _ruleSet.Stages[stage].MinPlayers;
        if (players < least) return false;
        if (!_plan.Stages[stage].IsRange) return Run(anchor, count, stage, region, _limits.MaxPlacements, ref work);

        // All must be within one distance of each other. Among many the nearest are. Among few those on both sides are in each other's way: then
        // the fullest span with the anchor in it comes first, and when even that has too few, there is no match.
        if (players >= 4 * least && Run(anchor, count, stage, region, count * 2, ref work)) return true;
        work--;
        return _finder.OrderBySpan(anchor, count, _plan.Stages[stage].Window) >= least && Run(anchor, count, stage, region, _limits.MaxPlacements, ref work);
    }

    private bool Run(int anchor, int count, int stage, int region, int placements, ref long work)
    {
        var isFound = _search.Run(anchor, _finder.Candidates[..count], stage, region, placements);
        work -= (long)_search.Work * _plan.Stages[stage].Program.Cost;
        return isFound;
    }

    /// <summary>Takes the tickets of a match that was found out of the pool, if it also keeps to the rules of the age that it really has.</summary>
    private FormedMatch? Settle(long now, int stage, int region, RunningMatch? running = null)
    {
        var roster = _search.Found;
        var (actual, oldest) = (_plan.IsByNewest ? int.MaxValue : 0, long.MaxValue);
        for (var team = 0; team < roster.Teams; team++)
        {
            foreach (var slot in roster.Tickets(team))
            {
                actual = _plan.IsByNewest ? Math.Min(actual, _tickets.Stages[slot]) : Math.Max(actual, _tickets.Stages[slot]);
                oldest = Math.Min(oldest, _store.Created[slot]);
            }
        }

        if (actual != stage && !(_plan.Stages[actual].Program.Holds(roster, region) && FitsTeams(roster, _ruleSet.Stages[actual]))) return null;
        var teams = new FormedTeam[roster.Teams];
        for (var team = 0; team < teams.Length; team++)
        {
            var tickets = roster.Tickets(team).ToArray();
            if (running is not null) tickets = Array.FindAll(tickets, slot => _tickets.IsWaiting[slot]);
            teams[team] = new(_ruleSet.Stages[0].Teams[team].Name, Array.ConvertAll(tickets, slot => new FormedTicket(_store.Ids[slot], _store.PlayerIds.AsSpan(_store.FirstPlayer[slot], _store.Size[slot]).ToArray())));
        }

        var match = new FormedMatch(teams, RegionsOf(roster, actual, running), actual, TimeSpan.FromTicks(now - oldest), running?.Id);
        for (var team = 0; team < roster.Teams; team++)
        {
            foreach (var slot in roster.Tickets(team))
            {
                if (_tickets.IsWaiting[slot]) Leave(slot);
            }
        }

        if (running is not null) Leave(running);
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

    private string[] RegionsOf(Roster roster, int stage, RunningMatch? running)
    {
        if (running is { Region: >= 0 and var own }) return [_regions[own]];
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
        _tickets.IsWaiting[slot] = false;
        var group = _tickets.Groups[slot];
        group.Tickets--;
        group.HasLeavers = true;
        foreach (var list in group.Lists) list?.NoteLeaver();
        _byAge.NoteLeaver();
        _store.Forget(slot);
        _leavers.Add(slot);
    }

    private void Leave(RunningMatch match)
    {
        _running.Remove(match);
        foreach (var (_, member) in match.Members)
        {
            _store.Forget(member);
            _leavers.Add(member);
        }
    }

    private int AddMember(BackfillTicket backfill, MatchmakingPlayer player)
    {
        // A line break keeps its name apart from tickets' that callers choose; it is told nowhere.
        var slot = _store.Add(new($"{backfill.Id}\n{player.Id}", backfill.CreatedAt, backfill.ExpiresAt, [player]));
        _tickets.Reserve(_store.Ids.Length);
        (_tickets.IsWaiting[slot], _tickets.HasChanged[slot], _tickets.IsSeed[slot], _tickets.Stages[slot]) = (false, false, false, 0);
        (_tickets.ChangedIn[slot], _tickets.SearchedIn[slot]) = (_pass + 1, 0);
        _tickets.Ages[slot] = _store.Created[slot];
        _tickets.Orders[slot] = OrderOf(slot);
        return slot;
    }

    private byte StageOf(int slot, long now) => (byte)_ruleSet.StageAt((double)(now - _store.Created[slot]) / TimeSpan.TicksPerSecond);

    private ulong GroupKey(int slot)
    {
        // Only a division: two values with the same key share a group, and the rules still tell them apart.
        var key = 14695981039346656037UL;
        foreach (var column in _plan.Equal) key = (key ^ (ulong)BitConverter.DoubleToInt64Bits(column.Values[_store.FirstPlayer[slot]])) * 1099511628211UL;
        return key;
    }

    private TicketGroup GroupFor(int slot)
    {
        var key = GroupKey(slot);
        if (!_groups.TryGetValue(key, out var group)) _groups.Add(key, group = new(_plan.IsByRegion ? _regions.Length : 1));
        return group;
    }
}
