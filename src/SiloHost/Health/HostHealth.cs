namespace FleetSystem.SiloHost.Health;

/// <summary>Whether this host is to be sent requests, and whether it is worth keeping.</summary>
internal sealed class HostHealth(StartConditions start, HostDrain drain, IServiceProvider services)
{
    /// <summary>Why it is not to be sent requests, for people; empty when it is ready.</summary>
    public IReadOnlyList<string> NotReady()
    {
        if (drain.Since is { } since) return [$"draining since {since:HH:mm:ss}Z"];
        var silo = Silo;
        return silo == SiloStatus.Active ? start.Missing : [$"the silo is {silo}", .. start.Missing];
    }

    /// <summary>Why it should be started anew, for people; null while it lives. What other hosts or services do is no reason.</summary>
    public string? Dead() => Silo == SiloStatus.Dead ? "the silo was declared dead" : null;

    // Asked for late: the silo's services are not there before the host is built.
    private SiloStatus Silo => services.GetService(typeof(ISiloStatusOracle)) is ISiloStatusOracle oracle ? oracle.CurrentStatus : SiloStatus.None;
}
