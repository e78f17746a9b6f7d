using FleetSystem.FleetManager.Storage;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetManager.Sessions;

/// <summary>What the store keeps for a session grain.</summary>
[GenerateSerializer, Alias("fleet.SessionGrainState")]
internal sealed class SessionGrainState : IExpiringState
{
    /// <summary>Name of the state in the store.</summary>
    public const string Name = "session";

    /// <summary>The session, or null before it has been created.</summary>
    [Id(0)] public SessionRecord? Session { get; set; }

    /// <summary>When the store may forget it, or null while it is open.</summary>
    [Id(1)] public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>Where the session of this key is kept when it is another cell, or null.</summary>
    [Id(200)] public SessionElsewhere? Elsewhere { get; set; }
}

/// <summary>A session that another cell keeps.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Fingerprint">Hash of the request that was sent there.</param>
[GenerateSerializer, Immutable, Alias("fleet.SessionElsewhere")]
internal sealed record SessionElsewhere([property: Id(0)] string Cell, [property: Id(1)] string Fingerprint);
