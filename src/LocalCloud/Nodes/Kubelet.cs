using System.Net;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Nodes;

/// <summary>
/// Runs the Pods of a cluster's nodes on a runtime and reports what becomes of them. One kubelet stands for all nodes; a node that is
/// silent runs nothing new and reports nothing.
/// </summary>
internal sealed partial class Kubelet : IReconciler, IAsyncDisposable
{
    /// <summary>Pods that are being started at the same time.</summary>
    public const int ConcurrentStartLimit = 8;

    /// <summary>Attempts to start a Pod before it counts as failed.</summary>
    public const int StartAttemptLimit = 3;

    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopGracePeriod = TimeSpan.FromSeconds(2);

    private readonly ObjectStore _store;
    private readonly IPodRuntime _processes;
    private readonly SimulatedPodRuntime _simulated;
    private readonly GameServerWatches _watches;
    private readonly ControlLoop _loop;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _starts = new(ConcurrentStartLimit);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, RunningPod> _running = new(StringComparer.Ordinal);
    private readonly HashSet<string> _silent = new(StringComparer.Ordinal);
    private int _addresses;

    public Kubelet(
        ObjectStore store, IPodRuntime processes, SimulatedPodRuntime simulated, GameServerWatches watches, ControlLoop loop, TimeProvider time, ILogger logger)
    {
        _store = store;
        _processes = processes;
        _simulated = simulated;
        _watches = watches;
        _loop = loop;
        _time = time;
        _logger = logger;
    }

    public void Reconcile(string key)
    {
        var pod = _store.Get(CoreKinds.Pod, key);
        RunningPod? running;
        lock (_gate)
        {
            running = _running.GetValueOrDefault(key);
            var node = pod is null ? running?.Node : PodFacts.Of(pod).NodeName;
            if (node is null or "" || _silent.Contains(node)) return;
        }

        if (running is not null && pod?.Uid != running.Uid)
        {
            // Removed by force: the process goes without anyone waiting for it.
            Stop(key, running, TimeSpan.Zero, report: false);
            if (pod is not null) _loop.EnqueueAfter(this, key, FirstRetryDelay);
        }
        else if (pod is { Deleting: true })
        {
            if (running is null) _store.Delete(CoreKinds.Pod, key, new DeletionOptions(0, pod.Uid));
            else Stop(key, running, GraceOf(pod), report: true);
        }
        else if (pod is not null && running is null && PodFacts.Of(pod).Phase == PodFacts.Pending)
        {
            Start(key, pod);
        }
    }

    /// <summary>Kills the process of a Pod, as a crash would.</summary>
    public async Task<bool> KillAsync(string key)
    {
        IPod? pod;
        lock (_gate) pod = _running.GetValueOrDefault(key)?.Pod;
        if (pod is null) return false;
        await pod.StopAsync(TimeSpan.Zero);
        return true;
    }

    /// <summary>The operating-system process behind a Pod, or null.</summary>
    public int? ProcessIdOf(string key)
    {
        lock (_gate) return _running.GetValueOrDefault(key)?.Pod?.ProcessId;
    }

    /// <summary>Cuts a node off: it starts and reports nothing any more. Its processes die with it, or go on unseen.</summary>
    public async Task SilenceAsync(string node, bool killProcesses)
    {
        List<IPod> pods;
        lock (_gate)
        {
            _silent.Add(node);
            pods = [.. _running.Values.Where(running => running.Node == node).Select(running => running.Pod).OfType<IPod>()];
        }

        if (killProcesses) await Task.WhenAll(pods.Select(pod => pod.StopAsync(TimeSpan.Zero)));
    }

    /// <summary>The node is back: it reports what ended meanwhile and does what it was asked.</summary>
    public void Restore(string node)
    {
        List<(string Key, RunningPod Running)> ended;
        lock (_gate)
        {
            if (!_silent.Remove(node)) return;
            ended = [.. _running.Where(entry => entry.Value.Node == node && entry.Value.Pod?.Exited.IsCompleted == true).Select(entry => (entry.Key, entry.Value))];
        }

        foreach (var (key, running) in ended) OnExited(key, running);
        foreach (var (key, pod) in _store.List(CoreKinds.Pod).Objects)
        {
            if (PodFacts.Of(pod).NodeName == node) _loop.Enqueue(this, key);
        }

        lock (_gate)
        {
            foreach (var (key, running) in _running)
            {
                if (running.Node == node) _loop.Enqueue(this, key);
            }
        }
    }

    /// <summary>Ends every process.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        List<RunningPod> pods;
        lock (_gate)
        {
            pods = [.. _running.Values];
            _running.Clear();
        }

