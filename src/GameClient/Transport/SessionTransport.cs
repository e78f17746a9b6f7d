using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;

namespace FleetSystem.GameClient;

/// <summary>
/// Carries a game's datagrams to a session's server: joins over the best route that works, watches all of them, takes another when the one in use
/// falls silent, and goes back when a better one has proven itself.
/// </summary>
/// <remarks>
/// Every member may be called on any thread and none waits for the network, so a game's main thread is a good place. There is no thread of its own: a
/// timer looks after the paths each 50 ms, and sockets are awaited.
/// </remarks>
public sealed class SessionTransport : IDisposable
{
    /// <summary>Most addresses, over all routes, that are used.</summary>
    public const int PathsMax = 16;

    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SuspectFor = TimeSpan.FromSeconds(5);

    private readonly object _gate = new();
    private readonly IGameHandshake _handshake;
    private readonly SessionTransportOptions _options;
    private readonly IClock _clock;
    private readonly IPathSockets _sockets;
    private readonly Func<ulong> _nonces;
    private readonly DatagramQueue _queue;
    private readonly ChangeNotifier _notifier;
    private readonly IDisposable _timer;
    private readonly byte[] _writing;
    private SessionConnection _connection;
    private List<PathLink> _links = new();
    private List<NetworkPath> _paths = new();
    private int _current;
    private TimeSpan _chosenAt;
    private NetworkPath? _worked;
    private TimeSpan _tickedAt;
    private TimeSpan _heardAt;
    private bool _canProbe = true;
    private TransportState _state;
    private int? _code;
    private ulong _nonce;
    private TimeSpan _joinAt;
    private TimeSpan _joinInterval;
    private bool _announcing;
    private bool _changed;
    private int _pathChanges;
    private PathChangeReason _lastChange;
    private long _sent, _received;

    /// <summary>Starts to join.</summary>
    /// <param name="connection">The way into the session.</param>
    /// <param name="handshake">The game's protocol; an instance of this transport's own.</param>
    /// <param name="options">Thresholds; null for the defaults.</param>
    /// <exception cref="ArgumentException">Options are out of their ranges.</exception>
    public SessionTransport(SessionConnection connection, IGameHandshake handshake, SessionTransportOptions? options = null)
        : this(connection, handshake, options, SystemClock.Instance, UdpPathSockets.Instance, RandomNonce)
    {
    }

    internal SessionTransport(
        SessionConnection connection, IGameHandshake handshake, SessionTransportOptions? options, IClock clock, IPathSockets sockets, Func<ulong> nonces)
    {
        _connection = connection ?? throw new ArgumentNullException(nameof(connection));
        _handshake = handshake ?? throw new ArgumentNullException(nameof(handshake));
        _options = (options ?? new SessionTransportOptions()).Copy();
        _options.Validate();
        _clock = clock;
        _sockets = sockets;
        _nonces = nonces;
        _queue = new DatagramQueue(_options.ReceiveQueueLength);
        _notifier = new ChangeNotifier(() => Changed?.Invoke(this, EventArgs.Empty));
        _writing = new byte[_options.DatagramBytesMax];
        lock (_gate)
        {
            var now = _tickedAt = _clock.Now;
            Connect(now);
            Act(now);
            _timer = _clock.Every(TickInterval, Tick);
        }
    }

    /// <summary>
    /// Raised after <see cref="State"/>, the connection or the path in use has changed: on the <see cref="SynchronizationContext"/> that the transport was made on
    /// (in Unity, made on the main thread, the main thread), else on the thread pool; never twice at a time. Several changes may share one call. A listener must not throw.
    /// </summary>
    public event EventHandler? Changed;

    /// <summary>Where the player stands with its server.</summary>
    public TransportState State
    {
        get
        {
            lock (_gate)
                return _state;
        }
    }

    /// <summary>The connection in use.</summary>
    public SessionConnection Connection
    {
        get
        {
            lock (_gate)
                return _connection;
        }
    }

    /// <summary>Everything there is to know at this moment. It allocates: for displays, logs and reports, not for each frame.</summary>
    public TransportStatus Status
    {
        get
        {
            lock (_gate)
            {
                var paths = new PathStatus[_paths.Count];
                for (var i = 0; i < paths.Length; i++)
                {
                    var path = _paths[i];
                    paths[i] = new PathStatus(path.Kind, path.Address, path.Port, path.State(PathSelector.LossDegraded), path.ProbesSettled, path.ProbesLost, path.RoundTrip);
                }

                return new TransportStatus(_state, _code, _connection, paths, _current, _pathChanges, _lastChange, _sent, _received, _queue.Dropped);
            }
        }
    }

