using System;
using System.Collections.Generic;

namespace FleetSystem.GameClient;

/// <summary>A player's latency to a region.</summary>
public sealed class RegionLatency
{
    /// <summary>A latency that was measured in another way.</summary>
    /// <param name="regionId">The region.</param>
    /// <param name="roundTrip">The round trip.</param>
    public RegionLatency(string regionId, TimeSpan roundTrip)
        : this(regionId, 1, new[] { roundTrip })
    {
    }

    internal RegionLatency(string regionId, int sent, IReadOnlyList<TimeSpan> roundTrips)
    {
        RegionId = regionId;
        Sent = sent;
        Answered = roundTrips.Count;
        if (roundTrips.Count == 0) return;
        var sorted = new List<TimeSpan>(roundTrips);
        sorted.Sort();

        // The median: one datagram that was held up says little of the region, and the luckiest one too.
        Median = sorted[sorted.Count / 2];
    }

    /// <summary>The region.</summary>
    public string RegionId { get; }

    /// <summary>Datagrams sent.</summary>
    public int Sent { get; }

    /// <summary>Datagrams that came back in time.</summary>
    public int Answered { get; }

    /// <summary>Median round trip, or null where nothing came back.</summary>
    public TimeSpan? Median { get; }

    /// <summary>The same as tickets and sessions take it: whole milliseconds, rounded up, at least 1.</summary>
    public int? Milliseconds => Median is { } median ? Math.Max(1, (int)Math.Ceiling(median.TotalMilliseconds)) : (int?)null;
}
