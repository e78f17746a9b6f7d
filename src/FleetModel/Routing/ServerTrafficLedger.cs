namespace FleetSystem.FleetModel.Routing;

/// <summary>The calls of one round. Every deny is answered before the first allow is sent.</summary>
/// <param name="Denies">What to close.</param>
/// <param name="Allows">What to open.</param>
public sealed record ServerTrafficRound(IReadOnlyList<TrafficBatch> Denies, IReadOnlyList<TrafficBatch> Allows)
{
    /// <summary>Nothing is to be done.</summary>
    public bool IsEmpty => Denies.Count + Allows.Count == 0;
}

/// <summary>
/// Which destinations of a region's accelerator are open, may be, or were, and what is to be called next for them to be open for the servers that are there
/// and for nobody else. What it holds must be in the store before a round's calls are sent: then a crash leaves nothing open that nobody knows of.
/// No clock, no I/O; one owner calls it, from one thread at a time.
/// </summary>
/// <remarks>
/// A destination is one server's at a time. When another server, or the next session of the same one, wants it, it is closed first, stays closed for a
/// while, and is opened only then: a call for the one before that is answered late, and datagrams for it that are still on their way, do not reach the
/// one after.
/// </remarks>
public sealed class ServerTrafficLedger
{
    /// <summary>Most destinations that are kept; further servers get no route by the accelerator until others go. Bounds the state: 35 bytes each.</summary>
    public const int MaxOpenings = 8_192;

    /// <summary>How long the API may take to tell of a change that it has answered.</summary>
    public static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(30);

    private readonly Dictionary<Destination, ServerOpening> _openings;

    /// <param name="known">What the store holds.</param>
    public ServerTrafficLedger(IEnumerable<ServerOpening> known) => _openings = known.ToDictionary(opening => opening.Destination);

    /// <summary>All that is known.</summary>
    public IReadOnlyCollection<ServerOpening> Openings => _openings.Values;

    /// <summary>What is open.</summary>
    public IEnumerable<ServerOpening> Open => _openings.Values.Where(opening => opening.State == OpeningState.Open);

    /// <summary>Counts the changes of what is held.</summary>
    public long Changes { get; private set; }

    /// <summary>
    /// Takes in what is wanted, and plans the next round.
    /// </summary>
    /// <param name="wanted">Servers that are to be reached. Where two have one destination, the first has it.</param>
    /// <param name="unseen">Clusters of which nothing is known just now: what is open for their servers stays as it is.</param>
    /// <param name="mapping">The accelerator's mapping. What is not in it cannot be open.</param>
    /// <param name="now">The time.</param>
    /// <param name="limits">How much at once, and how long a destination stays closed.</param>
    /// <param name="isHeld">Destinations that the API refuses at present: they are left out.</param>
    public ServerTrafficRound Plan(
        IEnumerable<RoutableServer> wanted, IReadOnlySet<ulong> unseen, AcceleratorMapping mapping, DateTimeOffset now, ServerTrafficOptions limits, Func<Destination, bool> isHeld)
    {
        var servers = new Dictionary<Destination, RoutableServer>();
        foreach (var server in wanted)
        {
            if (mapping.Find(server.Destination) is not null) servers.TryAdd(server.Destination, server);
        }

        foreach (var opening in _openings.Values.ToList()) Review(opening, servers, unseen, mapping, now, limits.ReopenAfter);
        var denies = TrafficBatch.Of(mapping, In(OpeningState.Closing).Where(destination => !isHeld(destination))).Take(limits.CallsPerRound).ToList();
        var missing = servers.Keys.Where(destination => !_openings.ContainsKey(destination)).OrderBy(destination => destination.Packed).Take(Math.Max(0, MaxOpenings - _openings.Count));
        var allows = TrafficBatch.Of(mapping, In(OpeningState.Opening).Concat(missing).Where(destination => !isHeld(destination))).Take(limits.CallsPerRound - denies.Count).ToList();
        foreach (var destination in allows.SelectMany(batch => batch.Destinations).Where(destination => !_openings.ContainsKey(destination)))
        {
            var server = servers[destination];
            Put(new ServerOpening(destination, server.Cluster, server.Server, server.Occupant, server.IsClaimed, OpeningState.Opening, now));
        }

        return new ServerTrafficRound(denies, allows);
    }

