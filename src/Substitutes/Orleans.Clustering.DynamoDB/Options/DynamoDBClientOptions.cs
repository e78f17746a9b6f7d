namespace Orleans.Clustering.DynamoDB;

/// <summary>Where DynamoDB is and as whom to ask it.</summary>
public class DynamoDBClientOptions
{
    /// <summary>Access key id; empty for the profile or, without one, the SDK's default chain. A service URL without credentials is taken for DynamoDB Local.</summary>
    [Redact]
    public string AccessKey { get; set; } = "";

    /// <summary>Secret access key of <see cref="AccessKey"/>.</summary>
    [Redact]
    public string SecretKey { get; set; } = "";

    /// <summary>Name of a region (<c>ap-northeast-2</c>) or URL of the service (<c>http://localhost:8000</c>); empty for the SDK's own configuration.</summary>
    public string Service { get; set; } = "";

    /// <summary>Session token of temporary credentials; empty for none.</summary>
    [Redact]
    public string Token { get; set; } = "";

    /// <summary>Name of a profile in the AWS credentials file; empty for none.</summary>
    public string ProfileName { get; set; } = "";
}
