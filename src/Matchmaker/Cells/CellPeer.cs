using System.Globalization;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Cells;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.Matchmaker.Api;
using FleetSystem.Matchmaker.Grpc;
using FleetSystem.SiloHost.Tls;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Sessions = FleetSystem.Matchmaker.Grpc.V1.Sessions;

namespace FleetSystem.Matchmaker.Cells;

/// <summary>What came of a call to a peer.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Fault">What the peer refused it with.</param>
/// <param name="IsUnknown">Whether the peer may have done what it was asked for, and could not say so. False without an answer: it was not asked.</param>
internal readonly record struct PeerReply<T>(T? Answer, ApiFault? Fault, bool IsUnknown = false)
    where T : class
{
    /// <summary>Whether the peer answered at all.</summary>
    public bool IsReached => Answer is not null || Fault is not null;
}

/// <summary>
/// One peer: connections to its addresses, and the circuit around them. While the circuit is open a call costs nothing, and those under way
/// are given up when it opens.
/// </summary>
internal sealed partial class CellPeer : IAsyncDisposable
{
    // A connection whose other end is gone without a word is given up after both.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(1);

    private readonly CellsOptions _options;
    private readonly CellMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ServiceProvider _resolvers;
    private readonly GrpcChannel _channel;
    private readonly Sessions.SessionsClient _sessions;
    private readonly V1.Cells.CellsClient _cells;
    private readonly Lock _lock = new();
    private readonly ClusterCircuit _circuit;
    private readonly Queue<string> _abandoned = new();
    private CancellationTokenSource _opened = new();

    private readonly IReadOnlyList<string> _urls;
    private TimeSpan? _latency;

    public CellPeer(CellPeerOptions peer, CellsOptions options, TlsCertificates certificates, int seed, CellMetrics metrics, TimeProvider time, ILogger<CellPeer> log)
    {
        (Cell, _options, _metrics, _time, _log) = (peer.Cell, options, metrics, time, log);
        _urls = [.. peer.Urls];
        metrics.Circuit(Cell, CircuitState.Closed);
        _circuit = new ClusterCircuit(options.Circuit, seed, time.GetUtcNow());
        _resolvers = new ServiceCollection()
            .AddSingleton<ResolverFactory>(new StaticResolverFactory(_ => [.. peer.Urls.Select(url => new Uri(url)).Select(url => new BalancerAddress(url.Host, url.Port))]))
            .BuildServiceProvider();
        _channel = GrpcChannel.ForAddress($"static:///{peer.Cell}", new GrpcChannelOptions
        {
            Credentials = ChannelCredentials.SecureSsl,
            ServiceProvider = _resolvers,
            ServiceConfig = Service(options),
            InitialReconnectBackoff = TimeSpan.FromSeconds(0.5),
            MaxReconnectBackoff = TimeSpan.FromSeconds(1),
            DisposeHttpClient = true,
            HttpHandler = new SocketsHttpHandler
            {
                ConnectTimeout = options.ConnectTimeout,
                EnableMultipleHttp2Connections = true,
                KeepAlivePingDelay = KeepAlive,
                KeepAlivePingTimeout = KeepAlive,
                KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,

                // Who answers at an address is told by the certificate's name alone.
                SslOptions = certificates.ForClient(server => server.MatchesHostname(peer.Cell, allowWildcards: false, allowCommonName: false)),
            },
        });
        _sessions = new Sessions.SessionsClient(_channel);
        _cells = new V1.Cells.CellsClient(_channel);
    }

    /// <summary>Its name.</summary>
    public string Cell { get; }

    /// <summary>What it last told of itself, or null.</summary>
    public CellSnapshot? Snapshot { get; private set; }

    /// <summary>Whether it is asked at all.</summary>
    public bool IsAway
    {
        get { lock (_lock) return _circuit.State == CircuitState.Open; }
    }

