namespace FleetSystem.SiloHost.Health;

/// <summary>Something that a host waits for after its start before it calls itself ready. Once it holds nobody asks again.</summary>
public interface IStartCondition
{
    /// <summary>
    /// How long it is waited for. After that the host is ready without it: what is missing may be somebody else's failure, which must not keep
    /// a host away from everybody.
    /// </summary>
    TimeSpan Patience { get; }

    /// <summary>What is missing, for people; null when it holds. A failure to find out counts as missing.</summary>
    Task<string?> FindMissingAsync(CancellationToken cancellationToken);
}
