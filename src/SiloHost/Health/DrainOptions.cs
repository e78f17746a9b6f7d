using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.SiloHost.Health;

/// <summary>How a host leaves. The configuration section <c>Silo:Drain</c>. A pod's <c>terminationGracePeriodSeconds</c> must be above the sum.</summary>
public sealed class DrainOptions
{
    /// <summary>
    /// How long the host goes on serving once it was told to stop and is not ready any more: until then somebody may still send it requests. The
    /// default is 0, for hosts that nothing balances over; 0 to 5 minutes.
    /// </summary>
    public TimeSpan Delay { get; set; } = TimeSpan.Zero;

    /// <summary>How long requests that are under way then may still take before they are cut off. The default is 15 seconds; 0 to 5 minutes.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the silo may take after that to hand its grains on. The default is 20 seconds; 1 second to 5 minutes.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The longest that a stop takes.</summary>
    public TimeSpan Total => Delay + RequestTimeout + StopTimeout;

    internal void Check(FaultList faults, string prefix)
    {
        Within(Delay, TimeSpan.Zero, nameof(Delay));
        Within(RequestTimeout, TimeSpan.Zero, nameof(RequestTimeout));
        Within(StopTimeout, TimeSpan.FromSeconds(1), nameof(StopTimeout));

        void Within(TimeSpan value, TimeSpan least, string key) =>
            faults.Check(value >= least && value <= TimeSpan.FromMinutes(5), prefix + key, $"is {value}: {least} to 00:05:00 is possible");
    }
}
