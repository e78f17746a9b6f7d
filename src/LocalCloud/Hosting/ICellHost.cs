namespace FleetSystem.LocalCloud.Hosting;

/// <summary>One of the cell's hosts while it runs: within this process, or as a process of its own.</summary>
internal interface ICellHost : IAsyncDisposable
{
    /// <summary>Its process, when it has one of its own.</summary>
    int? ProcessId { get; }
}
