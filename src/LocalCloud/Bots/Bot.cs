using FleetSystem.GameClient;

namespace FleetSystem.LocalCloud.Bots;

/// <summary>
/// A player that plays by a connection, over the client library as a game would: sends inputs, checks the answers, and measures how long it was without
/// any.
/// </summary>
internal sealed class Bot : IAsyncDisposable
{
    private readonly BotOptions _options;
    private readonly TimeProvider _time;
    private readonly BotLedger _ledger;
    private readonly SessionTransport _transport;
    private readonly SessionFollower? _follower;
    private readonly RouteReporter? _reporter;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _playing;
    private TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ServerDatagram _welcome;
    private bool _isWelcome;
    private bool _everJoined;
    private long _answeredAt;
    private TimeSpan _longestGap;

    /// <summary>Starts to play.</summary>
    /// <param name="connection">The ways in.</param>
    /// <param name="options">How it plays.</param>
    /// <param name="time">The clock of its inputs and measurements.</param>
    /// <param name="api">Where it follows its session and reports its paths, or null for neither.</param>
    public Bot(SessionConnection connection, BotOptions options, TimeProvider time, PlayersApi? api = null)
    {
        _options = options;
        _time = time;
        _ledger = new BotLedger(time, options.LostAfter);
        _answeredAt = time.GetTimestamp();
        _transport = new SessionTransport(connection, new GameServerHandshake());
        _transport.Changed += (_, _) => Progress();
        if (api is not null)
        {
            _follower = new SessionFollower(_transport, api.Http, api.Url, api.FeedOf(connection.PlayerId));
            _reporter = new RouteReporter(_transport, api.Http, api.Url);
        }

        _playing = Task.WhenAll(ReceiveAsync(_stop.Token), PlayAsync(_stop.Token));
    }

    public string PlayerId => _transport.Connection.PlayerId;

    public BotReport Report
    {
        get
        {
            lock (_gate)
                return Describe();
        }
    }

    /// <summary>Waits until the bot's report is as wanted; fails when the bot itself, or its event feed, has failed.</summary>
    public async Task<BotReport> UntilAsync(Func<BotReport, bool> holds, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task progress;
            BotReport report;
            lock (_gate)
            {
                progress = _progress.Task;
                report = Describe();
            }

            if (holds(report))
                return report;
            if (_follower is { Completion.IsFaulted: true })
                await _follower.Completion;
            var first = await Task.WhenAny(progress, _playing).WaitAsync(cancellationToken);
            await first;
            ObjectDisposedException.ThrowIf(first == _playing, this);
        }
    }

    /// <summary>Forgets the longest gap so far: from here on it is measured anew.</summary>
    public void MeasureGap()
    {
        lock (_gate)
        {
            _longestGap = TimeSpan.Zero;
            _answeredAt = Math.Max(_answeredAt, _time.GetTimestamp());
        }
    }

    /// <summary>Goes on with another connection of its session, as a game does whose backend tells it of a replacement.</summary>
    public void MoveTo(SessionConnection connection) => _transport.Apply(connection);

    /// <summary>Leaves the session and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        lock (_gate)
        {
            if (_isWelcome)
                _transport.TrySend(PlayerDatagram.Leave(_welcome.ConnectionId));
        }

        await _stop.CancelAsync();
        _reporter?.Dispose();
        _follower?.Dispose();
        _transport.Dispose();
        await _playing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task PlayAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(_options.InputInterval, _time);
        try
        {
            do
            {
                lock (_gate)
                    Tick();
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
        }
    }

    private void Tick()
    {
        _ledger.Settle();
        var joined = _transport.State == TransportState.Joined;
        _isWelcome &= joined;
        if (_isWelcome)
            _transport.TrySend(PlayerDatagram.Input(_welcome.ConnectionId, _ledger.Next()));
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[PlayerDatagram.LengthMax];
        try
        {
            while (true)
            {
                var length = await _transport.ReceiveAsync(buffer, cancellationToken);
                if (!PlayerDatagram.TryRead(buffer.AsSpan(0, length), out var message))
                    continue;
                lock (_gate)
                    Take(message);
                Progress();
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
        }
    }

    private void Take(in ServerDatagram message)
    {
        switch (message.Kind)
        {
            // A join that had to be repeated is welcomed twice.
            case DatagramKind.Welcome when !_isWelcome || message.ConnectionId != _welcome.ConnectionId:
                _ledger.Welcome(message.Counter, message.Total, message.Server == _welcome.Server && message.Session == _welcome.Session);
                _welcome = message;
                _isWelcome = true;
                if (!_everJoined)
                    _answeredAt = _time.GetTimestamp();
                _everJoined = true;
                Answered();
                break;
            case DatagramKind.State when _isWelcome && message.Id == _welcome.ConnectionId:
                _ledger.State(message.Acknowledged, message.Counter, message.Total);
                Answered();
                break;
        }
    }

    /// <summary>A gap ends with an answer, whichever way it came.</summary>
    private void Answered()
    {
        var now = _time.GetTimestamp();
        var gap = _time.GetElapsedTime(_answeredAt, now);
        if (gap > _longestGap)
            _longestGap = gap;
        _answeredAt = now;
    }

    private void Progress()
    {
        TaskCompletionSource progress;
        lock (_gate)
        {
            progress = _progress;
            _progress = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        progress.SetResult();
    }

    private BotReport Describe()
    {
        var status = _transport.Status;
        var closed = status.State == TransportState.Closed;
        var gap = _everJoined && !closed ? _time.GetElapsedTime(_answeredAt) : TimeSpan.Zero;
        return new BotReport(
            PlayerId,
            _isWelcome && status.State == TransportState.Joined,
            status.Current.Kind,
            $"{status.Current.Address}:{status.Current.Port}",
            _welcome.Session ?? "",
            _welcome.Server ?? "",
            _welcome.Incarnation,
            status.Sent,
            status.Received,
            _ledger.Answered,
            _ledger.Lost,
            _ledger.Counter,
            _ledger.Total,
            gap > _longestGap ? gap : _longestGap,
            status.PathChanges,
            status.State == TransportState.Refused ? status.Code : null,
            closed,
            _reporter?.Delivered ?? 0,
            [.. _ledger.Violations]);
    }
}
