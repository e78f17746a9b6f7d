using System.Threading.Channels;
using FleetSystem.FleetManager.Kubernetes.Reading;
using FleetSystem.FleetManager.Kubernetes.Requests;
using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetManager.Kubernetes.Watching;

/// <summary>
/// Lists one kind and watches it, for ever: resumes after a cut, lists again when the resourceVersion is gone, backs off, and tells of a
/// lost source once. What it told before a loss still holds; it never takes it back by an empty list.
/// </summary>
internal sealed partial class Informer<T>(
    string cluster,
    WatchedResource<T> resource,
    KubernetesApi api,
    KubernetesAdapterOptions options,
    TimeProvider time,
    Random jitter,
    ILogger logger,
    ChannelWriter<ClusterChange> changes)
    where T : class
{
    /// <summary>A watch that ends in good order sooner than this without an event is a failure, or a broken proxy would be asked without pause.</summary>
    private static readonly TimeSpan ShortestWatch = TimeSpan.FromSeconds(1);

    private readonly PagedList<T> _list = new(resource, api, options);
    private readonly ResourceVersion _version = new();
    private readonly ResourceVersion _ofEvent = new();
    private bool? _running;
    private int _failures;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Interruption? interruption;
            try
            {
                if (!_version.IsKnown) await ListAsync(cancellationToken);
                interruption = await WatchAsync(cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                interruption = Interruption.From(exception);
                if (exception is ApiException { Failure.StatusCode: 403 }) LogMissingRule(cluster, resource.Plural, resource.Rule);
            }

            if (interruption is { } stopped) await WaitAsync(stopped, cancellationToken);
        }
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        var items = await _list.ReadAsync(options.ListTimeout, time, cancellationToken);
        await changes.WriteAsync(resource.Listed(items), cancellationToken);
        _list.Version.CopyTo(_version);
        LogListed(cluster, resource.Plural, items.Count);
    }

    /// <summary>Watches from the last version; returns null when the watch ended as it should.</summary>
    private async Task<Interruption?> WatchAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var seconds = (int)Math.Ceiling(options.WatchTimeout.TotalSeconds * (1 + (jitter.NextDouble() / 2)));
        var path = ApiPaths.Watch(resource.Path, _version.ToString(), seconds);
        using var watchdog = new Deadline(options.RequestTimeout, time, cancellationToken);
        HttpResponseMessage response;
        try
        {
            response = await api.SendOkAsync(HttpMethod.Get, path, null, watchdog.Token);
        }
        catch (OperationCanceledException exception) when (watchdog.HasPassed)
        {
            throw new TimeoutException($"The watch was not answered within {options.RequestTimeout}.", exception);
        }

        using (response)
        {
            if (_running is not true)
            {
                _running = true;
                await changes.WriteAsync(new ClusterChange.SourceRestored(resource.Plural), cancellationToken);
                LogRunning(cluster, resource.Plural);
            }

            watchdog.Move(options.StaleAfter);
            var seen = await ReadEventsAsync(response, watchdog, cancellationToken);
            if (seen.Error is { } error) return Interruption.From(error);
            if (seen.Any || time.GetElapsedTime(started) >= ShortestWatch)
            {
                _failures = 0;
                return null;
            }

            return new Interruption("The watch was closed at once.", Lost: true, ListAgain: false, null);
        }
    }

    private async Task<(bool Any, ApiFailure? Error)> ReadEventsAsync(
        HttpResponseMessage response, Deadline watchdog, CancellationToken cancellationToken)
    {
        var any = false;
        await using var lines = await LineReader.OpenAsync(response.Content, options.MaxEventBytes, watchdog.Token);
        try
        {
            while (await lines.ReadAsync(watchdog.Token))
            {
                watchdog.Move(Timeout.InfiniteTimeSpan); // A slow consumer is not a silent server.
                while (lines.TryNext(out var line))
                {
                    var @event = WatchEvent<T>.Read(line, resource, _ofEvent);
                    if (@event.Error is not null) return (any, @event.Error);
                    if (@event.Item is { } item)
                    {
                        var change = @event.Type == WatchEventType.Deleted ? resource.Deleted(item) : resource.Changed(item);
                        if (!changes.TryWrite(change)) await changes.WriteAsync(change, cancellationToken);
                    }

                    if (@event.Type == WatchEventType.Unknown) continue;
                    _ofEvent.CopyTo(_version); // Only now: a change that was not handed on must come again.
                    any = true;
                    _failures = 0;
                }

                watchdog.Move(options.StaleAfter);
            }

            return (any, null);
        }
        catch (OperationCanceledException) when (watchdog.HasPassed)
        {
            throw new StaleWatchException($"Neither event nor bookmark for {options.StaleAfter}.");
        }
    }

    private async Task WaitAsync(Interruption stopped, CancellationToken cancellationToken)
    {
        if (stopped.ListAgain) _version.Clear();
        _failures++;
        if (stopped.Lost && _running is not false)
        {
            _running = false;
            await changes.WriteAsync(new ClusterChange.SourceLost(resource.Plural, stopped.Reason), cancellationToken);
        }

        var delay = Backoff.Delay(_failures, stopped.RetryAfter, options, jitter.NextDouble());
        if (stopped.Lost) LogLost(cluster, resource.Plural, stopped.Reason, delay.TotalSeconds, _failures);
        else LogListAgain(cluster, resource.Plural, stopped.Reason, delay.TotalSeconds);
        await Task.Delay(delay, time, cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Information, "Cluster {ClusterId}: listed {Count} {Kind}.")]
    private partial void LogListed(string clusterId, string kind, int count);

    [LoggerMessage(2, LogLevel.Information, "Cluster {ClusterId}: the watch of {Kind} runs.")]
    private partial void LogRunning(string clusterId, string kind);

    [LoggerMessage(
        3,
        LogLevel.Warning,
        "Cluster {ClusterId}: lost the watch of {Kind} (failure {Failures} in a row), trying again in {DelaySeconds:0.###} s: {Reason}")]
    private partial void LogLost(string clusterId, string kind, string reason, double delaySeconds, int failures);

    [LoggerMessage(4, LogLevel.Information, "Cluster {ClusterId}: listing {Kind} again in {DelaySeconds:0.###} s: {Reason}")]
    private partial void LogListAgain(string clusterId, string kind, string reason, double delaySeconds);

    [LoggerMessage(5, LogLevel.Error, "Cluster {ClusterId}: not allowed to list and watch {Kind}; grant the service account {Rule}.")]
    private partial void LogMissingRule(string clusterId, string kind, RbacRule rule);
}
