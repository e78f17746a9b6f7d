using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.LocalCloud.Sdk;

namespace FleetSystem.LocalCloud.Nodes;

/// <summary>
/// Pods without a process, for load: Running at once and Ready shortly after. One timer serves them all; a server that has become Ready
/// costs nothing but its objects.
/// </summary>
internal sealed class SimulatedPodRuntime : IPodRuntime, IDisposable
{
    /// <summary>What a killed process would have ended with.</summary>
    public const int KilledExitCode = 137;

    private const int BatchLimit = 256;
    private static readonly TimeSpan DefaultReadyDelay = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly Queue<(long Since, IGameServerResource Server)> _starting = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _readyDelay;
    private readonly ITimer _timer;
    private bool _disposed;

    public SimulatedPodRuntime(TimeProvider time, TimeSpan? readyDelay = null)
    {
        _time = time;
        _readyDelay = readyDelay ?? DefaultReadyDelay;
        _timer = time.CreateTimer(_ => MakeReady(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public Task<IPod> StartAsync(PodStart start, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _starting.Enqueue((_time.GetTimestamp(), start.GameServer));
            if (_starting.Count == 1) Arm(_readyDelay);
        }

        return Task.FromResult<IPod>(new Pod());
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _starting.Clear();
        }

        _timer.Dispose();
    }

    private void MakeReady()
    {
        for (var i = 0; i < BatchLimit; i++)
        {
            IGameServerResource server;
            lock (_gate)
            {
                if (!_starting.TryPeek(out var next)) return;
                var wait = _readyDelay - _time.GetElapsedTime(next.Since);
                if (wait > TimeSpan.Zero)
                {
                    Arm(wait);
                    return;
                }

                server = _starting.Dequeue().Server;
            }

            server.Update(SayReady);
        }

        lock (_gate)
        {
            if (_starting.Count > 0) Arm(TimeSpan.Zero);
        }
    }

    private void Arm(TimeSpan delay)
    {
        if (!_disposed) _timer.Change(delay, Timeout.InfiniteTimeSpan);
    }

    private static bool SayReady(JsonObject body)
    {
        var status = body.Child("status")!;
        if (status.Text("state") is not (GameServerState.Creating or GameServerState.Starting or GameServerState.Scheduled)) return false;
        status["state"] = GameServerState.RequestReady;
        return true;
    }

    private sealed class Pod : IPod
    {
        private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int? ProcessId => null;

        public Task<int> Exited => _exited.Task;

        public Task StopAsync(TimeSpan gracePeriod)
        {
            _exited.TrySetResult(KilledExitCode);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            _exited.TrySetResult(KilledExitCode);
            return ValueTask.CompletedTask;
        }
    }
}
