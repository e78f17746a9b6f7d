namespace FleetSystem.Benchmarks.Load;

/// <summary>Bounds of a run.</summary>
internal sealed record LoadLimits(int Connections, TimeSpan WarmUp, TimeSpan Duration, int MaxSessions, bool End);

/// <summary>
/// A closed loop: each connection creates a session, waits for it, ends it, waits for that, and starts over. What begins during the warm-up is not counted.
/// When the time is over or the run is interrupted, requests under way are awaited, so that no session is left behind.
/// </summary>
internal sealed class LoadRun(ILoadTarget target, LoadLimits limits, TimeProvider time)
{
    // A refusal is answered at once: without a pause the loop would measure only how fast refusals come.
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromMilliseconds(10);

    private long _started;
    private int _created;

    public async Task<LoadReport> RunAsync(long seed, CancellationToken cancellationToken)
    {
        _started = time.GetTimestamp();
        var workers = Enumerable.Range(0, limits.Connections).Select(connection => new Worker(connection)).ToList();
        await Task.WhenAll(workers.Select(worker => Task.Run(() => LoopAsync(worker, cancellationToken), CancellationToken.None)));

        // To the end of the last request: connections that waited for an answer after the time were loading the system, too.
        var measured = time.GetElapsedTime(_started) - limits.WarmUp;
        return LoadReport.Of(workers, seed, limits, measured < TimeSpan.Zero ? TimeSpan.Zero : measured, cancellationToken.IsCancellationRequested);
    }

    private async Task LoopAsync(Worker worker, CancellationToken cancellationToken)
    {
        for (var sequence = 0L; !IsOver(cancellationToken) && Interlocked.Increment(ref _created) <= limits.MaxSessions; sequence++)
        {
            var number = sequence;
            var id = await TryAsync(worker, "create", worker.Creates, () => target.CreateAsync(worker.Connection, number), cancellationToken);
            if (id is not null && limits.End)
                await TryAsync(worker, "end", worker.Ends, () => EndAsync(id), cancellationToken);
        }
    }

    private async Task<string> EndAsync(string id)
    {
        await target.EndAsync(id);
        return id;
    }

    private async Task<string?> TryAsync(Worker worker, string operation, LatencyRecorder latencies, Func<Task<string>> request, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var counts = time.GetElapsedTime(_started, begun) >= limits.WarmUp;
        try
        {
            var answer = await request();
            if (counts)
                latencies.Add(time.GetElapsedTime(begun));
            return answer;
        }
        catch (LoadException e)
        {
            if (counts)
                worker.Errors.Add(operation, e);
        }

        await Task.Delay(PauseAfterError, time, cancellationToken).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return null;
    }

    private bool IsOver(CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested || time.GetElapsedTime(_started) >= limits.WarmUp + limits.Duration;

    /// <summary>What one connection measured; nobody else touches it while it runs.</summary>
    internal sealed class Worker(int connection)
    {
        public int Connection => connection;

        public LatencyRecorder Creates { get; } = new();

        public LatencyRecorder Ends { get; } = new();

        public ErrorCounts Errors { get; } = new();
    }
}
