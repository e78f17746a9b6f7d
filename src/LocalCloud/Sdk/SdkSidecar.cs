using System.Globalization;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Sdk;

/// <summary>
/// The SDK sidecar of one GameServer, behaving as that of Agones 1.56: calls are answered at once and written to the GameServer a little later.
/// <see cref="SdkServer"/> gives it its port.
/// </summary>
internal sealed partial class SdkSidecar : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly IGameServerResource _resource;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Func<SdkSidecar, ValueTask> _release;
    private readonly WriteQueue _writes;
    private readonly HealthMonitor _health;
    private readonly CancellationTokenSource _ended = new();
    private readonly Dictionary<string, string> _labels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _annotations = new(StringComparer.Ordinal);
    private ITimer? _reserveEnd;
    private TimeSpan? _reserve;
    private string _state = "";

    internal SdkSidecar(
        IGameServerResource resource,
        int port,
        SdkSidecarOptions options,
        TimeProvider time,
        ILogger logger,
        Func<SdkSidecar, ValueTask> release)
    {
        _resource = resource;
        Port = port;
        _time = time;
        _logger = logger;
        _release = release;
        _writes = new WriteQueue(options.RequestsRateLimit, time, Write);
        _health = new HealthMonitor(SdkGameServer.HealthOf(resource.Current), time, () => RequestState("Unhealthy"));
    }

    /// <summary>The loopback port on which the sidecar serves gRPC.</summary>
    public int Port { get; }

    /// <summary>Ends with the sidecar; its streams end with it.</summary>
    internal CancellationToken Ended => _ended.Token;

    public async ValueTask DisposeAsync()
    {
        await _release(this);
        await _ended.CancelAsync();
        await _writes.DisposeAsync();
        await _health.DisposeAsync();
        StopReservation();
    }

    internal JsonObject? Current => _resource.Current;

    internal IAsyncEnumerable<JsonObject> WatchAsync(CancellationToken cancellationToken) => _resource.WatchAsync(cancellationToken);

    internal void Heard() => _health.Heard();

    internal void Ready()
    {
        StopReservation();
        RequestState("RequestReady");
    }

    internal void Allocate()
    {
        StopReservation();
        RequestState("Allocated");
    }

    internal void Shutdown()
    {
        StopReservation();
        RequestState("Shutdown");
    }

    /// <summary>Reserves the GameServer; it asks to be Ready again after a positive duration, never after 0.</summary>
    internal void Reserve(TimeSpan duration)
    {
        StopReservation();
        lock (_gate)
            _reserve = duration > TimeSpan.Zero ? duration : null;
        RequestState("Reserved");
    }

    internal void SetLabel(string key, string value)
    {
        lock (_gate)
            _labels[key] = value;
        _writes.Enqueue(SdkWrite.Labels);
    }

    internal void SetAnnotation(string key, string value)
    {
        lock (_gate)
            _annotations[key] = value;
        _writes.Enqueue(SdkWrite.Annotations);
    }

    private void RequestState(string state)
    {
        lock (_gate)
        {
            // Nothing the game server says undoes Unhealthy.
            if (_state != "Unhealthy")
                _state = state;
        }

        _writes.Enqueue(SdkWrite.State);
    }

    private void Write(SdkWrite kind)
    {
        try
        {
            switch (kind)
            {
                case SdkWrite.State:
                    WriteState();
                    break;
                case SdkWrite.Labels:
                    WriteMetadata("labels", _labels);
                    break;
                case SdkWrite.Annotations:
                    WriteMetadata("annotations", _annotations);
                    break;
                case SdkWrite.Counters:
                    WriteCounters();
                    break;
                default:
                    WriteLists();
                    break;
            }
        }
        catch (Exception exception)
        {
            // This runs on a timer: thrown on, it would end the whole cloud for one GameServer's sake.
            LogWriteFailed(_logger, kind, Port, exception);
        }
    }

    private void WriteState()
    {
        string state;
        TimeSpan? reserve;
        lock (_gate)
        {
            state = _state;
            reserve = state == "Reserved" ? _reserve : null;
        }

        var written = false;
        _resource.Update(gameServer =>
        {
            written = !SdkGameServer.IsBeingDeleted(gameServer) && SdkGameServer.StateOf(gameServer) is var now && now != "Unhealthy" && now != state;
            if (!written)
                return false;

            var status = SdkGameServer.Child(gameServer, "status");
            status["state"] = state;
            status["reservedUntil"] = reserve is { } duration ? Rfc3339(_time.GetUtcNow() + duration) : null;
            if (state == "Allocated")
                SdkGameServer.Child(SdkGameServer.Child(gameServer, "metadata"), "annotations")[SdkPrefix.LastAllocated] = Rfc3339(_time.GetUtcNow());
            return true;
        });

        if (written && reserve is { } after)
        {
            lock (_gate)
                _reserveEnd = _time.CreateTimer(_ => Ready(), null, after, Timeout.InfiniteTimeSpan);
        }
    }

    private void WriteMetadata(string kind, Dictionary<string, string> requested)
    {
        KeyValuePair<string, string>[] values;
        lock (_gate)
            values = [.. requested];
        _resource.Update(gameServer =>
        {
            var target = SdkGameServer.Child(SdkGameServer.Child(gameServer, "metadata"), kind);
            var changed = false;
            foreach (var (key, value) in values)
            {
                if (target[SdkPrefix.Metadata + key]?.GetValue<string>() == value)
                    continue;
                target[SdkPrefix.Metadata + key] = value;
                changed = true;
            }

            return changed;
        });
    }

    private void StopReservation()
    {
        lock (_gate)
        {
            _reserveEnd?.Dispose();
            _reserveEnd = null;
            _reserve = null;
        }
    }

    private static string Rfc3339(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    [LoggerMessage(1, LogLevel.Error, "The sidecar on port {Port} could not write {Kind} to its GameServer")]
    private static partial void LogWriteFailed(ILogger logger, SdkWrite kind, int port, Exception exception);
}
