namespace FleetSystem.LocalCloud.LoadBalancing;

/// <summary>What a relay has done since it started.</summary>
/// <param name="Forwarded">Datagrams sent on to servers.</param>
/// <param name="Returned">Datagrams sent back to players.</param>
/// <param name="Faulted">Datagrams that a fault took.</param>
/// <param name="Unrouted">Datagrams without a server: unknown token, or too short to have one.</param>
/// <param name="Oversized">Datagrams over the size limit.</param>
/// <param name="Refused">Datagrams beyond the limit of sessions or of held datagrams.</param>
/// <param name="Unsent">Datagrams that the operating system refused to send, or that the server's host rejected.</param>
/// <param name="Sessions">Sessions (a player and a server) now.</param>
internal sealed record RelayCounters(
    long Forwarded, long Returned, long Faulted, long Unrouted, long Oversized, long Refused, long Unsent, int Sessions);
