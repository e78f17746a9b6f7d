namespace FleetSystem.FleetManager.Storage;

internal static partial class StorageLog
{
    [LoggerMessage(1, LogLevel.Information, "Grain storage {Path} is open (schema {SchemaVersion})")]
    public static partial void Opened(ILogger logger, string path, long schemaVersion);

    [LoggerMessage(2, LogLevel.Information, "Grain storage {Path} is closed")]
    public static partial void Closed(ILogger logger, string path);

    [LoggerMessage(3, LogLevel.Error, "Grain storage {Path}: a batch of {Writes} writes failed and none of them was acknowledged")]
    public static partial void BatchFailed(ILogger logger, Exception exception, string path, int writes);

    [LoggerMessage(4, LogLevel.Warning, "Grain storage {Path}: expired states were not deleted; the next attempt is in {Interval}")]
    public static partial void SweepFailed(ILogger logger, Exception exception, string path, TimeSpan interval);

    [LoggerMessage(5, LogLevel.Debug, "Grain storage {Path}: deleted {States} expired states")]
    public static partial void Swept(ILogger logger, string path, int states);
}
