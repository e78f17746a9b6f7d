namespace FleetSystem.LocalCloud.Kubernetes;

internal enum StoreEventType
{
    Added,
    Modified,
    Deleted,
}

/// <summary>A change of the store, in the order of versions.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Object">The version that the change made; for a deletion the last state under the version of the deletion.</param>
/// <param name="PreviousLabels">Labels before the change, for watches with a selector; null when the object is new.</param>
internal sealed record StoreEvent(StoreEventType Type, StoredObject Object, IReadOnlyDictionary<string, string>? PreviousLabels);