    /// <summary>How it stands, for those who look after this cell.</summary>
    public PeerStanding Standing
    {
        get
        {
            var snapshot = Snapshot;
            lock (_lock)
            {
                return new PeerStanding
                {
                    Cell = Cell,
                    Urls = _urls,
                    Circuit = new FleetModel.Grains.CircuitStatus(_circuit.State, _circuit.Since, _circuit.Reason),
                    AnsweredAt = snapshot?.ObservedAt,
                    LatencySeconds = snapshot is null ? null : _latency?.TotalSeconds,
                    Regions = [.. (snapshot?.Regions ?? []).Select(region => new PeerRegion(region.Id, region.TakesSessions, region.Fleets.Sum(fleet => fleet.Ready), region.Fleets.Sum(fleet => fleet.Waiting)))],
                };
            }
        }
    }

    /// <summary>Calls its sessions.</summary>
    public Task<PeerReply<T>> AskAsync<T>(Func<Sessions.SessionsClient, CallOptions, AsyncUnaryCall<T>> call, TimeSpan timeout, Metadata? headers = null)
        where T : class => CallAsync(options => call(_sessions, options), timeout, headers);

    /// <summary>Follows a session's events.</summary>
    /// <exception cref="FleetModel.Grains.SessionUnavailableException">The stream was interrupted, or the peer is away.</exception>
    public async IAsyncEnumerable<Grpc.V1.SessionEvent> WatchAsync(string id, long after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        CancellationToken opened;
        lock (_lock) opened = _opened.Token;
        if (IsAway) throw Interrupted(id, "it is not asked now");
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, opened);
        using var call = _sessions.WatchSession(new() { SessionId = id, AfterSequence = after }, cancellationToken: ending.Token);
        while (true)
        {
            try
            {
                if (!await call.ResponseStream.MoveNext(ending.Token)) yield break;
            }
            catch (RpcException fault) when (!cancellationToken.IsCancellationRequested)
            {
                throw Interrupted(id, fault.Status.Detail);
            }

            yield return call.ResponseStream.Current;
        }
    }

    /// <summary>A session that the peer was asked for and may have, while another cell has it by now: it is ended there when the peer is back.</summary>
    public void Abandon(string id)
    {
        lock (_lock)
        {
            if (_abandoned.Count >= _options.MaxAbandoned) LogForgotten(_log, Cell, _abandoned.Dequeue());
            _abandoned.Enqueue(id);
        }
    }

    /// <summary>A session that was abandoned here is wanted here after all.</summary>
    public void Reclaim(string id)
    {
        lock (_lock)
        {
            if (!_abandoned.Contains(id)) return;
            var others = _abandoned.Where(other => other != id).ToList();
            _abandoned.Clear();
            foreach (var other in others) _abandoned.Enqueue(other);
        }
    }

    /// <summary>Asks what the peer has when that is due, and ends what was abandoned there. Called again and again.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_circuit.State != CircuitState.Closed && _time.GetUtcNow() < _circuit.ProbeAt) return;
        }

        try
        {
            var asked = _time.GetTimestamp();
            var description = await _cells.DescribeAsync(new V1.DescribeRequest(), deadline: (_time.GetUtcNow() + _options.Circuit.ProbeTimeout).UtcDateTime, cancellationToken: cancellationToken);
            if (description.Cell != Cell) throw new RpcException(new Status(StatusCode.FailedPrecondition, $"it says that it is cell '{description.Cell}'"));
            lock (_lock) _latency = _time.GetElapsedTime(asked);
            Snapshot = CellMessages.Read(description, _time.GetUtcNow());
            Change(circuit => circuit.ReadAnswered(_time.GetUtcNow()));
        }
        catch (RpcException fault) when (!cancellationToken.IsCancellationRequested)
        {
            Change(circuit => circuit.ReadFailed(fault.StatusCode == StatusCode.DeadlineExceeded, Reason(fault), _time.GetUtcNow()));
            return;
        }

        await EndAbandonedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _resolvers.DisposeAsync();
        _opened.Dispose();
    }

    private async Task<PeerReply<T>> CallAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, TimeSpan timeout, Metadata? headers)
        where T : class
    {
        CircuitPass pass;
        CancellationToken opened;
        lock (_lock)
        {
            if (_circuit.TryEnter(_time.GetUtcNow()) is not { } entered)
            {
                _metrics.Called(Cell, PeerCall.NotAsked);
                return default;
            }

            (pass, opened) = (entered, _opened.Token);
        }

        try
        {
            var answer = await call(new CallOptions(headers, (_time.GetUtcNow() + timeout).UtcDateTime, opened));
            Leave(CallResult.Succeeded, "");
            _metrics.Called(Cell, PeerCall.Answered);
            return new(answer, null);
        }
        catch (RpcException fault) when (GrpcFault.Read(fault) is { } told)
        {
            // Its Matchmaker answers, and what stands behind it does not: then it cannot serve anybody.
            var isUnable = told.Code is ErrorCodes.Unavailable or ErrorCodes.InternalError;
            Leave(isUnable ? CallResult.Failed : CallResult.Succeeded, told.Detail);
            _metrics.Called(Cell, isUnable ? PeerCall.Unanswered : PeerCall.Answered);
            return isUnable ? new(null, null, IsUnknown: true) : new(null, told);
        }
        catch (RpcException fault)
        {
            Leave(opened.IsCancellationRequested ? CallResult.Neutral : fault.StatusCode == StatusCode.DeadlineExceeded ? CallResult.TimedOut : CallResult.Failed, Reason(fault));
            _metrics.Called(Cell, PeerCall.Unanswered);
            LogUnreached(_log, Cell, Reason(fault));
            return new(null, null, IsUnknown: true);
        }

        void Leave(CallResult result, string reason) => Change(circuit => circuit.Leave(pass, result, reason, _time.GetUtcNow()));
    }

    private async Task EndAbandonedAsync()
    {
        int count;
        lock (_lock) count = _abandoned.Count;
        for (; count > 0; count--)
        {
            string? id;
            lock (_lock) if (!_abandoned.TryDequeue(out id)) return;
            var ended = await AskAsync((sessions, options) => sessions.EndSessionAsync(new() { SessionId = id }, options), _options.CallTimeout);
            if (ended.IsReached) continue;
            Abandon(id);
            return;
        }
    }

    private void Change(Action<ClusterCircuit> change)
    {
        CancellationTokenSource? cut = null;
        lock (_lock)
        {
            var before = _circuit.State;
            change(_circuit);
            if (_circuit.State == before) return;
            _metrics.Circuit(Cell, _circuit.State);
            if (_circuit.State == CircuitState.Open)
            {
                LogAway(_log, Cell, _circuit.Reason);
                (cut, _opened) = (_opened, new CancellationTokenSource());
            }
            else
            {
                LogBack(_log, Cell, _circuit.State);
            }
        }

        cut?.Cancel();
        cut?.Dispose();
    }

    private FleetModel.Grains.SessionUnavailableException Interrupted(string id, string reason) => new($"the stream of session {id} from cell {Cell} was interrupted: {reason}");

    private static string Reason(RpcException fault) => string.Create(CultureInfo.InvariantCulture, $"{fault.StatusCode}: {fault.Status.Detail}");

    private static ServiceConfig Service(CellsOptions options)
    {
        var config = new ServiceConfig { LoadBalancingConfigs = { new RoundRobinConfig() } };
        foreach (var (method, delay) in new[] { ("CreateSession", options.CreateHedgeDelay), ("GetSession", options.HedgeDelay), ("EndSession", options.HedgeDelay) })
        {
            // Each of them may be repeated: the key makes two creations one session, and to end a session twice ends it once.
            config.MethodConfigs.Add(new MethodConfig
            {
                Names = { new MethodName { Service = "fleetsystem.v1.Sessions", Method = method } },
                HedgingPolicy = new HedgingPolicy { MaxAttempts = 2, HedgingDelay = delay },
            });
        }

        return config;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cell {Cell} is not asked any more: {Reason}")]
    private static partial void LogAway(ILogger logger, string cell, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Cell {Cell} answers again; its circuit is {State}")]
    private static partial void LogBack(ILogger logger, string cell, CircuitState state);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cell {Cell} gave no answer: {Reason}")]
    private static partial void LogUnreached(ILogger logger, string cell, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cell {Cell} may have session {SessionId}, which nobody claims: too many wait to be ended there")]
    private static partial void LogForgotten(ILogger logger, string cell, string sessionId);
}
