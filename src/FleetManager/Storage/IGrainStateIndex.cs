namespace FleetSystem.FleetManager.Storage;

/// <summary>One stored grain state as an index lists it.</summary>
/// <param name="GrainId">The grain whose state it is.</param>
/// <param name="ETag">The version stored when the row was read.</param>
public readonly record struct GrainStateEntry(GrainId GrainId, string ETag);

/// <summary>Lists which grains have a stored state: what a reconciler asks at start, before any of those grains is active.</summary>
public interface IGrainStateIndex
{
    /// <summary>
    /// Lists the grains that have a stored state of that name without an end (<see cref="IExpiringState"/>), in a stable order: what has an
    /// end needs no more care. States written or cleared meanwhile may be listed or not; a state that exists throughout is listed exactly
    /// once.
    /// </summary>
    /// <param name="stateName">The state name, as in <c>[PersistentState("session")]</c>.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    IAsyncEnumerable<GrainStateEntry> ListAsync(string stateName, CancellationToken cancellationToken) => ListAsync(stateName, null, cancellationToken);

    /// <summary>The same from behind one grain on, whether or not that has a state still.</summary>
    /// <param name="stateName">The state name.</param>
    /// <param name="after">The grain; null for all.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    IAsyncEnumerable<GrainStateEntry> ListAsync(string stateName, GrainId? after, CancellationToken cancellationToken);
}
