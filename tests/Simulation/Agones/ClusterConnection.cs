using System.Globalization;
using System.Runtime.CompilerServices;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Sizing;
using FleetSystem.Simulation.Tests.Engine;

namespace FleetSystem.Simulation.Tests.Agones;

/// <summary>
/// One activation's way to an API server, with what can go wrong on it. A request that was sent takes effect whether or not its sender still
/// lives; the answers are those that the Kubernetes adapter makes of the real ones.
/// </summary>
internal sealed class ClusterConnection(ApiServer server, VirtualTime time, Faults faults, Random random, Journal journal, Invariants invariants, FaultCount counts) : IAgonesCluster
{
    // The adapter's own deadlines.
    private static readonly TimeSpan AllocationTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FindTimeout = TimeSpan.FromSeconds(3);

    private WatchStream? _watch;

    public Task<AllocationAnswer> AllocateAsync(AllocationOrder order, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<AllocationAnswer>();
        invariants.OnAsked(order.Labels[AgonesKeys.Session], int.Parse(order.Labels[AgonesKeys.Incarnation], CultureInfo.InvariantCulture));
        var fault = faults.Happen(faults.Api) ? random.Next(9) : -1;
        if (faults.On) counts.Allocations++;
        if (!server.IsUp || fault >= 0) counts.AllocationFaults++;
        if (fault >= 0 && journal.IsOn) journal.Write($"{server.Id} allocation for {order.Labels[AgonesKeys.Session]} will go wrong: {fault}");
        if (!server.IsUp)
        {
            Later(() => answer.TrySetResult(new AllocationAnswer.Refused("connection refused", Transient: true)));
        }
        else if (fault < 0)
        {
            Later(() =>
            {
                var claimed = server.IsUp ? server.Allocate(order) : null;
                AllocationAnswer said = !server.IsUp ? new AllocationAnswer.Unknown("the connection broke")
                    : claimed is null ? new AllocationAnswer.NoServer(Contention: false)
                    : new AllocationAnswer.Allocated(claimed with { Uid = "" });
                Later(() => answer.TrySetResult(said));
            });
        }
        else
        {
            switch (fault)
            {
                case 0: // 500 or a broken connection, and nothing claimed
                    Later(() => answer.TrySetResult(new AllocationAnswer.Unknown("500: could not update the selected GameServer")));
                    break;
                case 1: // claimed, and the answer is lost
                    Later(() =>
                    {
                        server.Allocate(order);
                        Later(() => answer.TrySetResult(new AllocationAnswer.Unknown("the connection broke")));
                    });
                    break;
                case 2: // the connection breaks, and a server is claimed a while later
                    Later(() => answer.TrySetResult(new AllocationAnswer.Unknown("the connection broke")));
                    TakeEffectAfter(answer.Task);
                    break;
                case 3: // claimed, and no answer until the adapter's time-out
                    Later(() => server.Allocate(order));
                    time.After(AllocationTimeout, () => answer.TrySetResult(new AllocationAnswer.Unknown("no answer within 5 s")));
                    break;
                case 4: // no answer, and claimed after the time-out
                    time.After(AllocationTimeout, () => answer.TrySetResult(new AllocationAnswer.Unknown("no answer within 5 s")));
                    TakeEffectAfter(answer.Task);
                    break;
                case 5:
                    Later(() => answer.TrySetResult(new AllocationAnswer.Refused("429: slow down", Transient: true)));
                    break;
                case 6:
                    Later(() => answer.TrySetResult(new AllocationAnswer.Refused("409: conflict", Transient: true)));
                    break;
                case 7:
                    Later(() => answer.TrySetResult(new AllocationAnswer.NoServer(Contention: true)));
                    break;
                default: // "UnAllocated" although servers are free
                    Later(() => answer.TrySetResult(new AllocationAnswer.NoServer(Contention: false)));
                    break;
            }
        }

        return Cancellable(answer, cancellationToken);

        // Whoever gave up, and whether or not he still lives.
        void TakeEffectAfter(Task end) => end.ContinueWith(
            _ => time.After(faults.LatestEffect * random.NextDouble(), () => server.Allocate(order)), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public Task<IReadOnlyList<GameServerSnapshot>> FindBySessionAsync(string session, CancellationToken cancellationToken) => CallAsync<IReadOnlyList<GameServerSnapshot>>(
        () => [.. server.Servers.Where(candidate => candidate.Sessions.Any(tag => tag.Session == session))], FindTimeout, cancellationToken);

    public Task ProbeAsync(CancellationToken cancellationToken) => CallAsync(() => true, RequestTimeout, cancellationToken);

    public Task<IReadOnlyList<AllocationPolicySnapshot>> ListAllocationPoliciesAsync(CancellationToken cancellationToken) =>
        CallAsync<IReadOnlyList<AllocationPolicySnapshot>>(() => [], RequestTimeout, cancellationToken);

    public Task<bool> LabelAsync(string gameServer, IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken) =>
        CallAsync(() => server.Label(gameServer, labels), RequestTimeout, cancellationToken);

    public Task<bool> DeleteAsync(string gameServer, string uid, CancellationToken cancellationToken) =>
        CallAsync(() => server.Delete(gameServer, uid, "asked for"), RequestTimeout, cancellationToken);

    public async IAsyncEnumerable<ClusterChange> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watch = _watch = new WatchStream(server, time, faults, random);
        using var ended = cancellationToken.Register(watch.End);
        while (await watch.NextAsync() is { } change) yield return change;
        cancellationToken.ThrowIfCancellationRequested();
    }

    // No director asks for servers in the simulation.
    public Task<IReadOnlyList<AllocationAnswer.Allocated>> FindByLabelAsync(string key, string value, CancellationToken cancellationToken) => throw new NotSupportedException();

    // No fleet of the simulation packs sessions.
    public Task<ServerDetail?> ReadAsync(string gameServer, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> ChangeAsync(ServerDetail read, ServerChange change, CancellationToken cancellationToken) => throw new NotSupportedException();

    // No operator changes a size in the simulation.
    public Task<IReadOnlyList<FleetSize>> ReadFleetSizesAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<FleetSizeAnswer> ChangeFleetSizeAsync(FleetSizePatch patch, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync()
    {
        _watch?.End();
        return ValueTask.CompletedTask;
    }

    private Task<T> CallAsync<T>(Func<T> effect, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<T>();
        var fault = faults.Happen(faults.Api) ? random.Next(3) : -1;
        if (faults.On) counts.Calls++;
        if (!server.IsUp || fault >= 0) counts.CallFaults++;
        if (!server.IsUp || fault == 0)
        {
            Later(() => answer.TrySetException(new ClusterUnreachableException("connection refused, or 429, or 503")));
        }
        else if (fault == 1)
        {
            // The answer is lost.
            Later(() =>
            {
                effect();
                Later(() => answer.TrySetException(new ClusterUnreachableException("the connection broke")));
            });
        }
        else if (fault == 2)
        {
            time.After(timeout, () => answer.TrySetException(new ClusterUnreachableException("no answer in time")));
        }
        else
        {
            Later(() =>
            {
                if (server.IsUp)
                {
                    var result = effect();
                    Later(() => answer.TrySetResult(result));
                }
                else
                {
                    Later(() => answer.TrySetException(new ClusterUnreachableException("the connection broke")));
                }
            });
        }

        return Cancellable(answer, cancellationToken);
    }

    private static async Task<T> Cancellable<T>(TaskCompletionSource<T> answer, CancellationToken cancellationToken)
    {
        using var cancelled = cancellationToken.Register(() => answer.TrySetCanceled(cancellationToken));
        return await answer.Task;
    }

    private void Later(Action what) => time.After(TimeSpan.FromMicroseconds(faults.Happen(0.05) ? random.Next(50_000, 1_500_000) : random.Next(500, 30_000)), what);
}

/// <summary>How many calls there were while faults happened, and how many went wrong.</summary>
internal sealed class FaultCount
{
    public int Allocations { get; set; }

    public int AllocationFaults { get; set; }

    public int Calls { get; set; }

    public int CallFaults { get; set; }
}
