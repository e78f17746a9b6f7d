namespace FleetSystem.FleetManager.Kubernetes.Requests;

/// <summary>How long to wait before the next try. Pure.</summary>
internal static class Backoff
{
    /// <summary>
    /// Doubles from the least to the most wait; half of it is jitter, so that clients of a server that came back do not come in step. What
    /// the server asked for (Retry-After) is the least, up to the configured most, with up to a fifth of jitter on top.
    /// </summary>
    /// <param name="failures">Failures in a row, from 1.</param>
    /// <param name="retryAfter">What the server asked for.</param>
    /// <param name="options">Limits.</param>
    /// <param name="jitter">From 0 to below 1.</param>
    public static TimeSpan Delay(int failures, TimeSpan? retryAfter, KubernetesAdapterOptions options, double jitter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        var full = options.BackoffMin * Math.Pow(2, Math.Min(failures - 1, 30));
        if (full > options.BackoffMax) full = options.BackoffMax;
        var delay = full * (0.5 + (jitter / 2));
        if (retryAfter is not { } asked) return delay;
        if (asked > options.RetryAfterMax) asked = options.RetryAfterMax;
        var atLeast = asked * (1 + (jitter / 5));
        return atLeast > delay ? atLeast : delay;
    }
}
