namespace FleetSystem.SiloHost.Diagnosis;

/// <summary>Knows what a part of the host needs around it, and how to look whether it is there and may be used. It changes nothing.</summary>
public interface IDiagnosis
{
    /// <summary>The looks to take; each is taken by itself, so that one that hangs holds up no other.</summary>
    IEnumerable<DiagnosisStep> Steps();
}

/// <summary>One look.</summary>
/// <param name="Subject">What is looked at.</param>
/// <param name="LookAsync">Looks. What it throws becomes a finding too.</param>
public sealed record DiagnosisStep(string Subject, Func<CancellationToken, Task<IReadOnlyList<Finding>>> LookAsync);
