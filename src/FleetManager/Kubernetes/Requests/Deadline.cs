namespace FleetSystem.FleetManager.Kubernetes.Requests;

/// <summary>A token that ends with the caller's or after a time, whichever is first, and tells which it was.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _registration;

    public Deadline(TimeSpan timeout, TimeProvider time, CancellationToken caller)
    {
        _caller = caller;
        _source = new CancellationTokenSource(timeout, time);
        _registration = caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>The time is over, and the caller did not cancel.</summary>
    public bool HasPassed => _source.IsCancellationRequested && !_caller.IsCancellationRequested;

    /// <summary>Moves the deadline; an endless one holds until it is moved again.</summary>
    public void Move(TimeSpan timeout) => _source.CancelAfter(timeout);

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }
}
