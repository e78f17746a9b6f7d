using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>
/// The circuit around a cluster's calls: lets claims through or not, learns from how calls end, and probes the cluster while nobody may ask
/// it. Belongs to the cluster's grain and runs on its scheduler alone.
/// </summary>
internal sealed partial class ClusterBreaker : IDisposable
{
    private readonly string _cluster;
    private readonly IAgonesCluster _agones;
    private readonly CircuitOptions _options;
    private readonly ClusterMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ClusterCircuit _circuit;
    private CancellationTokenSource _opened = new();
    private bool _probing;

    public ClusterBreaker(string cluster, IAgonesCluster agones, CircuitOptions options, int seed, ClusterMetrics metrics, TimeProvider time, ILogger<ClusterBreaker> log)
    {
        (_cluster, _agones, _options, _metrics, _time, _log) = (cluster, agones, options, metrics, time, log);
        _circuit = new ClusterCircuit(options, seed, time.GetUtcNow());
        metrics.Circuit(cluster, CircuitState.Closed);
    }

    /// <summary>Cancelled when the circuit opens: whoever still waits for the cluster then need not any longer.</summary>
    public CancellationToken Opened => _opened.Token;

    /// <summary>Whether the cluster is not to be asked at all.</summary>
    public bool IsOpen => _circuit.State == CircuitState.Open;

    /// <summary>Where the circuit stands.</summary>
    public CircuitStatus Status => new(_circuit.State, _circuit.Since, _circuit.Reason);

    /// <summary>Why the cluster is not asked, for people.</summary>
    public string Refusal => $"cluster {_cluster} is not asked since {_circuit.Since:HH:mm:ss}Z: {_circuit.Reason}";

    /// <summary>Leave for a claim, or null when the cluster must not be asked now.</summary>
    public CircuitPass? TryEnter()
    {
        var pass = _circuit.TryEnter(_time.GetUtcNow());
        if (pass is null) _metrics.Refused(_cluster);
        return pass;
    }

    /// <summary>A claim's call has ended.</summary>
    public void Leave(CircuitPass pass, CallResult result, string reason) => Change(() => _circuit.Leave(pass, result, reason, _time.GetUtcNow()));

    /// <summary>A read was answered.</summary>
    public void ReadAnswered() => Change(() => _circuit.ReadAnswered(_time.GetUtcNow()));

    /// <summary>A read failed.</summary>
    public void ReadFailed(bool timedOut, string reason) => Change(() => _circuit.ReadFailed(timedOut, reason, _time.GetUtcNow()));

    /// <summary>Probes the cluster when that is due. Called again and again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_probing || _time.GetUtcNow() < _circuit.ProbeAt) return;
        _probing = true;
        using var late = new CancellationTokenSource(_options.ProbeTimeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await _agones.ProbeAsync(both.Token);
            ReadAnswered();
        }
        catch (ClusterUnreachableException fault)
        {
            ReadFailed(timedOut: false, fault.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            ReadFailed(timedOut: true, $"no answer to a probe within {_options.ProbeTimeout.TotalSeconds:0.###} s");
        }
        finally
        {
            _probing = false;
        }
    }

    public void Dispose()
    {
        _metrics.Forget(_cluster);
        _opened.Dispose();
    }

    private void Change(Action change)
    {
        var before = _circuit.State;
        change();
        if (_circuit.State == before) return;
        _metrics.Circuit(_cluster, _circuit.State);
        if (before == CircuitState.Open)
        {
            _opened.Dispose();
            _opened = new CancellationTokenSource();
        }

        switch (_circuit.State)
        {
            case CircuitState.Open:
                LogOpened(_log, _cluster, _circuit.Reason, (_circuit.ProbeAt - _circuit.Since).TotalMilliseconds);
                _opened.Cancel();
                break;
            case CircuitState.HalfOpen:
                LogHalfOpen(_log, _cluster);
                break;
            default:
                LogClosed(_log, _cluster);
                break;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cluster {ClusterId} is not asked for servers any more: {Reason}. It is probed in {ProbeInMs:0} ms")]
    private static partial void LogOpened(ILogger logger, string clusterId, string reason, double probeInMs);

    [LoggerMessage(Level = LogLevel.Information, Message = "Cluster {ClusterId} answers again: a few claims at a time try it")]
    private static partial void LogHalfOpen(ILogger logger, string clusterId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Cluster {ClusterId} is asked for servers again")]
    private static partial void LogClosed(ILogger logger, string clusterId);
}
