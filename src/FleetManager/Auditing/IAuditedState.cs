using FleetSystem.FleetModel.Operations;

namespace FleetSystem.FleetManager.Auditing;

/// <summary>The state of a grain that keeps an audit log in it.</summary>
internal interface IAuditedState
{
    /// <summary>The newest entries, oldest first: written with the change that they tell of.</summary>
    IReadOnlyList<AuditEntry> Audit { get; set; }

    /// <summary>Number of the last entry.</summary>
    long AuditSequence { get; set; }
}
