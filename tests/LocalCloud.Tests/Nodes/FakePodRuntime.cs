using System.Collections.Concurrent;
using FleetSystem.LocalCloud.Nodes;

namespace FleetSystem.LocalCloud.Tests.Nodes;

/// <summary>A runtime whose pods live until they are told to end: what a kubelet asked of it can be looked at.</summary>
internal sealed class FakePodRuntime : IPodRuntime
{
    private int _refusals;

    public ConcurrentQueue<PodStart> Starts { get; } = [];

    public ConcurrentDictionary<string, FakePod> Pods { get; } = [];

    /// <summary>Refuses the next starts.</summary>
    public void Refuse(int count) => _refusals = count;

    public Task<IPod> StartAsync(PodStart start, CancellationToken cancellationToken)
    {
        Starts.Enqueue(start);
        if (Interlocked.Decrement(ref _refusals) >= 0) throw new PodStartException("the port is taken");
        var pod = new FakePod();
        Pods[start.Name] = pod;
        return Task.FromResult<IPod>(pod);
    }

    internal sealed class FakePod : IPod
    {
        private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int? ProcessId => 4711;

        public TimeSpan? StoppedWithGrace { get; private set; }

        public bool Disposed { get; private set; }

        public Task<int> Exited => _exited.Task;

        public void Exit(int code) => _exited.TrySetResult(code);

        public Task StopAsync(TimeSpan gracePeriod)
        {
            StoppedWithGrace = gracePeriod;
            Exit(143);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            Disposed = true;
            return ValueTask.CompletedTask;
        }
    }
}
