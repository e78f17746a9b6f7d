namespace FleetSystem.FleetModel.Configuration;

/// <summary>A queue in which tickets wait for a match: a rule set, and the fleet whose servers its matches play on. What FlexMatch calls a matchmaking configuration.</summary>
public sealed class MatchmakingQueueOptions
{
    /// <summary>Id that tickets ask for: 1 to 63 letters in lower case, digits and <c>-</c>.</summary>
    public string Id { get; set; } = "";

    /// <summary>File of the rule set, in FlexMatch's rule language 1.0. An operator's rule set (<c>PUT /ops/v1/queues/{queue}/rule-set</c>) stands above it until it is reset.</summary>
    public string RuleSetFile { get; set; } = "";

    /// <summary>The fleet whose servers its matches play on.</summary>
    public string Fleet { get; set; } = "";

    /// <summary>How long a ticket waits when it names no time, and at most. The default is 5 minutes; 1 second to 12 hours (FlexMatch: 43,200 s).</summary>
    public TimeSpan TicketTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether all players of a match must accept it before a server is claimed. The default is false.</summary>
    public bool AcceptanceRequired { get; set; }

    /// <summary>How long they may take. The default is 30 seconds; 1 second to 10 minutes (FlexMatch: 1 to 600 s).</summary>
    public TimeSpan AcceptanceTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a match may wait for a server; then its tickets go back to searching with their age. The match stays together meanwhile. The default is 1
    /// minute; 1 second to 5 minutes.
    /// </summary>
    public TimeSpan PlacementTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>What a second ticket of a player does to the first. The default is <see cref="SecondTicketPolicy.Refuse"/>.</summary>
    public SecondTicketPolicy SecondTicket { get; set; }

    /// <summary>Who asks for players for the free places of running sessions. The default is <see cref="BackfillMode.Manual"/>.</summary>
    public BackfillMode Backfill { get; set; }

    /// <summary>How tickets are divided among the pools that matches are formed in. The default is <see cref="PoolDivision.Region"/>.</summary>
    public PoolDivision Pools { get; set; } = PoolDivision.Region;

    /// <summary>
    /// With pools by region: how long a ticket waits in the pool of its fastest region alone before it goes to the common pool, where all that found nobody meet.
    /// The default is 5 seconds; 0 to 10 minutes.
    /// </summary>
    public TimeSpan PoolPatience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>With pools by region: a region with fewer tickets than this has no pool of its own; they wait in the common one. The default is 500; 0 to 1000000.</summary>
    public int MinPoolTickets { get; set; } = 500;

    /// <summary>Most tickets that wait at once; a further one is refused with <c>queue-full</c>. The default is 200000; 1 to 2000000.</summary>
    public int MaxTickets { get; set; } = 200_000;

    /// <summary>Time between two passes over a pool in which something changed. The default is 100 ms; 10 ms to 10 seconds.</summary>
    public TimeSpan PassInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a ticket that is done can still be asked for. The default is 5 minutes; 10 seconds to 1 hour.</summary>
    public TimeSpan ClosedTicketRetention { get; set; } = TimeSpan.FromMinutes(5);
}

/// <summary>What a second ticket of a player in the same queue does.</summary>
public enum SecondTicketPolicy
{
    /// <summary>It is refused with <c>player-has-ticket</c>, which names the first.</summary>
    Refuse,

    /// <summary>It cancels the first, as long as that one has no match.</summary>
    Replace,
}

/// <summary>Who asks for players for free places. FlexMatch's backfill modes.</summary>
public enum BackfillMode
{
    /// <summary>A game server or a backend asks.</summary>
    Manual,

    /// <summary>Each session of a match that was not full asks by itself, until it is full or over.</summary>
    Automatic,
}

/// <summary>How tickets are divided among pools.</summary>
public enum PoolDivision
{
    /// <summary>One pool for all.</summary>
    Common,

    /// <summary>A pool for each region with many tickets, and a common one for the rest and for those that found nobody in theirs.</summary>
    Region,
}
