namespace FleetSystem.FleetModel.Clusters.Allocation;

/// <summary>What came of posting a GameServerAllocation.</summary>
public abstract record AllocationAnswer
{
    private AllocationAnswer()
    {
    }

    /// <summary>A server was claimed.</summary>
    /// <param name="Server">What decisions need of it. Its uid is empty: an allocation's answer has none.</param>
    public sealed record Allocated(GameServerSnapshot Server) : AllocationAnswer
    {
        /// <summary>What Agones tells about it beyond that, for callers who speak Agones' own protocol.</summary>
        public AllocationStatus Status { get; init; } = new();
    }

    /// <summary>No server matches (<c>UnAllocated</c>), or all were taken meanwhile (<c>Contention</c>).</summary>
    public sealed record NoServer(bool Contention) : AllocationAnswer;

    /// <summary>Refused before anything was claimed. Trying the same again is sensible only when <paramref name="Transient"/>.</summary>
    public sealed record Refused(string Reason, bool Transient) : AllocationAnswer;

    /// <summary>No answer: time-out, broken connection, 5xx. A server may or may not have been claimed.</summary>
    public sealed record Unknown(string Reason) : AllocationAnswer;
}