    /// <summary>Sends a datagram on the path in use, without waiting. As always with UDP, true does not say that it arrives.</summary>
    /// <param name="datagram">At most <see cref="SessionTransportOptions.DatagramBytesMax"/> bytes; it is not kept.</param>
    /// <returns>False, and nothing is sent, unless <see cref="State"/> is <see cref="TransportState.Joined"/>.</returns>
    /// <exception cref="ArgumentException">The datagram is empty or too long.</exception>
    public bool TrySend(ReadOnlySpan<byte> datagram)
    {
        if (datagram.IsEmpty || datagram.Length > _options.DatagramBytesMax)
            throw new ArgumentException($"A datagram has 1 to {_options.DatagramBytesMax} bytes, this one has {datagram.Length}.", nameof(datagram));
        lock (_gate)
        {
            if (_state != TransportState.Joined) return false;
            Send(_current, datagram, _clock.Now);
            return true;
        }
    }

    /// <summary>Takes the next datagram of the server, if there is one. It may have come on any path.</summary>
    /// <param name="destination">Room for <see cref="SessionTransportOptions.DatagramBytesMax"/> bytes.</param>
    /// <param name="length">Its length.</param>
    /// <exception cref="ArgumentException">The destination is too small; the datagram stays.</exception>
    public bool TryReceive(Span<byte> destination, out int length) => _queue.TryDequeue(destination, out length);

    /// <summary>Waits for the next datagram of the server; for one caller at a time.</summary>
    /// <param name="destination">Room for <see cref="SessionTransportOptions.DatagramBytesMax"/> bytes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Its length.</returns>
    /// <exception cref="ObjectDisposedException">The transport was disposed of.</exception>
    /// <exception cref="OperationCanceledException">Cancelled first.</exception>
    public async ValueTask<int> ReceiveAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (_queue.TryDequeue(destination.Span, out var length)) return length;
            if (State == TransportState.Disposed) throw new ObjectDisposedException(nameof(SessionTransport));
            await _queue.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Takes a newer connection of the same session and player: a higher incarnation is a replacement, which is joined at once; the same incarnation with
    /// another order of routes or another token is taken over without leaving the path in use; anything else changes nothing.
    /// <see cref="SessionFollower"/> calls this; so may a game whose backend tells of replacements itself.
    /// </summary>
    /// <returns>Whether anything changed.</returns>
    /// <exception cref="ArgumentException">It is of another session or player: make another transport for it.</exception>
    /// <exception cref="ObjectDisposedException">The transport was disposed of.</exception>
    public bool Apply(SessionConnection connection)
    {
        if (connection is null) throw new ArgumentNullException(nameof(connection));
        lock (_gate)
        {
            if (_state == TransportState.Disposed) throw new ObjectDisposedException(nameof(SessionTransport));
            if (connection.SessionId != _connection.SessionId || connection.PlayerId != _connection.PlayerId)
                throw new ArgumentException($"The connection is of session {connection.SessionId} and player {connection.PlayerId} instead of {_connection.SessionId} and {_connection.PlayerId}.", nameof(connection));
            if (connection.Incarnation < _connection.Incarnation) return false;
            var now = _clock.Now;
            if (connection.Incarnation > _connection.Incarnation)
            {
                _connection = connection;
                _queue.Clear();
                Connect(now);
            }
            else if (!Reorder(connection, now))
            {
                return false;
            }

            Act(now);
        }

        Tell();
        return true;
    }

