using System;

namespace FleetSystem.GameClient;

/// <summary>How latencies are measured.</summary>
public sealed class RegionLatencyOptions
{
    /// <summary>Datagrams sent to each region. The default value is 5. Value must be between 1 and 20.</summary>
    public int Datagrams { get; set; } = 5;

    /// <summary>Time between two of them. The default value is 100 ms. Value must be between 20 ms and 1 second.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Time for the last one to come back. The default value is 1 second. Value must be between 100 ms and 5 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(1);

    internal void Validate()
    {
        if (Datagrams is < 1 or > 20) throw new ArgumentException($"{nameof(RegionLatencyOptions)}: {nameof(Datagrams)} must be 1 to 20.");
        if (Interval < TimeSpan.FromMilliseconds(20) || Interval > TimeSpan.FromSeconds(1))
            throw new ArgumentException($"{nameof(RegionLatencyOptions)}: {nameof(Interval)} must be 20 ms to 1 s.");
        if (Timeout < TimeSpan.FromMilliseconds(100) || Timeout > TimeSpan.FromSeconds(5))
            throw new ArgumentException($"{nameof(RegionLatencyOptions)}: {nameof(Timeout)} must be 100 ms to 5 s.");
    }

    internal RegionLatencyOptions Copy() => (RegionLatencyOptions)MemberwiseClone();
}
