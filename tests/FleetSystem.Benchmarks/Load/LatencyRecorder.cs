namespace FleetSystem.Benchmarks.Load;

/// <summary>
/// Latencies of one worker in logarithmic buckets about 1 % wide: a bounded size for a run of any length, and no lock, because each worker has its own.
/// </summary>
internal sealed class LatencyRecorder
{
    private const double Smallest = 0.001; // milliseconds
    private static readonly double Growth = Math.Log(1.01);
    private readonly long[] _buckets = new long[2_200]; // up to 53 minutes

    public long Count { get; private set; }

    /// <summary>The longest, in milliseconds.</summary>
    public double Max { get; private set; }

    public static LatencyRecorder Merge(IEnumerable<LatencyRecorder> recorders)
    {
        var all = new LatencyRecorder();
        foreach (var recorder in recorders)
        {
            all.Count += recorder.Count;
            all.Max = Math.Max(all.Max, recorder.Max);
            for (var i = 0; i < all._buckets.Length; i++)
                all._buckets[i] += recorder._buckets[i];
        }

        return all;
    }

    public void Add(TimeSpan latency)
    {
        var milliseconds = latency.TotalMilliseconds;
        var bucket = milliseconds <= Smallest ? 0 : (int)Math.Ceiling(Math.Log(milliseconds / Smallest) / Growth);
        _buckets[Math.Min(bucket, _buckets.Length - 1)]++;
        Count++;
        Max = Math.Max(Max, Math.Round(milliseconds, 3));
    }

    /// <summary>The latency in milliseconds that this share of all did not exceed; 0 when there is none.</summary>
    public double Percentile(double percent)
    {
        var rank = (long)Math.Ceiling(Count * percent / 100);
        var seen = 0L;
        for (var i = 0; i < _buckets.Length; i++)
        {
            seen += _buckets[i];
            if (seen >= rank && seen > 0)
                return Math.Min(Max, Math.Round(Smallest * Math.Exp(i * Growth), 3));
        }

        return 0;
    }
}
