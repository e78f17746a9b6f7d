using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Operations;

namespace FleetSystem.FleetModel.Grains;

/// <summary>The rule set that a queue goes by: an operator's, or the configuration's. Its key is the queue's id.</summary>
[Alias("fleet.IRuleSetGrain")]
public interface IRuleSetGrain : IGrainWithStringKey
{
    /// <summary>The rule set that holds, unless the caller has it.</summary>
    /// <param name="known">The version that the caller has; empty for none.</param>
    /// <returns>Null when the caller's holds.</returns>
    [Alias("GetSince")]
    Task<RuleSetVersion?> GetSince(string known);

    /// <summary>Sets another rule set, which from then on holds for tickets that wait already, too. It and its audit entry are in the store before this returns.</summary>
    /// <returns>Its faults; none when it was set.</returns>
    [Alias("Set")]
    Task<RuleSetReply> Set(string text, string by, string reason);

    /// <summary>Lets the configuration's rule set hold again.</summary>
    [Alias("Reset")]
    Task<RuleSetReply> Reset(string by, string reason);

    /// <summary>Changes with numbers below one, newest first.</summary>
    /// <param name="before">Number; <see cref="long.MaxValue"/> for the newest.</param>
    /// <param name="most">Most entries.</param>
    [Alias("ReadAudit")]
    Task<AuditPage> ReadAudit(long before, int most);
}

/// <summary>A rule set and where it comes from.</summary>
/// <param name="Version">Changes with the text: a hash of it.</param>
/// <param name="Text">The rule set, JSON.</param>
/// <param name="By">The operator who set it; null when it is the configuration's.</param>
/// <param name="Since">Since when; null when it is the configuration's.</param>
[GenerateSerializer, Immutable, Alias("fleet.RuleSetVersion")]
public sealed record RuleSetVersion([property: Id(0)] string Version, [property: Id(1)] string Text, [property: Id(2)] string? By, [property: Id(3)] DateTimeOffset? Since)
{
    /// <summary>A rule set with the version that its text has.</summary>
    public static RuleSetVersion Of(string text, string? by = null, DateTimeOffset? since = null) => new(StableHash.Of(text), text, by, since);
}

/// <summary>Answer to another rule set.</summary>
/// <param name="Now">What holds now.</param>
/// <param name="Faults">Faults of the one that was refused; none when it was set.</param>
/// <param name="Warnings">What is accepted and may not be meant.</param>
[GenerateSerializer, Immutable, Alias("fleet.RuleSetReply")]
public sealed record RuleSetReply([property: Id(0)] RuleSetVersion Now, [property: Id(1)] IReadOnlyList<RuleSetFault> Faults, [property: Id(2)] IReadOnlyList<RuleSetFault> Warnings);
