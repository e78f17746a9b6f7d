using System.Runtime.CompilerServices;
using System.Threading.Channels;
using FleetSystem.GameServer.Sdk;
using Grpc.Core;
using AgonesGameServer = Agones.Dev.Sdk.GameServer;

namespace FleetSystem.GameServer.Tests.Sdk;

/// <summary>A sidecar in memory: it writes down what it is told, and fails when it is told to.</summary>
internal sealed class RecordedSdk : IAgonesSdk
{
    private readonly Lock _gate = new();
    private readonly List<string> _calls = [];
    private readonly Dictionary<string, Queue<StatusCode>> _failures = new(StringComparer.Ordinal);
    private TaskCompletionSource _called = New();
    private Channel<AgonesGameServer> _watch = Channel.CreateUnbounded<AgonesGameServer>();

    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_gate)
                return [.. _calls];
        }
    }

    public void Fail(string call, params StatusCode[] codes)
    {
        lock (_gate)
            _failures[call] = new Queue<StatusCode>(codes);
    }

    public void Show(AgonesGameServer gameServer) => _watch.Writer.TryWrite(gameServer);

    /// <summary>Breaks the present watch stream; the next one starts empty.</summary>
    public void BreakWatch()
    {
        var broken = _watch;
        _watch = Channel.CreateUnbounded<AgonesGameServer>();
        broken.Writer.TryComplete(new RpcException(new Status(StatusCode.Unavailable, "broken")));
    }

    /// <summary>Waits until a call has been made so many times.</summary>
    public async Task UntilAsync(string call, int times, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task called;
            lock (_gate)
            {
                if (_calls.Count(made => made == call) >= times)
                    return;
                called = _called.Task;
            }

            await called.WaitAsync(cancellationToken);
        }
    }

    public Task ReadyAsync(CancellationToken cancellationToken) => Record("Ready", cancellationToken);

    public Task ShutdownAsync(CancellationToken cancellationToken) => Record("Shutdown", cancellationToken);

    public Task SetAnnotationAsync(string key, string value, CancellationToken cancellationToken) => Record($"SetAnnotation {key}={value}", cancellationToken);

    public Task AddListValueAsync(string list, string value, CancellationToken cancellationToken) => Record($"AddListValue {list} {value}", cancellationToken);

    public Task RemoveListValueAsync(string list, string value, CancellationToken cancellationToken) => Record($"RemoveListValue {list} {value}", cancellationToken);

    public Task SetCounterAsync(string counter, long count, CancellationToken cancellationToken) => Record($"SetCounter {counter}={count}", cancellationToken);

    public Task ChangeCounterAsync(string counter, long difference, CancellationToken cancellationToken) => Record($"ChangeCounter {counter}{difference:+0;-0}", cancellationToken);

    public IHealthStream OpenHealth(CancellationToken cancellationToken)
    {
        _ = Record("OpenHealth", CancellationToken.None);
        return new Stream(this);
    }

    public async IAsyncEnumerable<AgonesGameServer> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var watch = _watch;
        await Record("Watch", cancellationToken);
        await foreach (var gameServer in watch.Reader.ReadAllAsync(cancellationToken))
            yield return gameServer;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task Record(string call, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (cancellationToken.IsCancellationRequested)
                return Task.FromException(new RpcException(new Status(StatusCode.Cancelled, "cancelled")));
            _calls.Add(call);
            var called = _called;
            _called = New();
            called.SetResult();
            return _failures.TryGetValue(call, out var codes) && codes.TryDequeue(out var code)
                ? Task.FromException(new RpcException(new Status(code, "as told")))
                : Task.CompletedTask;
        }
    }

    private sealed class Stream(RecordedSdk sdk) : IHealthStream
    {
        public Task SendAsync(CancellationToken cancellationToken) => sdk.Record("Health", cancellationToken);

        public void Dispose()
        {
        }
    }
}
