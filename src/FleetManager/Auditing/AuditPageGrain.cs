using FleetSystem.FleetModel.Operations;

namespace FleetSystem.FleetManager.Auditing;

/// <summary>A full page of an audit log. Its key is <c>log/page</c>.</summary>
[Alias("fleet.IAuditPageGrain")]
internal interface IAuditPageGrain : IGrainWithStringKey
{
    /// <summary>Its entries, oldest first; none when it was never written, or deleted.</summary>
    [Alias("Read")]
    Task<IReadOnlyList<AuditEntry>> Read();

    /// <summary>Stores its entries.</summary>
    [Alias("Write")]
    Task Write(IReadOnlyList<AuditEntry> entries);

    /// <summary>Deletes it.</summary>
    [Alias("Clear")]
    Task Clear();
}

/// <summary>The entries of a page.</summary>
[GenerateSerializer, Alias("fleet.AuditPageState")]
internal sealed class AuditPageState
{
    /// <summary>Name of the state in the store.</summary>
    public const string Name = "audit";

    /// <summary>Entries, oldest first.</summary>
    [Id(0)] public IReadOnlyList<AuditEntry> Entries { get; set; } = [];
}

[CollectionAgeLimit(Minutes = 2)]
internal sealed class AuditPageGrain([PersistentState(AuditPageState.Name)] IPersistentState<AuditPageState> store) : Grain, IAuditPageGrain
{
    public Task<IReadOnlyList<AuditEntry>> Read() => Task.FromResult(store.State.Entries);

    public Task Write(IReadOnlyList<AuditEntry> entries)
    {
        store.State.Entries = entries;
        return store.WriteStateAsync();
    }

    public Task Clear() => store.ClearStateAsync();
}
