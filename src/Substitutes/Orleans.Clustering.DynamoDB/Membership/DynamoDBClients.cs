using Amazon;
using Amazon.DynamoDBv2;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;

namespace Orleans.Clustering.DynamoDB;

/// <summary>Makes the SDK's client of the options.</summary>
internal static class DynamoDBClients
{
    // DynamoDB answers within milliseconds: what takes longer than this is lost, and the next try is better than a longer wait.
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(3);
    private const int MaxRetries = 3;

    public static AmazonDynamoDBClient Create(DynamoDBClientOptions options)
    {
        var config = new AmazonDynamoDBConfig { Timeout = AttemptTimeout, MaxErrorRetry = MaxRetries, RetryMode = RequestRetryMode.Standard };
        var isUrl = Uri.TryCreate(options.Service, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";
        if (isUrl) config.ServiceURL = options.Service;
        else if (options.Service is { Length: > 0 }) config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Service);
        return CredentialsOf(options, isUrl) is { } credentials ? new AmazonDynamoDBClient(credentials, config) : new AmazonDynamoDBClient(config);
    }

    private static AWSCredentials? CredentialsOf(DynamoDBClientOptions options, bool isUrl)
    {
        if (options is { AccessKey.Length: > 0, SecretKey.Length: > 0 })
            return options.Token is { Length: > 0 } ? new SessionAWSCredentials(options.AccessKey, options.SecretKey, options.Token) : new BasicAWSCredentials(options.AccessKey, options.SecretKey);
        if (options.ProfileName is { Length: > 0 } profile)
            return new CredentialProfileStoreChain().TryGetAWSCredentials(profile, out var stored)
                ? stored
                : throw new OrleansConfigurationException($"The AWS profile '{profile}' ({nameof(options.ProfileName)}) is not in the credentials file: add it, or name another.");

        // As the official package does: DynamoDB Local takes any credentials, but some there must be.
        return isUrl ? new BasicAWSCredentials("dummy", "dummyKey") : null;
    }
}
