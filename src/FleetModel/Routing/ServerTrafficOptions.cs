using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.FleetModel.Routing;

/// <summary>How fast the destinations of custom routing accelerators are opened and closed, where that is done for each server (<see cref="AcceleratorTraffic.PerServer"/>).</summary>
public sealed class ServerTrafficOptions
{
    /// <summary>Time between two rounds. The default is 1 second; 0.1 seconds to 1 minute.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Most calls of a round, which follow one another; each opens or closes up to 100 addresses with 100 ports. The default is 8; 1 to 100.
    /// </summary>
    public int CallsPerRound { get; set; } = 8;

    /// <summary>
    /// How long a destination where a session has played stays closed before it is opened for the next server at that address and port: whoever
    /// played there shall have given up. Meanwhile that server is reached by the other routes. The default is 30 seconds; 0 to 1 hour.
    /// </summary>
    public TimeSpan ReopenAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Adds what is out of bounds to the faults.</summary>
    public void Check(FaultList faults, string key)
    {
        faults.Within(Interval, TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(1), $"{key}:{nameof(Interval)}");
        faults.Within(CallsPerRound, 1, 100, $"{key}:{nameof(CallsPerRound)}");
        faults.Within(ReopenAfter, TimeSpan.Zero, TimeSpan.FromHours(1), $"{key}:{nameof(ReopenAfter)}");
    }
}
