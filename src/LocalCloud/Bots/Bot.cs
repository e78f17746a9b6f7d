using System.Net;
using System.Net.Sockets;

namespace FleetSystem.LocalCloud.Bots;

/// <summary>
/// A player that plays by a connection: joins, sends inputs, checks the answers, keeps an eye on its other ways in, and takes one of them when the
/// answers stay away.
/// </summary>
internal sealed class Bot : IAsyncDisposable
{
    private const int RefusedNoSession = 1;
    private const int RefusedBusy = 9;

    private readonly BotOptions _options;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly Socket _socket;
    private readonly BotLedger _ledger;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _playing;
    private BotConnection _connection;
    private BotPaths _paths;
    private TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ServerDatagram _welcome;
    private bool _joined;
    private bool _everJoined;
    private bool _closed;
    private int? _refusal;
    private ulong _nonce;
    private ulong _probeNonce;
    private long _joinSentAt;
    private long _probedAt;
    private long _answeredAt;
    private long _sent;
    private long _received;
    private int _pathChanges;
    private TimeSpan _longestGap;

    /// <summary>Starts to play.</summary>
    /// <param name="playerId">The player's name in reports; the server takes it from the join token.</param>
    /// <param name="connection">The ways in.</param>
    /// <param name="options">How it plays.</param>
    /// <param name="time">The clock.</param>
    /// <param name="seed">Seed of its nonces.</param>
    public Bot(string playerId, BotConnection connection, BotOptions options, TimeProvider time, int seed)
    {
        if (options.AnswerTimeout <= options.ProbeInterval * 2)
            throw new ArgumentException($"{nameof(BotOptions.AnswerTimeout)} must exceed two of {nameof(BotOptions.ProbeInterval)}.", nameof(options));
        PlayerId = playerId;
        _connection = connection;
        _options = options;
        _time = time;
        _random = new Random(seed);
        _paths = new BotPaths(connection, options, time);
        _ledger = new BotLedger(time, options.AnswerTimeout);
        _nonce = Nonce();
        _joinSentAt = _probedAt = long.MinValue;
        _answeredAt = time.GetTimestamp();
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        _playing = Task.WhenAll(ReceiveAsync(_stop.Token), PlayAsync(_stop.Token));
    }

    public string PlayerId { get; }

    public BotReport Report
    {
        get
        {
            lock (_gate)
                return Describe();
        }
    }

    /// <summary>Waits until the bot's report is as wanted; fails when the bot itself has failed.</summary>
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

    /// <summary>Goes on with another connection: a replacement server, or a fresh token.</summary>
    public void MoveTo(BotConnection connection)
    {
        lock (_gate)
        {
            _connection = connection;
            _paths = new BotPaths(connection, _options, _time);
            _closed = false;
            _refusal = null;
            JoinAgain();
        }
    }

    /// <summary>Leaves the session and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        lock (_gate)
        {
            if (_joined)
                Send(_paths.Current, PlayerDatagram.Leave(_welcome.ConnectionId));
        }

        await _stop.CancelAsync();
        _socket.Dispose();
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
        if (_refusal is null && !_closed && _paths.ChangeWhenSilent(_answeredAt))
        {
            _pathChanges++;
            _joinSentAt = long.MinValue;
            Progress();
        }

        if (_joined && !_closed)
            Send(_paths.Current, PlayerDatagram.Input(_welcome.ConnectionId, _ledger.Next()));
        else if (_refusal is null && !_closed && IsDue(ref _joinSentAt, _options.JoinInterval))
            Send(_paths.Current, PlayerDatagram.Join(_nonce, _connection.JoinToken));

        if (!IsDue(ref _probedAt, _options.ProbeInterval))
            return;
        _probeNonce = Nonce();
        foreach (var path in _paths.All)
        {
            if (path != _paths.Current)
                Send(path, PlayerDatagram.Probe(_probeNonce));
        }
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[PlayerDatagram.LengthMax];
        var anywhere = new IPEndPoint(IPAddress.Any, 0);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var result = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, anywhere, cancellationToken);
                if (PlayerDatagram.TryRead(buffer.AsSpan(0, result.ReceivedBytes), out var message))
                {
                    lock (_gate)
                        Take(message, (IPEndPoint)result.RemoteEndPoint);
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // A way in that is gone answers with ICMP: the silence on it will tell.
            }
        }
    }

    private void Take(in ServerDatagram message, IPEndPoint from)
    {
        _received++;
        var onCurrent = _paths.Answered(from);
        switch (message.Kind)
        {
            case DatagramKind.Welcome when !_joined && message.Id == _nonce:
                _ledger.Welcome(message.Counter, message.Total, message.Server == _welcome.Server && message.Session == _welcome.Session);
                _welcome = message;
                _joined = true;
                if (!_everJoined)
                    _answeredAt = _time.GetTimestamp();
                _everJoined = true;
                Answer(onCurrent);
                break;
            case DatagramKind.Refused when !_joined && message.Id == _nonce:
                if (message.Code is not (RefusedNoSession or RefusedBusy))
                    _refusal = message.Code;
                Answer(onCurrent);
                break;
            case DatagramKind.State when _joined && message.Id == _welcome.ConnectionId:
                _ledger.State(message.Acknowledged, message.Counter, message.Total);
                Answer(onCurrent);
                break;
            case DatagramKind.Closing when _joined && message.Id == _welcome.ConnectionId:
                _closed = true;
                break;
            case DatagramKind.UnknownConnection when _joined && message.Id == _welcome.ConnectionId:
                JoinAgain();
                break;
            default:
                return;
        }

        Progress();
    }

    /// <summary>A gap ends with an answer, whichever way it came; the path in use is judged by its own answers only.</summary>
    private void Answer(bool onCurrent)
    {
        if (!onCurrent)
            return;
        var now = _time.GetTimestamp();
        var gap = _time.GetElapsedTime(_answeredAt, now);
        if (gap > _longestGap)
            _longestGap = gap;
        _answeredAt = now;
    }

    private void JoinAgain()
    {
        _joined = false;
        _nonce = Nonce();
        _joinSentAt = long.MinValue;
        Progress();
    }

    private void Send(BotPath path, byte[] datagram)
    {
        if (path.RoutingToken.Length > 0)
            datagram = [.. datagram, .. path.RoutingToken];
        try
        {
            _socket.SendTo(datagram, path.EndPoint);
            _sent++;
        }
        catch (SocketException)
        {
            // Nothing listens there, or the buffer is full: lost like any other datagram.
        }
    }

    private bool IsDue(ref long lastAt, TimeSpan interval)
    {
        var now = _time.GetTimestamp();
        if (lastAt != long.MinValue && _time.GetElapsedTime(lastAt, now) < interval)
            return false;
        lastAt = now;
        return true;
    }

    private void Progress()
    {
        var progress = _progress;
        _progress = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        progress.SetResult();
    }

    private ulong Nonce() => (ulong)_random.NextInt64(1, long.MaxValue);

    private BotReport Describe()
    {
        var gap = _everJoined && !_closed ? _time.GetElapsedTime(_answeredAt) : TimeSpan.Zero;
        return new BotReport(
            PlayerId,
            _joined,
            _paths.Current.Kind,
            _paths.Current.EndPoint.ToString(),
            _welcome.Session ?? "",
            _welcome.Server ?? "",
            _welcome.Incarnation,
            _sent,
            _received,
            _ledger.Answered,
            _ledger.Lost,
            _ledger.Counter,
            _ledger.Total,
            gap > _longestGap ? gap : _longestGap,
            _pathChanges,
            _refusal,
            _closed,
            [.. _ledger.Violations]);
    }
}
