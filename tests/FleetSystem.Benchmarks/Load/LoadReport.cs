namespace FleetSystem.Benchmarks.Load;

/// <summary>Latencies of one operation.</summary>
internal sealed record LatencyReport(long Count, double P50Milliseconds, double P99Milliseconds, double MaxMilliseconds)
{
    public static LatencyReport Of(IEnumerable<LatencyRecorder> recorders)
    {
        var all = LatencyRecorder.Merge(recorders);
        return new LatencyReport(all.Count, all.Percentile(50), all.Percentile(99), all.Max);
    }
}

/// <summary>What a run measured, as it is printed. The latencies beside the sessions are those of creating one.</summary>
internal sealed record LoadReport(
    long Sessions,
    double SessionsPerSecond,
    double P50Milliseconds,
    double P99Milliseconds,
    double MaxMilliseconds,
    LatencyReport? End,
    IReadOnlyList<LoadErrorCount> Errors,
    double DurationSeconds,
    int Connections,
    long Seed,
    bool Interrupted)
{
    public static LoadReport Of(IReadOnlyList<LoadRun.Worker> workers, long seed, LoadLimits limits, TimeSpan duration, bool interrupted)
    {
        var creates = LatencyReport.Of(workers.Select(worker => worker.Creates));
        var errors = new ErrorCounts();
        foreach (var worker in workers)
            errors.Add(worker.Errors);
        return new LoadReport(
            creates.Count,
            duration > TimeSpan.Zero ? Math.Round(creates.Count / duration.TotalSeconds, 1) : 0,
            creates.P50Milliseconds,
            creates.P99Milliseconds,
            creates.MaxMilliseconds,
            limits.End ? LatencyReport.Of(workers.Select(worker => worker.Ends)) : null,
            errors.ToList(),
            Math.Round(duration.TotalSeconds, 3),
            limits.Connections,
            seed,
            interrupted);
    }
}
