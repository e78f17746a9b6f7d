using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>
/// Builds a match around one ticket from candidates in order of preference. The first way down takes whoever fits; then, when the whole does not
/// keep to the rules, tickets are exchanged as long as that brings it nearer; then other choices are gone through, last ones first, until the limit
/// of placements. In small pools that is every choice there is.
/// </summary>
internal sealed class MatchSearch
{
    private const int Repairs = 32;
    private const int Outsiders = 64;

    private readonly FormationPlan _plan;
    private readonly TicketStore _store;
    private readonly Roster _roster;
    private readonly Roster _best;
    private readonly Roster _trial;
    private readonly double[] _sums;

    // Who is in a running match already stays where they are.
    private readonly HashSet<int> _pinned = [];

    private int[] _candidates = [];
    private int[] _playersBehind = [0];
    private int _candidateCount;
    private RuleSetStage _stage;
    private StagePlan _stagePlan;
    private int _region;
    private int _anchor;
    private int _minPlayers;
    private int _maxPlayers;
    private int _bestPlayers;
    private int _playersBefore;
    private bool _hasDescended;
    private bool _isRepaired;
    private int _allowed;
    private int _left;

    public MatchSearch(FormationPlan plan, TicketStore store)
    {
        (_plan, _store) = (plan, store);
        var teams = plan.RuleSet.Stages[0].Teams.Count;
        (_roster, _best, _trial) = (new(teams, RuleSetLimits.MaxPlayers, store), new(teams, RuleSetLimits.MaxPlayers, store), new(teams, RuleSetLimits.MaxPlayers, store));
        _sums = new double[teams];
        (_stage, _stagePlan) = (plan.RuleSet.Stages[0], plan.Stages[0]);
    }

    /// <summary>The match that was found.</summary>
    public Roster Found => _best;

    /// <summary>Placements that the last search tried.</summary>
    public int Work => _allowed - _left;

    /// <summary>Looks for a match.</summary>
    /// <param name="anchor">The ticket that it is for.</param>
    /// <param name="candidates">Tickets to fill it with, in order of preference.</param>
    /// <param name="stage">Index of the stage whose rules hold.</param>
    /// <param name="region">Region whose latencies count; -1 for none.</param>
    /// <param name="maxPlacements">Placements that are tried at most.</param>
    public bool Run(int anchor, ReadOnlySpan<int> candidates, int stage, int region, int maxPlacements)
    {
        Prepare(candidates, stage, region, maxPlacements);
        _anchor = anchor;
        if (_store.Size[anchor] + _playersBehind[0] < _minPlayers) return false;
        Span<bool> tried = stackalloc bool[_roster.Teams];
        for (var team = BestTeam(anchor, tried); team >= 0; team = BestTeam(anchor, tried))
        {
            tried[team] = true;
            if (Place(team, anchor) && Fill(0)) break;
            Withdraw(team, anchor);
        }

        return IsFound && Balance();
    }

    /// <summary>Looks for players for the free places of a running match.</summary>
    /// <param name="members">Who is in it, with their teams; they stay where they are.</param>
    /// <param name="candidates">Tickets to fill it with, in order of preference.</param>
    /// <param name="stage">Index of the stage whose rules hold.</param>
    /// <param name="region">Region whose latencies count; -1 for none.</param>
    /// <param name="maxPlacements">Placements that are tried at most.</param>
    public bool Refill(ReadOnlySpan<(int Team, int Ticket)> members, ReadOnlySpan<int> candidates, int stage, int region, int maxPlacements)
    {
        Prepare(candidates, stage, region, maxPlacements);
        _anchor = -1;
        foreach (var (team, ticket) in members)
        {
            if (_roster.Players(team).Length == _stage.Teams[team].MaxPlayers || !Place(team, ticket)) return false;
            _pinned.Add(ticket);
        }

        _bestPlayers = _playersBefore = _roster.PlayerCount;
        if (_playersBefore < _maxPlayers) Fill(0);
        return IsFound && Balance();
    }

    private bool IsFound => _bestPlayers > _playersBefore;

    private void Prepare(ReadOnlySpan<int> candidates, int stage, int region, int maxPlacements)
    {
        (_stage, _stagePlan, _region, _left, _allowed) = (_plan.RuleSet.Stages[stage], _plan.Stages[stage], region, maxPlacements, maxPlacements);
        (_minPlayers, _maxPlayers) = (Math.Max(1, _stage.MinPlayers), _stage.MaxPlayers);
        (_bestPlayers, _playersBefore, _hasDescended, _isRepaired) = (0, 0, false, false);
        if (_candidates.Length < candidates.Length) (_candidates, _playersBehind) = (new int[candidates.Length], new int[candidates.Length + 1]);
        candidates.CopyTo(_candidates);
        _candidateCount = candidates.Length;
        _playersBehind[_candidateCount] = 0;
        for (var i = _candidateCount - 1; i >= 0; i--) _playersBehind[i] = _playersBehind[i + 1] + _store.Size[_candidates[i]];
        _roster.Clear();
        _pinned.Clear();
        Array.Clear(_sums);
    }

