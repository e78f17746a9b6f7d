namespace FleetSystem.FleetModel.Grains;

/// <summary>
/// A session cannot answer just now: its store failed, or its grain moves to another silo. Nothing uncommitted has been told; the same call
/// can be tried again.
/// </summary>
[GenerateSerializer, Alias("fleet.SessionUnavailableException")]
public sealed class SessionUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
