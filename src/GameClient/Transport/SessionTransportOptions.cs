using System;
using System.Collections.Generic;

namespace FleetSystem.GameClient;

/// <summary>How a <see cref="SessionTransport"/> watches and chooses its paths. The defaults move a player within 1.2 s of a path's death.</summary>
public sealed class SessionTransportOptions
{
    /// <summary>
    /// Longest datagram either way, without the routing token. The default value is 1200, which fits every path's MTU. A join with its token must fit.
    /// Value must be between 256 and 1400.
    /// </summary>
    public int DatagramBytesMax { get; set; } = 1200;

    /// <summary>
    /// Datagrams that wait to be received; beyond it the oldest are dropped and counted. The default value is 256. Value must be between 1 and 4096.
    /// </summary>
    public int ReceiveQueueLength { get; set; } = 256;

    /// <summary>
    /// No answer on the path in use for this long, while something was sent, and another is taken. From a third of it on all paths are asked
    /// <see cref="SuspectProbeInterval"/> apart. The default value is 1 second. Value must be between 300 ms and 1.4 seconds: twice as much, for the
    /// case that a second path is dead too, stays below 3 seconds.
    /// </summary>
    public TimeSpan SilenceTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Time between two probes of a path. The default value is 1 second. Value must be between 250 ms and 30 seconds.</summary>
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Time between two probes of each path while the one in use is silent, for 5 seconds at most. The default value is 100 ms. Value must be between
    /// 50 ms and a fifth of <see cref="SilenceTimeout"/>.
    /// </summary>
    public TimeSpan SuspectProbeInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long each probe of a better path must have been answered before the player goes back to it. It doubles with each failure soon after, up to
    /// <see cref="ReturnAfterMax"/>. The default value is 10 seconds. Value must be between 2 seconds and 10 minutes.
    /// </summary>
    public TimeSpan ReturnAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Bound of <see cref="ReturnAfter"/>'s doubling. The default value is 5 minutes. Value must be between <see cref="ReturnAfter"/> and 1 hour.</summary>
    public TimeSpan ReturnAfterMax { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Time between two joins until one is answered; it doubles up to 4 times as much. The default value is 250 ms. Value must be between 100 ms and 5
    /// seconds.
    /// </summary>
    public TimeSpan JoinInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    internal TimeSpan SuspectAfter => TimeSpan.FromTicks(SilenceTimeout.Ticks / 3);

    /// <exception cref="ArgumentException">Values are out of their ranges; the message has all of them.</exception>
    internal void Validate()
    {
        var faults = new List<string>();
        Check(DatagramBytesMax is >= 256 and <= 1400, nameof(DatagramBytesMax), "256 to 1400");
        Check(ReceiveQueueLength is >= 1 and <= 4096, nameof(ReceiveQueueLength), "1 to 4096");
        Within(SilenceTimeout, TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(1.4), nameof(SilenceTimeout));
        Within(ProbeInterval, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(30), nameof(ProbeInterval));
        Within(SuspectProbeInterval, TimeSpan.FromMilliseconds(50), TimeSpan.FromTicks(SilenceTimeout.Ticks / 5), nameof(SuspectProbeInterval));
        Within(ReturnAfter, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(10), nameof(ReturnAfter));
        Within(ReturnAfterMax, ReturnAfter, TimeSpan.FromHours(1), nameof(ReturnAfterMax));
        Within(JoinInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), nameof(JoinInterval));
        if (faults.Count > 0) throw new ArgumentException($"{nameof(SessionTransportOptions)}: {string.Join("; ", faults)}.");

        void Within(TimeSpan value, TimeSpan min, TimeSpan max, string name) => Check(value >= min && value <= max, name, $"{min} to {max}");

        void Check(bool holds, string name, string range)
        {
            if (!holds) faults.Add($"{name} must be {range}");
        }
    }

    /// <summary>The caller may change his own afterwards; ours stay as they were checked.</summary>
    internal SessionTransportOptions Copy() => (SessionTransportOptions)MemberwiseClone();
}
