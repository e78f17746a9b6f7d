using Amazon;
using FleetSystem.FleetModel.Configuration;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost.DynamoDB;

/// <summary>Where DynamoDB is, for the membership and for the grain storage. The configuration section <c>DynamoDB</c>.</summary>
public sealed class DynamoDBOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "DynamoDB";

    /// <summary>Name of a region (<c>ap-northeast-2</c>), or URL of the service. Required where DynamoDB is used: there is no default.</summary>
    public string Service { get; set; } = "";

    /// <summary>File with the access key id on its first line and the secret on its second, or null for AWS's credential chain (on EKS: the pod's role).</summary>
    public string? CredentialsFile { get; set; }

    /// <summary>
    /// Whether tables that are absent are created, with on-demand billing. The default is false: a misspelt name would otherwise be an empty
    /// table, and every session would seem lost.
    /// </summary>
    public bool CreateTables { get; set; }

    /// <summary>How long one try of a call may take. DynamoDB answers within milliseconds. The default is 1 second; 0.1 to 30 seconds.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Tries after the first one that failed, was throttled or took too long. The default is 3; 0 to 10.</summary>
    public int Retries { get; set; } = 3;

    /// <summary>How long a call may take in all, its waits and tries included. The default is 5 seconds; 0.5 seconds to 1 minute.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Most connections of this host to DynamoDB. The default is 64; 1 to 1000.</summary>
    public int MaxConnections { get; set; } = 64;

    /// <summary>Whether <see cref="Service"/> is a URL.</summary>
    internal bool IsUrl => Uri.TryCreate(Service, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";
}

/// <summary>Checks <see cref="DynamoDBOptions"/>.</summary>
public sealed class DynamoDBOptionsValidator : IValidateOptions<DynamoDBOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, DynamoDBOptions options)
    {
        var faults = new FaultList(DynamoDBOptions.Section);
        if (options.Service.Length == 0)
            faults.Add(nameof(options.Service), "is empty: give a region such as ap-northeast-2, or the URL of the service");
        else
            faults.Check(options.IsUrl || RegionEndpoint.EnumerableAllRegions.Any(region => region.SystemName == options.Service), nameof(options.Service), $"is '{options.Service}', neither a region of AWS nor a URL");
        faults.Check(options.CredentialsFile is null || File.Exists(options.CredentialsFile), nameof(options.CredentialsFile), $"is '{options.CredentialsFile}', which does not exist");
        Within(options.AttemptTimeout, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(30), nameof(options.AttemptTimeout));
        Within(options.CallTimeout, TimeSpan.FromSeconds(0.5), TimeSpan.FromMinutes(1), nameof(options.CallTimeout));
        faults.Check(options.Retries is >= 0 and <= 10, nameof(options.Retries), $"is {options.Retries}: 0 to 10 is possible");
        faults.Check(options.MaxConnections is >= 1 and <= 1000, nameof(options.MaxConnections), $"is {options.MaxConnections}: 1 to 1000 is possible");
        return faults.ToResult();

        void Within(TimeSpan value, TimeSpan least, TimeSpan most, string key) =>
            faults.Check(value >= least && value <= most, key, $"is {value}: {least} to {most} is possible");
    }
}
