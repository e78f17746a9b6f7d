namespace FleetSystem.FleetManager.Storage;

/// <summary>A grain state that the store may forget after a time, so that ended sessions do not pile up.</summary>
public interface IExpiringState
{
    /// <summary>
    /// From when the stored state may be deleted; null keeps it. The store deletes it some time after, never before: until then it is read as any other.
    /// </summary>
    DateTimeOffset? ExpiresAt { get; }
}
