using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.SiloHost.Access;

/// <summary>
/// How many requests a host takes; one too many is answered 429 with Retry-After. Each host counts for itself. Where access is not guarded nothing is limited.
/// </summary>
public sealed class RateLimitOptions
{
    /// <summary>Requests of one player, or of one operator. The default is 50 a second, 200 at once.</summary>
    public RateOptions Callers { get; set; } = new() { Requests = 50, Burst = 200 };

    /// <summary>Requests of one game backend. The default is 20000 a second, 40000 at once.</summary>
    public RateOptions Backends { get; set; } = new() { Requests = 20_000, Burst = 40_000 };

    /// <summary>
    /// Requests from one address, of everybody but game backends; an IPv6 address counts with its /64. Many players share an address where their carrier gives them one. The default
    /// is 1000 a second, 5000 at once.
    /// </summary>
    public RateOptions Addresses { get; set; } = new() { Requests = 1000, Burst = 5000 };

    /// <summary>Tries from one address to sign in to the dashboard. The default is 10 a minute, 10 at once.</summary>
    public RateOptions SignIns { get; set; } = new() { Requests = 10, Burst = 10, Period = TimeSpan.FromMinutes(1) };

    /// <summary>
    /// Most counts that are kept of callers, and as many of addresses: with more of them, some share one. The default is 65536; 1024 to 1048576.
    /// </summary>
    public int MaxPartitions { get; set; } = 65_536;

    internal void Check(FaultList faults, string at)
    {
        Callers.Check(faults, at + nameof(Callers) + ":");
        Backends.Check(faults, at + nameof(Backends) + ":");
        Addresses.Check(faults, at + nameof(Addresses) + ":");
        SignIns.Check(faults, at + nameof(SignIns) + ":");
        faults.Check(MaxPartitions is >= 1024 and <= 1_048_576, at + nameof(MaxPartitions), $"is {MaxPartitions}: 1024 to 1048576 is possible");
    }
}

/// <summary>A rate: so many requests a period, and as many at once as have been saved up.</summary>
public sealed class RateOptions
{
    private const int Most = 10_000_000;

    /// <summary>Requests a period, 1 to 10000000.</summary>
    public int Requests { get; set; } = 1;

    /// <summary>Requests at once, 1 to 10000000.</summary>
    public int Burst { get; set; } = 1;

    /// <summary>The period. The default is 1 second; 1 second to 1 hour.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(1);

    internal void Check(FaultList faults, string at)
    {
        faults.Check(Requests is >= 1 and <= Most, at + nameof(Requests), $"is {Requests}: 1 to {Most} is possible");
        faults.Check(Burst is >= 1 and <= Most, at + nameof(Burst), $"is {Burst}: 1 to {Most} is possible");
        faults.Check(Period >= TimeSpan.FromSeconds(1) && Period <= TimeSpan.FromHours(1), at + nameof(Period), $"is {Period}: 00:00:01 to 01:00:00 is possible");
    }
}
