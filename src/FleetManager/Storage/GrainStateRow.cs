namespace FleetSystem.FleetManager.Storage;

/// <summary>A state as it is stored.</summary>
/// <param name="StateName">The state's name.</param>
/// <param name="GrainId">The grain's id as text.</param>
/// <param name="Payload">The state under <see cref="GrainStateJson.Format"/>.</param>
/// <param name="ExpiresAt">Unix milliseconds from which it may be deleted.</param>
internal readonly record struct GrainStateRow(string StateName, string GrainId, byte[] Payload, long? ExpiresAt);
