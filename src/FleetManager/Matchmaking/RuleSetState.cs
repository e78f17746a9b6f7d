using FleetSystem.FleetManager.Auditing;
using FleetSystem.FleetModel.Operations;

namespace FleetSystem.FleetManager.Matchmaking;

/// <summary>What the store keeps of a queue's rule set: the operator's, when there is one, and who changed it when.</summary>
[GenerateSerializer, Alias("fleet.RuleSetState")]
internal sealed class RuleSetState : IAuditedState
{
    /// <summary>Name of the state in the store.</summary>
    public const string Name = "ruleSet";

    /// <summary>The operator's rule set, JSON in UTF-8, compressed; null when the configuration's holds.</summary>
    [Id(0)] public byte[]? Text { get; set; }

    /// <summary>The operator who set it.</summary>
    [Id(1)] public string? By { get; set; }

    /// <summary>Since when it holds.</summary>
    [Id(2)] public DateTimeOffset? Since { get; set; }

    /// <inheritdoc/>
    [Id(3)] public IReadOnlyList<AuditEntry> Audit { get; set; } = [];

    /// <inheritdoc/>
    [Id(4)] public long AuditSequence { get; set; }
}

/// <summary>A rule set as the audit log tells of it: the text itself is too long for it.</summary>
/// <param name="Version">Its version.</param>
/// <param name="IsConfigured">Whether it is the configuration's.</param>
/// <param name="Bytes">Its length in bytes.</param>
internal sealed record AuditedRuleSet(string Version, bool IsConfigured, int Bytes);
