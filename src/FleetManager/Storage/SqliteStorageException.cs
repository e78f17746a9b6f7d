namespace FleetSystem.FleetManager.Storage;

/// <summary>A state could not be read or written. After a failed write its outcome is unknown until the state is read again.</summary>
[GenerateSerializer]
internal sealed class SqliteStorageException : OrleansException
{
    public SqliteStorageException(string message)
        : base(message)
    {
    }

    public SqliteStorageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
