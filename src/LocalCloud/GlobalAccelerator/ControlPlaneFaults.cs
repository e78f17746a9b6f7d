namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>What is wrong with the API.</summary>
internal enum ControlPlaneFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Every call is answered with InternalServiceErrorException.</summary>
    Fail,

    /// <summary>Every call is answered with ThrottlingException.</summary>
    Throttle,

    /// <summary>No call is answered.</summary>
    Hang,

    /// <summary>Every connection is closed without an answer.</summary>
    Disconnect,
}

/// <summary>Faults of the API as a whole.</summary>
internal sealed class ControlPlaneFaults
{
    private volatile ControlPlaneFault _current;
    private int _hanging;

    /// <summary>What is wrong now; it applies to the calls that come after.</summary>
    public ControlPlaneFault Current
    {
        get => _current;
        set => _current = value;
    }

    /// <summary>Calls that hang now.</summary>
    public int Hanging => Volatile.Read(ref _hanging);

    /// <summary>Keeps a call waiting until its caller gives up, or the host ends.</summary>
    public async Task HangAsync(CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource();
        Interlocked.Increment(ref _hanging);
        await using (cancellationToken.Register(ended.SetResult))
            await ended.Task;
        Interlocked.Decrement(ref _hanging);
    }
}
