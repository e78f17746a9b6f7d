namespace FleetSystem.FleetModel.Matching.RuleSets;

/// <summary>Something wrong in a rule set.</summary>
/// <param name="Path">Where: a JSON path such as <c>$.rules[2].maxDistance</c>.</param>
/// <param name="Message">What is wrong and what to do, as a sentence.</param>
[GenerateSerializer, Immutable, Alias("fleet.RuleSetFault")]
public sealed record RuleSetFault([property: Id(0)] string Path, [property: Id(1)] string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Message}";
}

/// <summary>What reading a rule set gave.</summary>
/// <param name="RuleSet">The rule set, or null when there are faults.</param>
/// <param name="Faults">Everything that keeps it from being used.</param>
/// <param name="Warnings">What is read otherwise than its author may think, but as FlexMatch reads it.</param>
public sealed record RuleSetReading(RuleSet? RuleSet, IReadOnlyList<RuleSetFault> Faults, IReadOnlyList<RuleSetFault> Warnings);

/// <summary>Gathers faults and warnings while a rule set is read, each once.</summary>
internal sealed class RuleSetFaultList
{
    private readonly HashSet<RuleSetFault> _known = [];
    private readonly List<RuleSetFault> _faults = [];
    private readonly List<RuleSetFault> _warnings = [];

    public IReadOnlyList<RuleSetFault> Faults => _faults;

    public IReadOnlyList<RuleSetFault> Warnings => _warnings;

    public void Add(string path, string message) => AddTo(_faults, path, message);

    public void Warn(string path, string message) => AddTo(_warnings, path, message);

    private void AddTo(List<RuleSetFault> list, string path, string message)
    {
        var fault = new RuleSetFault(path, message);
        if (list.Count < RuleSetLimits.MaxFaults && _known.Add(fault)) list.Add(fault);
    }
}
