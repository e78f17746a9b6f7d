using System.Threading.Channels;

namespace FleetSystem.Benchmarks.Load;

/// <summary>Bounds of a run with tickets.</summary>
/// <param name="Connections">Connections that create.</param>
/// <param name="Rate">Tickets a second, whether or not the service keeps up; 0 for a closed loop, in which each connection waits for its answer.</param>
/// <param name="WarmUp">Time before the measured one.</param>
/// <param name="Duration">The measured time.</param>
/// <param name="SampleEvery">Every how many tickets one is followed by a stream of its own.</param>
/// <param name="Linger">How long the last tickets may take to be matched.</param>
/// <param name="End">Whether sessions are ended once they are there, so that servers do not run out.</param>
internal sealed record TicketLoadLimits(int Connections, double Rate, TimeSpan WarmUp, TimeSpan Duration, int SampleEvery, TimeSpan Linger, bool End);

/// <summary>
/// Creates tickets and follows what becomes of them: all by the queue's feed, a sample by streams of their own. The rate is kept whatever the service does, and a
/// creation's latency counts from when it was due: a service that falls behind shows it.
/// </summary>
/// <param name="creating">Connections for creations.</param>
/// <param name="streaming">Connections for streams, without a time-out, and for ending sessions.</param>
/// <param name="queue">The queue.</param>
/// <param name="limits">Bounds.</param>
/// <param name="time">The clock; the service's events are compared with it, so it is that of the same machine.</param>
internal sealed class TicketLoadRun(HttpClient creating, HttpClient streaming, string queue, TicketLoadLimits limits, TimeProvider time)
{
    private const int MaxSampleStreams = 256;
    private const int Enders = 32;
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromMilliseconds(10);

    private readonly Channel<string> _over = Channel.CreateBounded<string>(10_000);
    private readonly ErrorCounts _errors = new();
    private readonly LatencyRecorder _sampled = new();
    private readonly Lock _gate = new();
    private DateTimeOffset _begin;
    private long _next;
    private int _open;

    private DateTimeOffset MeasuredFrom => _begin + limits.WarmUp;

    private DateTimeOffset MeasuredUntil => _begin + limits.WarmUp + limits.Duration;

    public async Task<TicketLoadReport> RunAsync(long seed, CancellationToken cancellationToken)
    {
        var target = new TicketsTarget(creating, queue, await TicketsTarget.RegionsAsync(creating), seed);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ledger = new TicketLedger(time);
        var following = Task.Run(() => FollowAsync(ledger, () => opened.TrySetResult(), stop.Token), CancellationToken.None);
        await await Task.WhenAny(opened.Task, following);
        _begin = time.GetUtcNow();
        ledger.Count(MeasuredFrom, MeasuredUntil);
        var ending = Enumerable.Range(0, Enders).Select(_ => Task.Run(EndAsync)).ToList();
        var workers = Enumerable.Range(0, limits.Connections).Select(index => new Worker(new Random((int)seed + index))).ToList();
        await Task.WhenAll(workers.Select(worker => Task.Run(() => CreateAsync(target, worker, ledger, stop.Token, cancellationToken), CancellationToken.None)));
        var measured = (time.GetUtcNow() < MeasuredUntil ? time.GetUtcNow() : MeasuredUntil) - MeasuredFrom;
        await LingerAsync(ledger, cancellationToken);
        await stop.CancelAsync();
        await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Writer.TryComplete();
        await Task.WhenAll(ending);
        return Report(workers, ledger, measured > TimeSpan.Zero ? measured : TimeSpan.Zero, seed, cancellationToken.IsCancellationRequested);
    }