    /// <summary>Takes in that a batch has been closed.</summary>
    public void NoteDenied(TrafficBatch batch, DateTimeOffset now) => Move(batch, OpeningState.Closing, OpeningState.Closed, now);

    /// <summary>Takes in that a batch has been opened.</summary>
    public void NoteAllowed(TrafficBatch batch, DateTimeOffset now) => Move(batch, OpeningState.Opening, OpeningState.Open, now);

    /// <summary>
    /// Takes in what the API says is open. What was closed by somebody else, or by a call that was answered too late, is opened again; what
    /// nobody here opened is closed. What changed less than <see cref="SettleTime"/> before it was asked is not judged.
    /// </summary>
    /// <param name="allowed">Destinations that are open.</param>
    /// <param name="askedAt">When it was asked.</param>
    /// <param name="now">The time.</param>
    public void Observe(IReadOnlySet<Destination> allowed, DateTimeOffset askedAt, DateTimeOffset now)
    {
        var settled = askedAt - SettleTime;
        foreach (var shut in Open.Where(opening => opening.Since < settled && !allowed.Contains(opening.Destination)).ToList()) Put(shut with { State = OpeningState.Opening, Since = now });
        foreach (var stray in allowed.OrderBy(destination => destination.Packed))
        {
            if (_openings.TryGetValue(stray, out var known))
            {
                if (known.State == OpeningState.Closed && known.Since < settled) Put(known with { State = OpeningState.Closing, Since = now });
            }
            else if (_openings.Count < MaxOpenings)
            {
                Put(new ServerOpening(stray, 0, 0, 0, Claimed: true, OpeningState.Closing, now));
            }
        }
    }

    private void Review(
        ServerOpening opening, Dictionary<Destination, RoutableServer> wanted, IReadOnlySet<ulong> unseen, AcceleratorMapping mapping, DateTimeOffset now, TimeSpan reopenAfter)
    {
        if (mapping.Find(opening.Destination) is null || (opening.State == OpeningState.Closed && (!opening.Claimed || now - opening.Since >= reopenAfter)))
        {
            _openings.Remove(opening.Destination);
            Changes++;
            return;
        }

        if (opening.State is not (OpeningState.Opening or OpeningState.Open)) return;
        if (!wanted.TryGetValue(opening.Destination, out var server))
        {
            if (!unseen.Contains(opening.Cluster)) Put(opening with { State = OpeningState.Closing, Since = now });
        }
        else if (server.Server != opening.Server || (server.Occupant != opening.Occupant && server.Unclaimed != opening.Occupant))
        {
            Put(opening with { State = OpeningState.Closing, Since = now });
        }
        else if (server.Occupant != opening.Occupant || (server.IsClaimed && !opening.Claimed))
        {
            // Opened while it was free: who claims it goes on with that.
            Put(opening with { Occupant = server.Occupant, Claimed = opening.Claimed || server.IsClaimed });
        }
    }

    private IEnumerable<Destination> In(OpeningState state) => _openings.Values.Where(opening => opening.State == state).Select(opening => opening.Destination);

    private void Move(TrafficBatch batch, OpeningState from, OpeningState to, DateTimeOffset now)
    {
        foreach (var destination in batch.Destinations)
        {
            if (_openings.TryGetValue(destination, out var opening) && opening.State == from) Put(opening with { State = to, Since = now });
        }
    }

    private void Put(ServerOpening opening)
    {
        _openings[opening.Destination] = opening;
        Changes++;
    }
}
