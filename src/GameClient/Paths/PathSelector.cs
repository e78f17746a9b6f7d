using System;
using System.Collections.Generic;

namespace FleetSystem.GameClient;

/// <summary>
/// The choice among paths: pure, from what was seen on them and the time. A silent path is left at once for the best one that is known to work; a better one
/// is gone back to only when it has proven itself.
/// </summary>
internal static class PathSelector
{
    /// <summary>Share of lost probes, there or back, above which a path is called degraded.</summary>
    public const double LossDegraded = 0.3;

    /// <summary>Share of lost probes at which a path is left, although it is not silent. A tenth lost each way (0.19) does not come near it by chance.</summary>
    private const double LossMax = 0.5;

    /// <summary>Share of lost probes up to which another path is better for certain.</summary>
    private const double LossSound = 0.1;

    /// <summary>A failure this long after another counts as a repetition.</summary>
    public static readonly TimeSpan StrikeWindow = TimeSpan.FromMinutes(10);

    /// <summary>How long the service's word on the order makes up for a path's own proof.</summary>
    private static readonly TimeSpan PromotionTrust = TimeSpan.FromSeconds(10);

    /// <summary>Time on a path before its loss, which may be what remains of an earlier trouble, can end it.</summary>
    private static readonly TimeSpan LossPatience = TimeSpan.FromSeconds(5);

    /// <summary>Chooses.</summary>
    /// <param name="paths">All paths in order, at least one.</param>
    /// <param name="current">Index of the path in use.</param>
    /// <param name="chosenAt">When that was chosen.</param>
    /// <param name="canProbe">Whether the game's protocol has probes; without them, idle paths are never known to work.</param>
    /// <param name="now">Now.</param>
    /// <param name="options">Thresholds.</param>
    public static PathChoice Choose(
        IReadOnlyList<NetworkPath> paths, int current, TimeSpan chosenAt, bool canProbe, TimeSpan now, SessionTransportOptions options)
    {
        var used = paths[current];
        if (SilenceStart(used, chosenAt) is { } silentSince && now - silentSince >= options.SilenceTimeout)
        {
            // What answered only before the trouble began may have died with the path in use, as both addresses of an accelerator do.
            for (var i = 0; i < paths.Count; i++)
            {
                if (i != current && paths[i].HeardAt >= silentSince + options.SuspectAfter) return new PathChoice(i, PathChangeReason.Silence);
            }

            // All silent: rather the player's own network, or the server. Hold on a little, then try the others, since nothing is lost by it.
            return paths.Count > 1 && now - silentSince >= options.SilenceTimeout * (canProbe ? 2 : 1)
                ? new PathChoice((current + 1) % paths.Count, PathChangeReason.AllSilent)
                : new PathChoice(current, PathChangeReason.None);
        }

        if (used.Loss >= LossMax && now - chosenAt >= LossPatience)
        {
            for (var i = 0; i < paths.Count; i++)
            {
                if (i != current && paths[i].SoundSince is not null && paths[i].Loss <= LossSound) return new PathChoice(i, PathChangeReason.Loss);
            }
        }

        for (var i = 0; i < paths.Count; i++)
        {
            if (paths[i].Rank < used.Rank && paths[i].SoundSince is { } since && now - since >= ProofNeeded(paths[i], now, options))
                return new PathChoice(i, PathChangeReason.BetterPath);
        }

        return new PathChoice(current, PathChangeReason.None);
    }

    /// <summary>Since when the path in use has been silent; null while nothing is waited for.</summary>
    public static TimeSpan? SilenceStart(NetworkPath used, TimeSpan chosenAt) =>
        used.WaitingSince is { } waiting ? (waiting > chosenAt ? waiting : chosenAt) : (TimeSpan?)null;

    private static TimeSpan ProofNeeded(NetworkPath path, TimeSpan now, SessionTransportOptions options)
    {
        if (path.PromotedAt is { } promoted && now - promoted < PromotionTrust && !(path.FailedAt > promoted - options.ReturnAfter))
            return options.SilenceTimeout;
        var needed = options.ReturnAfter;
        for (var strike = 1; strike < path.Strikes && needed < options.ReturnAfterMax; strike++) needed *= 2;
        return needed < options.ReturnAfterMax ? needed : options.ReturnAfterMax;
    }
}

/// <summary>A choice.</summary>
internal readonly struct PathChoice
{
    public PathChoice(int index, PathChangeReason reason)
    {
        Index = index;
        Reason = reason;
    }

    public int Index { get; }

    public PathChangeReason Reason { get; }
}
