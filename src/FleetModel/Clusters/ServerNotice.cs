namespace FleetSystem.FleetModel.Clusters;

/// <summary>Something observed of a server that a session claimed.</summary>
/// <param name="Session">The session on its label.</param>
/// <param name="Incarnation">The incarnation on its label.</param>
/// <param name="Cluster">Its cluster.</param>
/// <param name="GameServer">Its name.</param>
/// <param name="Kind">What was observed.</param>
/// <param name="Reason">Details for people.</param>
[GenerateSerializer, Immutable, Alias("fleet.ServerNotice")]
public sealed record ServerNotice(
    [property: Id(0)] string Session,
    [property: Id(1)] int Incarnation,
    [property: Id(2)] string Cluster,
    [property: Id(3)] string GameServer,
    [property: Id(4)] ServerNoticeKind Kind,
    [property: Id(5)] string Reason)
{
    /// <summary>Number of the wish, for <see cref="ServerNoticeKind.BackfillAsked"/>.</summary>
    [Id(340)] public int Backfill { get; init; }

    /// <summary>Players connected to the server, for <see cref="ServerNoticeKind.BackfillAsked"/>; null when its fleet keeps no list of them.</summary>
    [Id(341)] public IReadOnlyList<string>? Players { get; init; }
}

/// <summary>What was observed of a session's server.</summary>
public enum ServerNoticeKind
{
    /// <summary>It acknowledged the session.</summary>
    Acknowledged,

    /// <summary>It called Shutdown itself: the session is over.</summary>
    Shutdown,

    /// <summary>It failed, was deleted, or its node is gone.</summary>
    Lost,

    /// <summary>It asks for players for the session's free places.</summary>
    BackfillAsked,

    /// <summary>It asks no more.</summary>
    BackfillWithdrawn,
}
