namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>A match while it is being put together: which tickets and players are in which team.</summary>
internal sealed class Roster
{
    private readonly int[][] _tickets;
    private readonly int[] _ticketCounts;
    private readonly int[][] _players;
    private readonly int[] _playerCounts;
    private readonly TicketStore _store;

    public Roster(int teams, int capacity, TicketStore store)
    {
        _store = store;
        _tickets = [.. Enumerable.Range(0, teams).Select(_ => new int[capacity])];
        _players = [.. Enumerable.Range(0, teams).Select(_ => new int[capacity])];
        (_ticketCounts, _playerCounts) = (new int[teams], new int[teams]);
    }

    public int Teams => _tickets.Length;

    /// <summary>Players in all teams.</summary>
    public int PlayerCount { get; private set; }

    public ReadOnlySpan<int> Tickets(int team) => _tickets[team].AsSpan(0, _ticketCounts[team]);

    public ReadOnlySpan<int> Players(int team) => _players[team].AsSpan(0, _playerCounts[team]);

    public void Clear()
    {
        Array.Clear(_ticketCounts);
        Array.Clear(_playerCounts);
        PlayerCount = 0;
    }

    public void Add(int team, int ticket)
    {
        _tickets[team][_ticketCounts[team]++] = ticket;
        var first = _store.FirstPlayer[ticket];
        var size = _store.Size[ticket];
        for (var i = 0; i < size; i++) _players[team][_playerCounts[team]++] = first + i;
        PlayerCount += size;
    }

    /// <summary>Takes out the ticket that was added to a team last.</summary>
    public void RemoveLast(int team)
    {
        var size = _store.Size[_tickets[team][--_ticketCounts[team]]];
        _playerCounts[team] -= size;
        PlayerCount -= size;
    }

    /// <summary>Puts another ticket of the same size in the place of one.</summary>
    public void Replace(int team, int place, int ticket)
    {
        _tickets[team][place] = ticket;
        var at = 0;
        for (var i = 0; i < place; i++) at += _store.Size[_tickets[team][i]];
        var first = _store.FirstPlayer[ticket];
        for (var i = 0; i < _store.Size[ticket]; i++) _players[team][at + i] = first + i;
    }

    public void CopyFrom(Roster other)
    {
        for (var team = 0; team < Teams; team++)
        {
            other.Tickets(team).CopyTo(_tickets[team]);
            other.Players(team).CopyTo(_players[team]);
            (_ticketCounts[team], _playerCounts[team]) = (other._ticketCounts[team], other._playerCounts[team]);
        }

        PlayerCount = other.PlayerCount;
    }
}