    /// <summary>Ends it at once. A farewell to the server is the game's to send before.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_state == TransportState.Disposed) return;
            Become(TransportState.Disposed, _code);
            _timer.Dispose();
            foreach (var link in _links) link.Dispose();
            _queue.Close();
        }

        Tell();
    }

    private static ulong RandomNonce()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);

        // 0 stands for "no probe".
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes) | 1;
    }

    /// <summary>Starts on a server: all paths anew, and a new join.</summary>
    private void Connect(TimeSpan now)
    {
        foreach (var link in _links) link.Dispose();
        var before = _paths;
        Lay(_connection, new List<PathLink>(), now);

        // A replacement behind an accelerator that this player has just found dead is not looked for there first.
        _current = Math.Max(0, _paths.FindIndex(path => !IsAvoided(path)));
        _chosenAt = _heardAt = now;
        JoinAnew(now);

        bool IsAvoided(NetworkPath path) => _worked is { } worked && before.Exists(left =>
            left.Kind == path.Kind && left.Address == path.Address && (left.Rank < worked.Rank || (left.Rank == worked.Rank && left.FailedAt is not null && left != worked)));
    }

    private void JoinAnew(TimeSpan now)
    {
        Become(TransportState.Joining, null);
        _nonce = _nonces();
        _joinAt = now;
        _joinInterval = _options.JoinInterval;
        _announcing = false;
    }

    /// <summary>Takes over the order that the server tells; one that is told already changes nothing.</summary>
    private void Reorder(HandshakeSignal told, TimeSpan now)
    {
        var routes = new List<SessionRoute>(_connection.Routes);
        for (var i = 1; i < routes.Count; i++)
        {
            // Insertion keeps the order of equals.
            for (var at = i; at > 0 && told.RankOf(routes[at].Kind) < told.RankOf(routes[at - 1].Kind); at--)
                (routes[at], routes[at - 1]) = (routes[at - 1], routes[at]);
        }

        Reorder(new SessionConnection(_connection.SessionId, _connection.Incarnation, _connection.PlayerId, routes, _connection.JoinToken), now);
    }

    /// <summary>Takes over another order of routes, or another token. What was seen of paths that stay is kept.</summary>
    private bool Reorder(SessionConnection connection, TimeSpan now)
    {
        var token = _connection.JoinToken != connection.JoinToken;
        var used = _paths[_current];
        var before = _links;
        var usedRank = used.Rank;
        _connection = connection;
        var same = Lay(connection, before, now);
        foreach (var link in before)
        {
            if (!_links.Contains(link)) link.Dispose();
        }

        // Where its route was taken away, the player starts on the best.
        _current = _paths.IndexOf(used);
        if (_current < 0)
        {
            _current = 0;
            ChangedPath(PathChangeReason.BetterPath, now);
        }
        else if (!same)
        {
            foreach (var path in _paths)
            {
                if (path.Rank < used.Rank) path.PromotedAt = now;
            }
        }

        if (token && _state == TransportState.Refused) JoinAnew(now);
        return token || !same || usedRank != used.Rank;
    }

    /// <summary>Makes the list of paths, with those of <paramref name="before"/> that are in it too; answers whether nothing is new in it.</summary>
    private bool Lay(SessionConnection connection, List<PathLink> before, TimeSpan now)
    {
        var links = new List<PathLink>();
        var first = FirstAddress(connection.PlayerId);
        for (var rank = 0; rank < connection.Routes.Count; rank++)
        {
            var route = connection.Routes[rank];
            for (var i = 0; i < route.Addresses.Count && links.Count < PathsMax; i++)
            {
                // Addresses are equal in rank: every player begins at his own, so that all of them are in use.
                var address = route.Addresses[(int)((first + (uint)i) % (uint)route.Addresses.Count)];
                var link = before.Find(known => known.Path.Is(route.Kind, address, route.Port, route.RoutingToken))
                    ?? new PathLink(new NetworkPath(route.Kind, rank, address, route.Port, route.RoutingToken), _sockets, _options.DatagramBytesMax, now, Receive);
                link.Path.Rank = rank;
                links.Add(link);
            }
        }

        var same = links.Count == before.Count;
        for (var i = 0; same && i < links.Count; i++) same = links[i] == before[i];
        _links = links;
        _paths = links.ConvertAll(link => link.Path);
        return same;
    }

    /// <summary>FNV-1a: the same player begins at the same address on each platform.</summary>
    private static uint FirstAddress(string playerId)
    {
        var hash = 2166136261u;
        foreach (var character in playerId) hash = (hash ^ character) * 16777619u;
        return hash;
    }

    private void Tick()
    {
        // Where the lock is held, the next tick is soon enough: ticks never queue up.
        if (!Monitor.TryEnter(_gate)) return;
        try
        {
            var now = _clock.Now;
            Forgive(now);
            Act(now);
        }
        finally
        {
            Monitor.Exit(_gate);
        }

        Tell();
    }

    /// <summary>A process that slept, as a game in the background does, has heard nothing: that is no silence of its paths.</summary>
    private void Forgive(TimeSpan now)
    {
        var slept = now - _tickedAt >= _options.SuspectAfter + TickInterval;
        _tickedAt = now;
        if (!slept) return;
        foreach (var path in _paths) path.Forgive(now);
    }

    private void Act(TimeSpan now)
    {
        if (_state is not (TransportState.Joining or TransportState.Joined)) return;
        foreach (var link in _links)
        {
            link.Path.Settle(now, _options.SilenceTimeout);
            link.ReopenWhenSilent(now, _options.SilenceTimeout * 2);
        }

        var choice = PathSelector.Choose(_paths, _current, _chosenAt, _canProbe, now, _options);
        if (choice.Index != _current) Change(choice, now);
        if (_state == TransportState.Joining || _announcing) Join(now);
        Probe(now);
    }

    private void Change(PathChoice choice, TimeSpan now)
    {
        if (choice.Reason is PathChangeReason.Silence or PathChangeReason.Loss) _paths[_current].Failed(now, PathSelector.StrikeWindow);
        _current = choice.Index;
        ChangedPath(choice.Reason, now);
    }

    private void ChangedPath(PathChangeReason reason, TimeSpan now)
    {
        _chosenAt = now;
        _pathChanges++;
        _lastChange = reason;
        _announcing = _state == TransportState.Joined && !_handshake.NamesPlayerInEveryDatagram;
        _joinAt = now;
        _joinInterval = _options.JoinInterval;
        _changed = true;
    }

    private void Join(TimeSpan now)
    {
        if (now < _joinAt) return;
        var length = _handshake.WriteJoin(_writing, new JoinRequest(_connection, _nonce));
        Send(_current, _writing.AsSpan(0, length), now);
        _joinAt = now + _joinInterval;
        if (_joinInterval < _options.JoinInterval * 4) _joinInterval *= 2;
    }

    private void Probe(TimeSpan now)
    {
        var silentSince = PathSelector.SilenceStart(_paths[_current], _chosenAt);
        var isSuspect = now - silentSince >= _options.SuspectAfter && now - _heardAt < SuspectFor;
        var interval = isSuspect ? _options.SuspectProbeInterval : _options.ProbeInterval;
        for (var i = 0; i < _links.Count; i++)
        {
            if (_paths[i].ProbedAt is { } probed && now - probed < interval) continue;
            var nonce = _nonces();
            var length = _handshake.WriteProbe(_writing, nonce);
            _canProbe = length > 0;
            if (!_canProbe) return;
            _paths[i].Probed(nonce, now);
            Send(i, _writing.AsSpan(0, length), now);
        }
    }

    private void Send(int path, ReadOnlySpan<byte> datagram, TimeSpan now)
    {
        _links[path].Send(datagram, now);
        _sent++;
    }

    private void Receive(PathLink link, ReadOnlySpan<byte> datagram)
    {
        lock (_gate)
        {
            // What a replaced server still says is not for this game any more.
            if (_state == TransportState.Disposed || !_links.Contains(link)) return;
            var signal = _handshake.Read(datagram);
            var now = _clock.Now;
            if (signal.Kind == HandshakeSignalKind.Ignored) return;
            if (signal.Kind == HandshakeSignalKind.ProbeReply)
            {
                if (!link.Path.Answered(signal.Nonce, now)) return;
            }
            else if (signal.Kind == HandshakeSignalKind.RoutesOrdered)
            {
                link.Path.Heard(now);
                Reorder(signal, now);
            }
            else
            {
                link.Path.Heard(now);
                _queue.Enqueue(datagram);
                Take(signal, link.Path == _paths[_current], now);
            }

            if (link.Path == _paths[_current]) _worked = link.Path;
            _heardAt = now;
            _received++;
        }

        Tell();
    }

    private void Take(HandshakeSignal signal, bool onCurrent, TimeSpan now)
    {
        switch (signal.Kind)
        {
            case HandshakeSignalKind.Joined:
                _announcing &= !onCurrent;
                if (_state == TransportState.Joining) Become(TransportState.Joined, null);
                break;
            case HandshakeSignalKind.Game:
                _announcing &= !onCurrent;
                break;
            case HandshakeSignalKind.NotYet when _state == TransportState.Joining:
                Become(TransportState.Joining, signal.Code);
                break;
            case HandshakeSignalKind.Refused when _state == TransportState.Joining:
                Become(TransportState.Refused, signal.Code);
                break;
            case HandshakeSignalKind.JoinAgain when _state == TransportState.Joined:
                JoinAnew(now);
                break;
            case HandshakeSignalKind.Closed when _state is TransportState.Joining or TransportState.Joined:
                Become(TransportState.Closed, signal.Code);
                break;
        }
    }

    private void Become(TransportState state, int? code)
    {
        _changed |= _state != state || _code != code;
        _state = state;
        _code = code;
    }

    /// <summary>Outside of the lock, so that listeners can ask what they like.</summary>
    private void Tell()
    {
        lock (_gate)
        {
            if (!_changed) return;
            _changed = false;
        }

        _notifier.Changed();
    }
}
