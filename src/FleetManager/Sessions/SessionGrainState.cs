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
}
