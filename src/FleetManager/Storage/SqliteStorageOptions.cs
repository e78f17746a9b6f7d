namespace FleetSystem.FleetManager.Storage;

/// <summary>Settings of the SQLite grain storage.</summary>
public sealed class SqliteStorageOptions
{
    /// <summary>The configuration section that faults are reported under.</summary>
    public const string SectionName = "Storage:Sqlite";

    /// <summary>The database file. Its folder is created when absent. Required: there is no default.</summary>
    public string Path { get; set; } = "";

    /// <summary>The most writes that may wait for the writer. The default value is 4,096. Value must be between 1 and 100,000.</summary>
    public int WriteQueueLimit { get; set; } = 4_096;

    /// <summary>How long a write may wait for room in a full queue before it is refused. The default value is 5 seconds. Value must be between 1 millisecond and 5 minutes.</summary>
    public TimeSpan WriteQueueTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The most writes in one transaction. The default value is 512. Value must be between 1 and 10,000, and not above <see cref="WriteQueueLimit"/>.</summary>
    public int MaxBatch { get; set; } = 512;

    /// <summary>
    /// Bytes of state after which a transaction takes no more writes, so that one of large states keeps nobody waiting. The default value is 4 MiB. Value must be between 1 KiB and 1 GiB.
    /// </summary>
    public int MaxBatchBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// The largest state, in bytes of JSON. The default value is 380,000: what DynamoDB holds in one item less room for keys, so that a state fits either store. Value must be between 1,000 and 100,000,000.
    /// </summary>
    public int MaxStateBytes { get; set; } = 380_000;

    /// <summary>Connections that read at once. The default value is 4. Value must be between 1 and 64.</summary>
    public int ReadConnections { get; set; } = 4;

    /// <summary>How long to wait while another process holds the database's write lock. The default value is 5 seconds. Value must be between 0 and 1 minute.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Rows that a listing reads at a time. The default value is 256. Value must be between 1 and 10,000.</summary>
    public int ListPageSize { get; set; } = 256;

    /// <summary>How often expired states are deleted. The default value is 1 minute. Value must be between 1 second and 1 day.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The most expired states deleted in one transaction. The default value is 500. Value must be between 1 and 10,000.</summary>
    public int SweepBatchLimit { get; set; } = 500;
}
