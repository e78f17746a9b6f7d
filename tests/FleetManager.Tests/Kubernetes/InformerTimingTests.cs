using System.Threading.Channels;
using FleetSystem.FleetManager.Kubernetes;
using FleetSystem.FleetManager.Kubernetes.Reading;
using FleetSystem.FleetManager.Kubernetes.Requests;
using FleetSystem.FleetManager.Kubernetes.Watching;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using static FleetSystem.FleetManager.Tests.Kubernetes.ClusterFixture;

namespace FleetSystem.FleetManager.Tests.Kubernetes;

/// <summary>One informer over HTTP, on a clock that the test moves.</summary>
public sealed class InformerTimingTests : IAsyncDisposable
{
    private readonly ObservedTimeProvider _time = new();
    private readonly Channel<ClusterChange> _changes = Channel.CreateUnbounded<ClusterChange>();
    private readonly CancellationTokenSource _stop = new();
    private readonly KubernetesAdapterOptions _options = new() { ListTimeout = TimeSpan.FromMinutes(4), BackoffMax = TimeSpan.FromMinutes(3) };
    private FakeApiServer? _server;
    private KubernetesApi? _api;
    private Task _informer = Task.CompletedTask;

    [Fact]
    public async Task RunAsync_WatchSilent_IsDroppedAndListedAgain()
    {
        var server = await StartAsync(first => first.On("LIST gameservers", Answers.List("5"), Answers.List("9")));
        Assert.IsType<ClusterChange.GameServersListed>(await NextAsync());
        Assert.IsType<ClusterChange.SourceRestored>(await NextAsync());
        await _time.NextTimerAsync(_options.StaleAfter, _options.StaleAfter);

        _time.Advance(_options.StaleAfter - TimeSpan.FromTicks(1));
        Assert.False(_changes.Reader.TryRead(out _));
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Contains("Neither event nor bookmark", Assert.IsType<ClusterChange.SourceLost>(await NextAsync()).Reason);
        _time.Advance(await _time.NextTimerAsync(_options.BackoffMin / 2, _options.BackoffMin));
        Assert.IsType<ClusterChange.GameServersListed>(await NextAsync());
        Assert.IsType<ClusterChange.SourceRestored>(await NextAsync());
        Assert.Contains("resourceVersion=9&", server.Seen("WATCH gameservers")[1].Path);
    }

    [Fact]
    public async Task RunAsync_WatchNotAnswered_IsTriedAgainAfterTheDeadline()
    {
        var asked = new TaskCompletionSource();
        var server = await StartAsync(first => first.On("WATCH gameservers", Answers.Never(asked)));
        Assert.IsType<ClusterChange.GameServersListed>(await NextAsync());
        await Within(asked.Task);

        _time.Advance(_options.RequestTimeout);

        Assert.Contains("not answered", Assert.IsType<ClusterChange.SourceLost>(await NextAsync()).Reason);
        _time.Advance(await _time.NextTimerAsync(_options.BackoffMin / 2, _options.BackoffMin));
        Assert.IsType<ClusterChange.SourceRestored>(await NextAsync());
        Assert.Single(server.Seen("LIST gameservers"));
    }

    [Fact]
    public async Task RunAsync_ListNotAnswered_IsLostAfterTheDeadline()
    {
        var asked = new TaskCompletionSource();
        await StartAsync(first => first.On("LIST gameservers", Answers.Never(asked)));
        await Within(asked.Task);

        _time.Advance(_options.ListTimeout);

        Assert.Contains("in time", Assert.IsType<ClusterChange.SourceLost>(await NextAsync()).Reason);
    }

    [Fact]
    public async Task RunAsync_RetryAfter_IsWaitedFor()
    {
        await StartAsync(first => first.On("LIST gameservers", Answers.Status(429, "busy", retryAfter: 7)));
        Assert.IsType<ClusterChange.SourceLost>(await NextAsync());

        var delay = await _time.NextTimerAsync(TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(8.4));
        _time.Advance(delay);

        Assert.IsType<ClusterChange.GameServersListed>(await NextAsync());
    }

    [Fact]
    public async Task RunAsync_FailsAgainAndAgain_TellsOnceAndWaitsLongerEachTime()
    {
        _options.BackoffMin = TimeSpan.FromSeconds(10);
        await StartAsync(first => first.On("LIST gameservers", [.. Enumerable.Repeat(Answers.Status(500, "boom"), 4)]));
        Assert.IsType<ClusterChange.SourceLost>(await NextAsync());

        for (var full = _options.BackoffMin; full <= TimeSpan.FromSeconds(80); full *= 2) _time.Advance(await _time.NextTimerAsync(full / 2, full));

        Assert.IsType<ClusterChange.GameServersListed>(await NextAsync());
        Assert.IsType<ClusterChange.SourceRestored>(await NextAsync());
    }

    [Fact]
    public async Task RunAsync_ConsumerSlowerThanStaleAfter_LosesNothing()
    {
        var gate = new GatedWriter(_changes.Writer, refuseFrom: 4);
        var server = await StartAsync(
            first => first.On("WATCH gameservers", Answers.Watch(WatchEnd.Hold, Enumerable.Range(2, 500).Select(version => Event("ADDED", $"s{version}", version)))),
            gate);
        await Within(gate.Blocked);

        _time.Advance(2 * _options.StaleAfter);
        gate.Open();

        Assert.IsType<ClusterChange.GameServersListed>(await NextAsync());
        Assert.IsType<ClusterChange.SourceRestored>(await NextAsync());
        for (var version = 2; version < 502; version++)
            Assert.Equal($"s{version}", Assert.IsType<ClusterChange.GameServerChanged>(await NextAsync()).Item.Name);
        Assert.Single(server.Seen("WATCH gameservers"));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _informer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _api?.Dispose();
        if (_server is not null) await _server.DisposeAsync();
        _stop.Dispose();
    }

    private async Task<FakeApiServer> StartAsync(Action<FakeApiServer> first, ChannelWriter<ClusterChange>? writer = null)
    {
        _server = await FakeApiServer.StartAsync(0, first);
        _api = new KubernetesApi(new ClusterOptions { Id = "seoul", KubeConfig = _server.KubeConfig }, _options, _time);
        var informer = new Informer<GameServerSnapshot>(
            "seoul",
            new GameServerResource("default", new StringPool(256), new PortNames([])),
            _api,
            _options,
            _time,
            new Random(1),
            NullLogger.Instance,
            writer ?? _changes.Writer);
        _informer = Task.Run(() => informer.RunAsync(_stop.Token));
        return _server;
    }

    private async Task<ClusterChange> NextAsync() => await Within(_changes.Reader.ReadAsync(Cancelled).AsTask());

    /// <summary>Takes a few changes and then none until it is opened.</summary>
    private sealed class GatedWriter(ChannelWriter<ClusterChange> inner, int refuseFrom) : ChannelWriter<ClusterChange>
    {
        private readonly TaskCompletionSource _blocked = new();
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _written;

        public Task Blocked => _blocked.Task;

        public void Open() => _open.SetResult();

        public override bool TryWrite(ClusterChange item)
        {
            if (_written + 1 >= refuseFrom && !_open.Task.IsCompleted) return false;
            _written++;
            return inner.TryWrite(item);
        }

        public override async ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default)
        {
            _blocked.TrySetResult();
            await _open.Task.WaitAsync(cancellationToken);
            return true;
        }
    }
}
