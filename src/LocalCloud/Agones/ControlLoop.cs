using System.Threading.Channels;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>Brings one object nearer to what is asked of it; called again whenever something about it changes.</summary>
internal interface IReconciler
{
    void Reconcile(string key);
}

/// <summary>
/// The one thread on which a cluster's controllers run. Events only name what to look at; a name stands in the queue at most once, so that
/// the queue never grows beyond the number of objects.
/// </summary>
internal sealed partial class ControlLoop : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly Queue<(IReconciler Reconciler, string Key)> _queue = new();
    private readonly HashSet<(IReconciler, string)> _queued = [];
    private readonly Dictionary<(IReconciler, string), ITimer> _timers = [];
    private readonly Channel<byte> _signal = Channel.CreateBounded<byte>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _running;

    public ControlLoop(TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
        _running = Task.Run(RunAsync);
    }

    public void Enqueue(IReconciler reconciler, string key)
    {
        lock (_gate)
        {
            if (!_queued.Add((reconciler, key))) return;
            _queue.Enqueue((reconciler, key));
        }

        _signal.Writer.TryWrite(0);
    }

    /// <summary>Enqueues later; what already waits is not put off.</summary>
    public void EnqueueAfter(IReconciler reconciler, string key, TimeSpan delay)
    {
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested || _timers.ContainsKey((reconciler, key))) return;
            _timers[(reconciler, key)] = _time.CreateTimer(_ => Elapsed(reconciler, key), null, delay, Timeout.InfiniteTimeSpan);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            foreach (var timer in _timers.Values) timer.Dispose();
            _timers.Clear();
            _stopping.Cancel();
        }

        await _running;
        _stopping.Dispose();
    }

    private void Elapsed(IReconciler reconciler, string key)
    {
        lock (_gate)
        {
            if (_timers.Remove((reconciler, key), out var timer)) timer.Dispose();
        }

        Enqueue(reconciler, key);
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await _signal.Reader.ReadAsync(_stopping.Token);
                while (TryDequeue(out var next)) Reconcile(next.Reconciler, next.Key);
            }
        }
        catch (OperationCanceledException)
        {
            // The cluster stops.
        }
    }

    private void Reconcile(IReconciler reconciler, string key)
    {
        try
        {
            reconciler.Reconcile(key);
        }
        catch (Exception exception)
        {
            // One object that cannot be helped must not stop the others.
            LogFailed(_logger, reconciler.GetType().Name, key, exception);
            EnqueueAfter(reconciler, key, RetryDelay);
        }
    }

    private bool TryDequeue(out (IReconciler Reconciler, string Key) next)
    {
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested || !_queue.TryDequeue(out next))
            {
                next = default;
                return false;
            }

            _queued.Remove((next.Reconciler, next.Key));
            return true;
        }
    }

    [LoggerMessage(LogLevel.Error, "{Controller} failed on {Key}; it will be tried again.")]
    private static partial void LogFailed(ILogger logger, string controller, string key, Exception exception);
}
