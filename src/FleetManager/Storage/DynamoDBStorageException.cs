namespace FleetSystem.FleetManager.Storage;

/// <summary>A state could not be read or written in DynamoDB. After a failed write its outcome is unknown until the state is read again.</summary>
[GenerateSerializer]
internal sealed class DynamoDBStorageException : OrleansException
{
    public DynamoDBStorageException(string message)
        : base(message)
    {
    }

    public DynamoDBStorageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
