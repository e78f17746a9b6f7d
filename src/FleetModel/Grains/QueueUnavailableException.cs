namespace FleetSystem.FleetModel.Grains;

/// <summary>
/// A queue cannot answer just now: it is being read from its journal, its journal does not store, too much waits for it, or it moves to another silo. What was asked
/// for may have been done all the same; the same call can be tried again.
/// </summary>
[GenerateSerializer, Alias("fleet.QueueUnavailableException")]
public sealed class QueueUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
