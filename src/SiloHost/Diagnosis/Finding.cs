namespace FleetSystem.SiloHost.Diagnosis;

/// <summary>What a look at something around the host has shown.</summary>
public enum FindingState
{
    /// <summary>As it must be.</summary>
    Passed,

    /// <summary>Something that may be meant, and costs if it is not.</summary>
    Warning,

    /// <summary>The host cannot do its work with it.</summary>
    Failed,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Subject">What: for example <c>cluster seoul-1</c>.</param>
/// <param name="State">How it is.</param>
/// <param name="Message">What was found and, unless it passed, what to do.</param>
public sealed record Finding(string Subject, FindingState State, string Message);
