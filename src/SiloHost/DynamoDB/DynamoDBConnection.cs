using Amazon;
using Amazon.DynamoDBv2;
using Amazon.Runtime;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost.DynamoDB;

/// <summary>The host's one client of DynamoDB, and the deadline of each call.</summary>
public sealed class DynamoDBConnection(IOptions<DynamoDBOptions> options, TimeProvider time) : IDisposable
{
    private readonly Lazy<AmazonDynamoDBClient> _client = new(() => Connect(options.Value));

    /// <summary>The client.</summary>
    /// <exception cref="AmazonClientException">The credentials file cannot be used.</exception>
    public IAmazonDynamoDB Client => _client.Value;

    /// <summary>Makes a call and ends it at its deadline.</summary>
    /// <exception cref="TimeoutException">It was not answered in time; its outcome is unknown.</exception>
    public async Task<T> CallAsync<T>(Func<IAmazonDynamoDB, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(options.Value.CallTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await call(Client, both.Token);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested && (fault is OperationCanceledException || late.IsCancellationRequested))
        {
            throw new TimeoutException($"DynamoDB at {options.Value.Service} did not answer within {options.Value.CallTimeout.TotalSeconds:0.#} s ({DynamoDBOptions.Section}:{nameof(DynamoDBOptions.CallTimeout)}).", fault);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_client.IsValueCreated) _client.Value.Dispose();
    }

    private static AmazonDynamoDBClient Connect(DynamoDBOptions options)
    {
        var config = new AmazonDynamoDBConfig
        {
            Timeout = options.AttemptTimeout,
            MaxErrorRetry = options.Retries,
            RetryMode = RequestRetryMode.Standard,
            MaxConnectionsPerServer = options.MaxConnections,
        };
        if (options.IsUrl) config.ServiceURL = options.Service;
        else config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Service);
        if (options.CredentialsFile is not { } file) return new AmazonDynamoDBClient(config);
        var (accessKey, secretKey) = AwsCredentialsFile.Read(file);
        return new AmazonDynamoDBClient(new BasicAWSCredentials(accessKey, secretKey), config);
    }
}
