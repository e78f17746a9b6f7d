namespace FleetSystem.GameServer.Sdk;

/// <summary>Waits between attempts: 100 ms, doubled each time, at most 5 s. The sidecar has one client, so nothing is gained by jitter.</summary>
internal sealed class Backoff(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(5);

    private TimeSpan _next = First;

    public void Reset() => _next = First;

    public Task WaitAsync(CancellationToken cancellationToken)
    {
        var wait = _next;
        _next = wait * 2 < Most ? wait * 2 : Most;
        return Task.Delay(wait, time, cancellationToken);
    }
}