    private async Task CreateAsync(TicketsTarget target, Worker worker, TicketLedger ledger, CancellationToken streams, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var number = Interlocked.Increment(ref _next) - 1;
            var due = limits.Rate > 0 ? _begin + TimeSpan.FromSeconds(number / limits.Rate) : time.GetUtcNow();
            if (due >= MeasuredUntil) return;
            if (due - time.GetUtcNow() is var wait && wait > TimeSpan.Zero) await Task.Delay(wait, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                var ticket = await target.CreateAsync(number, worker.Random);
                var answered = time.GetUtcNow();
                if (due >= MeasuredFrom) worker.Posts.Add(answered - due);
                if (answered >= MeasuredFrom && answered < MeasuredUntil) worker.Created++;
                ledger.Created(ticket, due);
                if (number % limits.SampleEvery == 0) _ = SampleAsync(ticket, streams);
            }
            catch (LoadException fault)
            {
                if (due >= MeasuredFrom) worker.Errors.Add("create", fault);
                await Task.Delay(PauseAfterError, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task FollowAsync(TicketLedger ledger, Action opened, CancellationToken cancellationToken)
    {
        await foreach (var (name, data) in TicketEventStream.ReadAsync(streaming, $"v1/queues/{queue}/events", opened, cancellationToken))
        {
            if (ledger.Told(name, data) is { } session && limits.End) await _over.Writer.WriteAsync(session, cancellationToken);
        }
    }

    private async Task SampleAsync(string ticket, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _open) > MaxSampleStreams) return;
            var opened = DateTimeOffset.MaxValue;
            await foreach (var (_, data) in TicketEventStream.ReadAsync(streaming, $"v1/tickets/{ticket}/events", () => opened = time.GetUtcNow(), cancellationToken))
            {
                if (!TicketEventStream.IsMatched(data)) continue;
                var at = TicketEventStream.At(data);

                // What happened before the stream was there is history, and says nothing of how fast events come.
                if (at < opened || at < MeasuredFrom || at >= MeasuredUntil) return;
                lock (_gate) _sampled.Add(time.GetUtcNow() - at);
                return;
            }
        }
        catch (Exception fault) when (fault is LoadException or HttpRequestException or IOException or OperationCanceledException)
        {
            if (cancellationToken.IsCancellationRequested) return;
            lock (_gate) _errors.Add("stream", fault as LoadException ?? new LoadException(0, fault.GetType().Name));
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task EndAsync()
    {
        await foreach (var session in _over.Reader.ReadAllAsync())
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Delete, $"v1/sessions/{Uri.EscapeDataString(session)}");
                await LoadRequests.SendAsync(streaming, request, static problem => LoadRequests.StringAt(problem, "code"));
            }
            catch (LoadException fault)
            {
                lock (_gate) _errors.Add("end", fault);
            }
        }
    }

    private async Task LingerAsync(TicketLedger ledger, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + limits.Linger;
        while (ledger.Waiting > 0 && time.GetUtcNow() < until && !cancellationToken.IsCancellationRequested)
            await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private TicketLoadReport Report(IReadOnlyList<Worker> workers, TicketLedger ledger, TimeSpan measured, long seed, bool interrupted)
    {
        var posts = TicketLatencies.Of(workers.Select(worker => worker.Posts));
        foreach (var worker in workers) _errors.Add(worker.Errors);
        return new TicketLoadReport(
            workers.Sum(worker => worker.Created),
            PerSecond(workers.Sum(worker => worker.Created)),
            ledger.Matched,
            PerSecond(ledger.Matched),
            ledger.Sessions,
            posts,
            TicketLatencies.Of([ledger.Delivery]),
            TicketLatencies.Of([_sampled]),
            TicketLatencies.Of([ledger.Wait]),
            TicketLatencies.Of([ledger.Placement]),
            ledger.Waiting,
            ledger.Returned,
            ledger.Ended,
            _errors.ToList(),
            ledger.Gaps,
            Math.Round(measured.TotalSeconds, 3),
            limits.Rate,
            limits.Connections,
            seed,
            interrupted);

        double PerSecond(long count) => measured > TimeSpan.Zero ? Math.Round(count / measured.TotalSeconds, 1) : 0;
    }

    /// <summary>What one connection measured.</summary>
    private sealed class Worker(Random random)
    {
        public Random Random => random;

        public LatencyRecorder Posts { get; } = new();

        /// <summary>Tickets whose creation was answered in the measured time.</summary>
        public long Created { get; set; }

        public ErrorCounts Errors { get; } = new();
    }
}
