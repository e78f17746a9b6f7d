using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Storage;

/// <summary>Names every faulty setting of the SQLite grain storage at once, each with its key and its bounds.</summary>
internal sealed class SqliteStorageOptionsValidator : IValidateOptions<SqliteStorageOptions>
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    public ValidateOptionsResult Validate(string? name, SqliteStorageOptions options)
    {
        var faults = new List<string>();
        CheckPath(options.Path, faults);
        Check(nameof(options.WriteQueueLimit), options.WriteQueueLimit, 1, 100_000, faults);
        Check(nameof(options.WriteQueueTimeout), options.WriteQueueTimeout, Millisecond, TimeSpan.FromMinutes(5), faults);
        Check(nameof(options.MaxBatch), options.MaxBatch, 1, 10_000, faults);
        Check(nameof(options.MaxBatchBytes), options.MaxBatchBytes, 1_024, 1_024 * 1_024 * 1_024, faults);
        Check(nameof(options.MaxStateBytes), options.MaxStateBytes, 1_000, 100_000_000, faults);
        Check(nameof(options.ReadConnections), options.ReadConnections, 1, 64, faults);
        Check(nameof(options.BusyTimeout), options.BusyTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(1), faults);
        Check(nameof(options.ListPageSize), options.ListPageSize, 1, 10_000, faults);
        Check(nameof(options.SweepInterval), options.SweepInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), faults);
        Check(nameof(options.SweepBatchLimit), options.SweepBatchLimit, 1, 10_000, faults);
        if (options.MaxBatch > options.WriteQueueLimit)
            faults.Add($"{Key(nameof(options.MaxBatch))} is {options.MaxBatch} and {Key(nameof(options.WriteQueueLimit))} is {options.WriteQueueLimit}: a batch is taken from the queue, so give it at most the queue's limit.");

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static void CheckPath(string? path, List<string> faults)
    {
        var key = Key(nameof(SqliteStorageOptions.Path));
        if (string.IsNullOrWhiteSpace(path))
            faults.Add($"{key} is empty: give the database file, for example /var/lib/fleetsystem/state.db.");
        else if (path.Contains('\0', StringComparison.Ordinal))
            faults.Add($"{key} contains a NUL character: give the path of a file.");
        else if (path.Contains(":memory:", StringComparison.OrdinalIgnoreCase) || path.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            faults.Add($"{key} is '{path}': state must outlive the process, so give the path of a file and no SQLite URI.");
    }

    private static void Check<T>(string setting, T value, T least, T most, List<string> faults)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            faults.Add($"{Key(setting)} is {value}: give a value between {least} and {most}.");
    }

    private static string Key(string setting) => $"{SqliteStorageOptions.SectionName}:{setting}";
}
