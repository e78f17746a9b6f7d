using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>
/// The waiting tickets as columns: what rules read of a million tickets lies side by side, and a ticket costs some hundred bytes. A ticket is a
/// number here (its slot), and so is a player; the players of a ticket follow each other.
/// </summary>
internal sealed class TicketStore
{
    private readonly RuleSet _ruleSet;
    private readonly IReadOnlyList<string> _regions;
    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _playerSlots = new(StringComparer.Ordinal);
    private readonly Stack<int> _freeSlots = new();
    private readonly Dictionary<int, Stack<int>> _freePlayers = [];

    // Columns that rules asked for when they were compiled; a party's value is written for each of its players.
    private readonly List<(int Attribute, PartyAggregation? Party, Column<double> Values)> _numbers = [];
    private readonly List<(int Attribute, Column<double> Values)> _texts = [];
    private readonly List<(int Attribute, PartyListing Party, Column<int[]> Values)> _lists = [];
    private readonly List<(int Attribute, PartyAggregation Party, Column<(int Key, double Value)[]> Values)> _maps = [];
    private readonly List<(PartyAggregation Party, Column<float> Values)> _latencies = [];
    private Column<double>? _playerIds;
    private int _slotCount;
    private int _playerCount;

    public TicketStore(RuleSet ruleSet, IReadOnlyList<string> regions) => (_ruleSet, _regions) = (ruleSet, regions);

    public TextInterner Texts { get; } = new();

    public int Regions => _regions.Count;

    /// <summary>Tickets that wait.</summary>
    public int Count => _slots.Count;

    /// <summary>One more than the highest slot that was ever used.</summary>
    public int SlotCount => _slotCount;

    public string[] Ids { get; private set; } = new string[16];

    public string[] PlayerIds { get; private set; } = new string[16];

    public long[] Created { get; private set; } = new long[16];

    public long[] Expires { get; private set; } = new long[16];

    public int[] FirstPlayer { get; private set; } = new int[16];

    public byte[] Size { get; private set; } = new byte[16];

    /// <summary>A column of numbers; with a party aggregation the party's, without one the players' own.</summary>
    public Column<double> Numbers(int attribute, PartyAggregation? party)
    {
        var known = _numbers.Find(column => column.Attribute == attribute && column.Party == party).Values;
        if (known is null) _numbers.Add((attribute, party, known = new()));
        return known;
    }

    /// <summary>A column of strings' numbers, by player.</summary>
    public Column<double> TextIds(int attribute)
    {
        var known = _texts.Find(column => column.Attribute == attribute).Values;
        if (known is null) _texts.Add((attribute, known = new()));
        return known;
    }

    /// <summary>Players' ids as strings' numbers, by player.</summary>
    public Column<double> PlayerIdTexts() => _playerIds ??= new();

    /// <summary>Sorted sets of strings' numbers, by ticket.</summary>
    public Column<int[]> Lists(int attribute, PartyListing party)
    {
        var known = _lists.Find(column => column.Attribute == attribute && column.Party == party).Values;
        if (known is null) _lists.Add((attribute, party, known = new()));
        return known;
    }

    /// <summary>Maps, by ticket.</summary>
    public Column<(int Key, double Value)[]> Maps(int attribute, PartyAggregation party)
    {
        var known = _maps.Find(column => column.Attribute == attribute && column.Party == party).Values;
        if (known is null) _maps.Add((attribute, party, known = new()));
        return known;
    }

    /// <summary>Latencies in milliseconds, by ticket and region; NaN where a player has none.</summary>
    public Column<float> Latencies(PartyAggregation party)
    {
        var known = _latencies.Find(column => column.Party == party).Values;
        if (known is null) _latencies.Add((party, known = new()));
        return known;
    }

    public bool Contains(string ticket) => _slots.ContainsKey(ticket);

    public int? SlotOf(string ticket) => _slots.TryGetValue(ticket, out var slot) ? slot : null;

    /// <summary>The ticket that a player is in, or null.</summary>
    public string? TicketOf(string player) => _playerSlots.TryGetValue(player, out var slot) ? Ids[slot] : null;

    /// <summary>Takes a checked ticket in.</summary>
    public int Add(MatchmakingTicket ticket)
    {
        var size = ticket.Players.Count;
        var slot = _freeSlots.TryPop(out var free) ? free : _slotCount++;
        var first = _freePlayers.TryGetValue(size, out var places) && places.TryPop(out var place) ? place : _playerCount;
        if (first == _playerCount) _playerCount += size;
        Reserve();
        (Ids[slot], Created[slot], Expires[slot], FirstPlayer[slot], Size[slot]) = (ticket.Id, ticket.CreatedAt.UtcTicks, ticket.ExpiresAt.UtcTicks, first, (byte)size);
        _slots.Add(ticket.Id, slot);
        for (var i = 0; i < size; i++)
        {
            PlayerIds[first + i] = ticket.Players[i].Id;
            _playerSlots.Add(ticket.Players[i].Id, slot);
            if (_playerIds is not null) _playerIds.Values[first + i] = Texts.Hold(ticket.Players[i].Id);
        }

        foreach (var (attribute, party, values) in _numbers) FillNumbers(ticket, attribute, party, values.Values.AsSpan(first, size));
        foreach (var (attribute, values) in _texts)
        {
            for (var i = 0; i < size; i++) values.Values[first + i] = Texts.Hold(ValueOf(ticket.Players[i], attribute)?.Text ?? "");
        }

        foreach (var (attribute, party, values) in _lists) values.Values[slot] = ListOf(ticket, attribute, party);
        foreach (var (attribute, party, values) in _maps) values.Values[slot] = MapOf(ticket, attribute, party);
        foreach (var (party, values) in _latencies) FillLatencies(ticket, party, values.Values.AsSpan(slot * Regions, Regions));
        return slot;
    }

