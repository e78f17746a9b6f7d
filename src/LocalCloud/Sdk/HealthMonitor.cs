namespace FleetSystem.LocalCloud.Sdk;

/// <summary>
/// Counts missing Health messages as Agones does: a look each period, the first after the initial delay; a look at which the newest message is
/// older than a period is a failure, a message wipes failures away, and as many failures as the threshold are unhealthy.
/// </summary>
internal sealed class HealthMonitor : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly HealthSettings _settings;
    private readonly TimeProvider _time;
    private readonly Action _unhealthy;
    private readonly ITimer? _timer;
    private long _heardAt;
    private int _failures;

    public HealthMonitor(HealthSettings settings, TimeProvider time, Action unhealthy)
    {
        _settings = settings;
        _time = time;
        _unhealthy = unhealthy;
        _heardAt = time.GetTimestamp();
        if (!settings.Disabled)
            _timer = time.CreateTimer(_ => Look(), null, settings.InitialDelay, settings.Period);
    }

    public void Heard()
    {
        lock (_gate)
        {
            _heardAt = _time.GetTimestamp();
            _failures = 0;
        }
    }

    public ValueTask DisposeAsync() => _timer?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void Look()
    {
        lock (_gate)
        {
            if (_time.GetElapsedTime(_heardAt) > _settings.Period)
                _failures++;
            if (_failures < _settings.FailureThreshold)
                return;
        }

        _unhealthy();
    }
}
