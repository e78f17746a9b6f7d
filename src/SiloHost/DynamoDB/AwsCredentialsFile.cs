using Amazon.Runtime;

namespace FleetSystem.SiloHost.DynamoDB;

/// <summary>Reads a file with the access key id on its first line and the secret on its second.</summary>
public static class AwsCredentialsFile
{
    /// <summary>Reads it.</summary>
    /// <exception cref="AmazonClientException">It has no two lines.</exception>
    public static (string AccessKey, string SecretKey) Read(string file)
    {
        var lines = File.ReadAllLines(file);
        return lines.Length >= 2
            ? (lines[0].Trim(), lines[1].Trim())
            : throw new AmazonClientException($"'{file}' must hold the access key id on its first line and the secret on its second");
    }
}
