using FleetSystem.FleetModel.Grains;

namespace FleetSystem.FleetModel.Cells;

/// <summary>How a silo that serves players sees the other cells. Each sees them for itself: a way may be cut between one of ours and one of theirs.</summary>
/// <param name="Silo">The silo's name.</param>
/// <param name="Peers">The other cells, as it knows them.</param>
[GenerateSerializer, Immutable, Alias("fleet.PeerReport")]
public sealed record PeerReport([property: Id(0)] string Silo, [property: Id(1)] IReadOnlyList<PeerStanding> Peers);

/// <summary>How another cell stands.</summary>
[GenerateSerializer, Immutable, Alias("fleet.PeerStanding")]
public sealed record PeerStanding
{
    /// <summary>Its name.</summary>
    [Id(0)] public required string Cell { get; init; }

    /// <summary>Its addresses.</summary>
    [Id(1)] public required IReadOnlyList<string> Urls { get; init; }

    /// <summary>Whether it is asked.</summary>
    [Id(2)] public required CircuitStatus Circuit { get; init; }

    /// <summary>When it answered last; null when it never did.</summary>
    [Id(3)] public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>How long that answer took, in seconds; null when it never answered.</summary>
    [Id(4)] public double? LatencySeconds { get; init; }

    /// <summary>What it said that it serves.</summary>
    [Id(5)] public IReadOnlyList<PeerRegion> Regions { get; init; } = [];
}

/// <summary>A region of another cell.</summary>
/// <param name="Id">Its id.</param>
/// <param name="TakesSessions">Whether new sessions are placed there.</param>
/// <param name="Ready">Servers free now, of all fleets.</param>
/// <param name="Waiting">Sessions that wait for one.</param>
[GenerateSerializer, Immutable, Alias("fleet.PeerRegion")]
public sealed record PeerRegion([property: Id(0)] string Id, [property: Id(1)] bool TakesSessions, [property: Id(2)] int Ready, [property: Id(3)] int Waiting);