        await Task.WhenAll(pods.Select(EndAsync));
        _stopping.Dispose();
    }

    private static TimeSpan GraceOf(StoredObject pod) =>
        TimeSpan.FromSeconds(pod.ToJson().Child("metadata").Integer("deletionGracePeriodSeconds") ?? 0);

    private static async Task EndAsync(RunningPod running)
    {
        await running.Started;
        if (running.Pod is not { } pod) return;
        await pod.StopAsync(StopGracePeriod);
        await pod.DisposeAsync();
    }

    private void Start(string key, StoredObject pod)
    {
        if (_store.Get(AgonesKinds.GameServer, key) is not { } server || _store.Get(CoreKinds.Node, PodFacts.Of(pod).NodeName) is not { } node) return;
        var running = new RunningPod(pod.Uid, node.Name);
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested || !_running.TryAdd(key, running)) return;
        }

        var facts = NodeFacts.Of(node);
        var resource = new GameServerResource(_store, _watches, key, server.Uid);
        var start = PodStarts.Read(pod.ToJson(), server.ToJson(), IPAddress.Parse(facts.Address), resource);
        running.Started = facts.Simulated ? StartSimulatedAsync(key, running, start) : StartProcessAsync(key, running, start);
    }

    // Without a process there is nothing to wait for: this completes on the control loop.
    private async Task StartSimulatedAsync(string key, RunningPod running, PodStart start) =>
        OnStarted(key, running, start, await _simulated.StartAsync(start, CancellationToken.None));

    private async Task StartProcessAsync(string key, RunningPod running, PodStart start)
    {
        try
        {
            await Task.Yield();
            for (var attempt = 1; ; attempt++)
            {
                if (await TryStartAsync(key, running, start, attempt == StartAttemptLimit)) return;
                await Task.Delay(FirstRetryDelay * (1 << (attempt - 1)), _time, _stopping.Token);
                if (_store.Get(CoreKinds.Pod, key) is not { Deleting: false } pod || pod.Uid != running.Uid) break;
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The cluster stops.
        }
        catch (Exception exception)
        {
            LogStartFailed(_logger, key, exception);
            Report(key, running, 1, "StartError", exception.Message);
        }

        Forget(key, running);
    }

    private async Task<bool> TryStartAsync(string key, RunningPod running, PodStart start, bool last)
    {
        await _starts.WaitAsync(_stopping.Token);
        try
        {
            OnStarted(key, running, start, await _processes.StartAsync(start, _stopping.Token));
            return true;
        }
        catch (PodStartException refused)
        {
            LogStartRefused(_logger, key, refused.Message);
            if (last) throw;
            _store.Update(CoreKinds.Pod, key, body => PodStatus.WriteWaiting(body, "CreateContainerError", refused.Message));
            return false;
        }
        finally
        {
            _starts.Release();
        }
    }

    private void OnStarted(string key, RunningPod running, PodStart start, IPod pod)
    {
        running.Pod = pod;
        var number = Interlocked.Increment(ref _addresses);
        var podIp = $"127.{64 + (number >> 16)}.{(number >> 8) & 255}.{number & 255}";
        _store.Update(CoreKinds.Pod, key, body => body.Child("metadata").Text("uid") == running.Uid
            && PodStatus.WriteRunning(body, start.NodeAddress.ToString(), podIp, _time.GetUtcNow()));
        pod.Exited.GetAwaiter().OnCompleted(() => OnExited(key, running));
        // It may have been deleted while it started.
        _loop.Enqueue(this, key);
    }

    private void OnExited(string key, RunningPod running)
    {
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested || _silent.Contains(running.Node) || running.Stopping) return;
        }

        var exited = running.Pod!.Exited;
        var code = exited.IsCompletedSuccessfully ? exited.Result : SimulatedPodRuntime.KilledExitCode;
        Report(key, running, code, code == 0 ? "Completed" : "Error", null);
        Forget(key, running);
        _ = DisposeAsync(running.Pod);
    }

    private void Stop(string key, RunningPod running, TimeSpan grace, bool report)
    {
        lock (_gate)
        {
            if (running.Stopping || running.Pod is null) return;
            running.Stopping = true;
        }

        var stopped = running.Pod.StopAsync(grace);
        if (stopped.IsCompletedSuccessfully) OnStopped(key, running, report);
        else _ = FinishStopAsync(stopped, key, running, report);
    }

    private async Task FinishStopAsync(Task stopped, string key, RunningPod running, bool report)
    {
        try
        {
            await stopped;
        }
        catch (Exception exception)
        {
            LogStopFailed(_logger, key, exception);
        }

        OnStopped(key, running, report);
    }

    private void OnStopped(string key, RunningPod running, bool report)
    {
        Forget(key, running);
        _ = DisposeAsync(running.Pod!);
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested || _silent.Contains(running.Node)) return;
        }

        if (!report || _store.Get(CoreKinds.Pod, key) is not { } pod || pod.Uid != running.Uid) return;
        _store.Delete(CoreKinds.Pod, key, new DeletionOptions(0, running.Uid));
    }

    private async Task DisposeAsync(IPod pod)
    {
        try
        {
            await pod.DisposeAsync();
        }
        catch (Exception exception)
        {
            LogStopFailed(_logger, "", exception);
        }
    }

    private void Report(string key, RunningPod running, int exitCode, string reason, string? message) =>
        _store.Update(CoreKinds.Pod, key, body => body.Child("metadata").Text("uid") == running.Uid
            && PodStatus.WriteEnded(body, exitCode, reason, message, _time.GetUtcNow()));

    private void Forget(string key, RunningPod running)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_running.GetValueOrDefault(key), running)) _running.Remove(key);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Pod {Pod} does not start: {Reason}")]
    private static partial void LogStartRefused(ILogger logger, string pod, string reason);

    [LoggerMessage(LogLevel.Error, "Pod {Pod} has failed to start.")]
    private static partial void LogStartFailed(ILogger logger, string pod, Exception exception);

    [LoggerMessage(LogLevel.Warning, "Pod {Pod} did not stop cleanly.")]
    private static partial void LogStopFailed(ILogger logger, string pod, Exception exception);

    private sealed class RunningPod(string uid, string node)
    {
        public string Uid { get; } = uid;

        public string Node { get; } = node;

        public IPod? Pod { get; set; }

        public Task Started { get; set; } = Task.CompletedTask;

        public bool Stopping { get; set; }
    }
}