    /// <summary>Forgets the ticket's names; its slot stays taken until <see cref="Free"/>, for lists still point to it.</summary>
    public void Forget(int slot)
    {
        _slots.Remove(Ids[slot]);
        for (var i = 0; i < Size[slot]; i++) _playerSlots.Remove(PlayerIds[FirstPlayer[slot] + i]);
    }

    /// <summary>Gives a forgotten ticket's slot to others.</summary>
    public void Free(int slot)
    {
        var (first, size) = (FirstPlayer[slot], (int)Size[slot]);
        for (var i = 0; i < size; i++)
        {
            PlayerIds[first + i] = null!;
            if (_playerIds is not null) Texts.Release((int)_playerIds.Values[first + i]);
            foreach (var (_, values) in _texts) Texts.Release((int)values.Values[first + i]);
        }

        foreach (var (_, _, values) in _lists)
        {
            foreach (var text in values.Values[slot]) Texts.Release(text);
            values.Values[slot] = [];
        }

        foreach (var (_, _, values) in _maps)
        {
            foreach (var (key, _) in values.Values[slot]) Texts.Release(key);
            values.Values[slot] = [];
        }

        Ids[slot] = null!;
        _freeSlots.Push(slot);
        if (!_freePlayers.TryGetValue(size, out var places)) _freePlayers.Add(size, places = new());
        places.Push(first);
    }

    private static double Aggregate(ReadOnlySpan<double> values, PartyAggregation party)
    {
        var (sum, least, most) = (0d, double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values) (sum, least, most) = (sum + value, Math.Min(least, value), Math.Max(most, value));
        return party switch { PartyAggregation.Min => least, PartyAggregation.Max => most, _ => sum / values.Length };
    }

    private AttributeValue? ValueOf(MatchmakingPlayer player, int attribute) =>
        player.Attributes.TryGetValue(_ruleSet.Attributes[attribute].Name, out var value) ? value : _ruleSet.Attributes[attribute].Default;

    private void FillNumbers(MatchmakingTicket ticket, int attribute, PartyAggregation? party, Span<double> values)
    {
        for (var i = 0; i < values.Length; i++) values[i] = ValueOf(ticket.Players[i], attribute)?.Number ?? 0;
        if (party is { } together && values.Length > 1) values.Fill(Aggregate(values, together));
    }

    private int[] ListOf(MatchmakingTicket ticket, int attribute, PartyListing party)
    {
        IEnumerable<string>? together = null;
        foreach (var player in ticket.Players)
        {
            var own = ValueOf(player, attribute)?.Texts ?? [];
            together = together is null ? own : party == PartyListing.Union ? together.Union(own, StringComparer.Ordinal) : together.Intersect(own, StringComparer.Ordinal);
        }

        int[] list = [.. together!.Distinct(StringComparer.Ordinal).Select(Texts.Hold)];
        Array.Sort(list);
        return list;
    }

    private (int Key, double Value)[] MapOf(MatchmakingTicket ticket, int attribute, PartyAggregation party) =>
    [
        .. ticket.Players.SelectMany(player => ValueOf(player, attribute)?.Numbers ?? new Dictionary<string, double>()).GroupBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(same => (Texts.Hold(same.Key), Aggregate(same.Select(entry => entry.Value).ToArray(), party))),
    ];

    private void FillLatencies(MatchmakingTicket ticket, PartyAggregation party, Span<float> latencies)
    {
        Span<double> values = stackalloc double[ticket.Players.Count];
        for (var region = 0; region < _regions.Count; region++)
        {
            var isKnown = true;
            for (var i = 0; i < values.Length; i++)
            {
                isKnown &= ticket.Players[i].LatencyMilliseconds.TryGetValue(_regions[region], out var latency) && latency <= TicketChecks.MaxLatencyMilliseconds;
                values[i] = latency;
            }

            latencies[region] = isKnown ? (float)Aggregate(values, party) : float.NaN;
        }
    }

    private void Reserve()
    {
        if (_slotCount > Ids.Length)
        {
            var size = Ids.Length * 2;
            (Ids, Created, Expires, FirstPlayer, Size) = (Grown(Ids, size), Grown(Created, size), Grown(Expires, size), Grown(FirstPlayer, size), Grown(Size, size));
        }

        while (_playerCount > PlayerIds.Length) PlayerIds = Grown(PlayerIds, PlayerIds.Length * 2);
        foreach (var (_, _, values) in _numbers) values.Reserve(PlayerIds.Length);
        foreach (var (_, values) in _texts) values.Reserve(PlayerIds.Length);
        foreach (var (_, _, values) in _lists) values.Reserve(Ids.Length);
        foreach (var (_, _, values) in _maps) values.Reserve(Ids.Length);
        foreach (var (_, values) in _latencies) values.Reserve(Ids.Length * Regions);
        _playerIds?.Reserve(PlayerIds.Length);
    }

    private static T[] Grown<T>(T[] array, int size)
    {
        Array.Resize(ref array, size);
        return array;
    }
}

/// <summary>A column: its array is replaced when it grows, so readers take it from here each time.</summary>
internal sealed class Column<T>
{
    public T[] Values { get; private set; } = [];

    public void Reserve(int size)
    {
        if (Values.Length >= size) return;
        var grown = Values;
        Array.Resize(ref grown, size);
        Values = grown;
    }
}
