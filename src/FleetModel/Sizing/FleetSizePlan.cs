namespace FleetSystem.FleetModel.Sizing;

/// <summary>One write that changes a Fleet's size, to the version that was read.</summary>
/// <param name="ResourceVersion">resourceVersion of the object that is written.</param>
public abstract record FleetSizePatch(string ResourceVersion)
{
    /// <summary>Replicas of a Fleet that no FleetAutoscaler scales.</summary>
    public sealed record Scale(string AgonesFleet, string ResourceVersion, int Replicas) : FleetSizePatch(ResourceVersion);

    /// <summary>What FleetManager answers a FleetAutoscaler by; nothing is written to the cluster.</summary>
    /// <param name="AgonesFleet">The Agones Fleet.</param>
    /// <param name="Before">What it answers by now.</param>
    /// <param name="Policy">What it shall answer by.</param>
    public sealed record SetBounds(string AgonesFleet, BufferPolicy Before, BufferPolicy Policy) : FleetSizePatch("");

    /// <summary>The Buffer policy of a FleetAutoscaler.</summary>
    public sealed record SetBuffer(string Autoscaler, string ResourceVersion, BufferPolicy Policy) : FleetSizePatch(ResourceVersion);
}

/// <summary>What came of a <see cref="FleetSizePatch"/>.</summary>
public abstract record FleetSizeAnswer
{
    private FleetSizeAnswer()
    {
    }

    /// <summary>It was written.</summary>
    public sealed record Written : FleetSizeAnswer;

    /// <summary>The object is another by now, or gone: nothing was written.</summary>
    public sealed record Outdated : FleetSizeAnswer;

    /// <summary>Nothing was written.</summary>
    /// <param name="Reason">Why, for people.</param>
    /// <param name="Transient">Whether the same may be taken later.</param>
    public sealed record Refused(string Reason, bool Transient) : FleetSizeAnswer;

    /// <summary>It is not known whether it was written.</summary>
    /// <param name="Reason">Why, for people.</param>
    public sealed record Unknown(string Reason) : FleetSizeAnswer;
}

/// <summary>What is to be done about a wish.</summary>
public abstract record FleetSizePlan
{
    private FleetSizePlan()
    {
    }

    /// <summary>One write.</summary>
    /// <param name="Patch">The write.</param>
    /// <param name="After">The size then.</param>
    /// <param name="Notes">What will come of it, for people.</param>
    public sealed record Change(FleetSizePatch Patch, FleetSize After, IReadOnlyList<string> Notes) : FleetSizePlan;

    /// <summary>Nothing: it is as wanted.</summary>
    /// <param name="Notes">What will come of it, for people.</param>
    public sealed record Nothing(IReadOnlyList<string> Notes) : FleetSizePlan;

    /// <summary>Nothing: the wish has faults.</summary>
    public sealed record Invalid(IReadOnlyList<FleetSizeFault> Faults) : FleetSizePlan;

    /// <summary>Nothing: it cannot be changed so.</summary>
    /// <param name="Result"><see cref="FleetSizeResult.Stale"/> or <see cref="FleetSizeResult.NotChangeable"/>.</param>
    /// <param name="Reason">Why, for people.</param>
    public sealed record Refusal(FleetSizeResult Result, string Reason) : FleetSizePlan;
}
