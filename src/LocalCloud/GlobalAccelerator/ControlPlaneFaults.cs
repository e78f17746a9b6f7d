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

    /// <summary>What is wrong now; it applies to the calls that come after.</summary>
    public ControlPlaneFault Current
    {
        get => _current;
        set => _current = value;
    }
}