    /// <summary>Goes on filling from a candidate on.</summary>
    /// <returns>True when the search is over.</returns>
    private bool Fill(int next)
    {
        var players = _roster.PlayerCount;
        var isViable = players >= _minPlayers && HasMinimums(_roster);
        if (isViable && players > _bestPlayers && _stagePlan.Program.Holds(_roster, _region)) Record(_roster);
        if (players == _maxPlayers) return players == _bestPlayers || Repair();

        for (var i = next; i < _candidateCount; i++)
        {
            // Nobody behind can bring it to its least size, or above what was found already.
            if (players + _playersBehind[i] < Math.Max(_minPlayers, _bestPlayers + 1)) break;
            var candidate = _candidates[i];
            if (_store.Size[candidate] > _maxPlayers - players) continue;
            if (TryTeams(candidate, i)) return true;
            if (_hasDescended && IsFound) return true;
        }

        if (_hasDescended) return false;
        _hasDescended = true;
        return IsFound || (isViable && players > _playersBefore && Repair());
    }

    private bool TryTeams(int candidate, int index)
    {
        Span<bool> tried = stackalloc bool[_roster.Teams];
        for (var team = BestTeam(candidate, tried); team >= 0; team = BestTeam(candidate, tried))
        {
            if (_left-- <= 0) return true;
            tried[team] = true;
            var isOver = Place(team, candidate) && Fill(index + 1);
            Withdraw(team, candidate);
            if (isOver) return true;
            if (_hasDescended && IsFound) return true;
        }

        return false;
    }

    private bool Place(int team, int ticket)
    {
        _roster.Add(team, ticket);
        if (_plan.Order is { } order) _sums[team] += order.Values[_store.FirstPlayer[ticket]] * _store.Size[ticket];
        return _stagePlan.Program.MayHold(_roster, _region);
    }

    private void Withdraw(int team, int ticket)
    {
        _roster.RemoveLast(team);
        if (_plan.Order is { } order) _sums[team] -= order.Values[_store.FirstPlayer[ticket]] * _store.Size[ticket];
    }

    /// <summary>
    /// The team that a ticket is tried in next: those below their minimum first, then the one with the most open places (as FlexMatch fills
    /// teams), of these the weakest. Of empty teams that are alike only one is tried. -1 when there is none.
    /// </summary>
    private int BestTeam(int ticket, ReadOnlySpan<bool> tried)
    {
        var best = -1;
        var (bestBelow, bestOpen, bestSum) = (false, 0, 0d);
        var size = _store.Size[ticket];
        for (var team = 0; team < tried.Length; team++)
        {
            if (tried[team]) continue;
            var players = _roster.Players(team).Length;
            var open = _stage.Teams[team].MaxPlayers - players;
            if (open < size || (players == 0 && IsLikeOneTried(team, tried))) continue;
            var isBelow = players < _stage.Teams[team].MinPlayers;
            if (best >= 0 && (isBelow != bestBelow ? !isBelow : open != bestOpen ? open < bestOpen : !(_sums[team] < bestSum))) continue;
            (best, bestBelow, bestOpen, bestSum) = (team, isBelow, open, _sums[team]);
        }

        return best;
    }

    private bool IsLikeOneTried(int team, ReadOnlySpan<bool> tried)
    {
        if (_plan.NamedTeams.Contains(team)) return false;
        for (var other = 0; other < tried.Length; other++)
        {
            if (tried[other] && _roster.Players(other).Length == 0 && !_plan.NamedTeams.Contains(other)
                && (_stage.Teams[other].MinPlayers, _stage.Teams[other].MaxPlayers) == (_stage.Teams[team].MinPlayers, _stage.Teams[team].MaxPlayers))
                return true;
        }

        return false;
    }

    private bool HasMinimums(Roster roster)
    {
        for (var team = 0; team < _stage.Teams.Count; team++)
        {
            if (roster.Players(team).Length < _stage.Teams[team].MinPlayers) return false;
        }

        return true;
    }

    private void Record(Roster roster)
    {
        _best.CopyFrom(roster);
        _bestPlayers = roster.PlayerCount;
    }

    /// <summary>Exchanges tickets of a match that has enough players but breaks rules, between its teams and with outsiders, as long as that brings it nearer to the rules.</summary>
    private bool Repair()
    {
        if (_isRepaired) return false;
        _isRepaired = true;
        _trial.CopyFrom(_roster);
        var breach = _stagePlan.Program.Breach(_trial, _region);
        for (var round = 0; round < Repairs && breach > 0 && _left > 0; round++)
        {
            if (!Improve(ref breach)) break;
        }

        if (!_stagePlan.Program.Holds(_trial, _region)) return false;
        Record(_trial);
        return true;
    }

    private bool Improve(ref double breach)
    {
        for (var team = 0; team < _trial.Teams; team++)
        {
            for (var place = 0; place < _trial.Tickets(team).Length; place++)
            {
                var ticket = _trial.Tickets(team)[place];
                if (_pinned.Contains(ticket)) continue;
                for (var other = team + 1; other < _trial.Teams; other++)
                {
                    for (var there = 0; there < _trial.Tickets(other).Length; there++)
                    {
                        var opposite = _trial.Tickets(other)[there];
                        if (_store.Size[opposite] != _store.Size[ticket] || _pinned.Contains(opposite)) continue;
                        if (_left-- <= 0) return false;
                        _trial.Replace(team, place, opposite);
                        _trial.Replace(other, there, ticket);
                        if (IsNearer(ref breach)) return true;
                        _trial.Replace(team, place, ticket);
                        _trial.Replace(other, there, opposite);
                    }
                }

                if (ticket == _anchor) continue;
                for (var i = 0; i < Math.Min(_candidateCount, Outsiders); i++)
                {
                    var outsider = _candidates[i];
                    if (_store.Size[outsider] != _store.Size[ticket] || IsIn(_trial, outsider)) continue;
                    if (_left-- <= 0) return false;
                    _trial.Replace(team, place, outsider);
                    if (IsNearer(ref breach)) return true;
                    _trial.Replace(team, place, ticket);
                }
            }
        }

        return false;
    }

    private bool IsNearer(ref double breach)
    {
        var now = _stagePlan.Program.Breach(_trial, _region);
        if (!(now < breach)) return false;
        breach = now;
        return true;
    }

    private static bool IsIn(Roster roster, int ticket)
    {
        for (var team = 0; team < roster.Teams; team++)
        {
            if (roster.Tickets(team).Contains(ticket)) return true;
        }

        return false;
    }

    /// <summary>Exchanges tickets between the strongest and the weakest team as long as their averages come nearer and the rules hold.</summary>
    /// <returns>True.</returns>
    private bool Balance()
    {
        if (_plan.Balanced?.Values is not { } column) return true;
        for (var round = 0; round < Repairs; round++)
        {
            var (strong, weak) = (-1, -1);
            for (var team = 0; team < _best.Teams; team++)
            {
                if (_best.Players(team).Length == 0) continue;
                if (strong < 0 || Average(column, team) > Average(column, strong)) strong = team;
                if (weak < 0 || Average(column, team) < Average(column, weak)) weak = team;
            }

            var gap = strong < 0 ? 0 : Average(column, strong) - Average(column, weak);
            if (!(gap > 0) || !ExchangeBest(column, strong, weak, gap)) return true;
        }

        return true;
    }

    private bool ExchangeBest(double[] column, int strong, int weak, double gap)
    {
        var (bestPlace, bestThere, bestGap) = (-1, -1, gap);
        for (var place = 0; place < _best.Tickets(strong).Length; place++)
        {
            for (var there = 0; there < _best.Tickets(weak).Length; there++)
            {
                var (from, to) = (_best.Tickets(strong)[place], _best.Tickets(weak)[there]);
                if (_store.Size[from] != _store.Size[to] || _pinned.Contains(from) || _pinned.Contains(to)) continue;
                var moved = SumOf(column, from) - SumOf(column, to);
                var left = Math.Abs(gap - (moved / _best.Players(strong).Length) - (moved / _best.Players(weak).Length));
                if (left < bestGap - 1e-9) (bestPlace, bestThere, bestGap) = (place, there, left);
            }
        }

        if (bestPlace < 0) return false;
        var (one, other) = (_best.Tickets(strong)[bestPlace], _best.Tickets(weak)[bestThere]);
        _best.Replace(strong, bestPlace, other);
        _best.Replace(weak, bestThere, one);
        if (_stagePlan.Program.Holds(_best, _region)) return true;
        _best.Replace(strong, bestPlace, one);
        _best.Replace(weak, bestThere, other);
        return false;
    }

    private double SumOf(double[] column, int ticket)
    {
        var sum = 0d;
        for (var i = 0; i < _store.Size[ticket]; i++) sum += column[_store.FirstPlayer[ticket] + i];
        return sum;
    }

    private double Average(double[] column, int team)
    {
        var sum = 0d;
        foreach (var player in _best.Players(team)) sum += column[player];
        return sum / _best.Players(team).Length;
    }
}
