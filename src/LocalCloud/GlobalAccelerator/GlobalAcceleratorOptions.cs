using System.Net;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>Settings of the local AWS Global Accelerator.</summary>
internal sealed class GlobalAcceleratorOptions
{
    /// <summary>The account that owns everything. The default value is 123456789012.</summary>
    public string AccountId { get; set; } = "123456789012";

    /// <summary>Access key id of the only user. The default value is <c>local</c>.</summary>
    public string AccessKeyId { get; set; } = "local";

    /// <summary>Secret of the only user, with which every request must be signed. The default value is <c>local-secret</c>.</summary>
    public string SecretAccessKey { get; set; } = "local-secret";

    /// <summary>How far a request's date may be from the clock; infinite to accept any. The default value is 5 minutes.</summary>
    public TimeSpan ClockSkewMax { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an accelerator is IN_PROGRESS after a change. The default value is none; AWS takes 5 to 10 minutes.</summary>
    public TimeSpan DeploymentTime { get; set; } = TimeSpan.Zero;

    /// <summary>Largest request body. The default value is 1 MiB.</summary>
    public int RequestBytesMax { get; set; } = 1024 * 1024;

    /// <summary>Seed of the identifiers. The default value is 1.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>The static addresses that accelerators are given, a pair each, in this order.</summary>
    public List<StaticAddressPair> StaticAddresses { get; set; } = [];

    /// <summary>The account's quotas.</summary>
    public GlobalAcceleratorQuotas Quotas { get; set; } = new();

    /// <summary>Every fault in these options, with the name of the setting.</summary>
    public IEnumerable<string> Validate(string section)
    {
        if (AccountId.Length != 12 || !AccountId.All(char.IsAsciiDigit))
            yield return $"{section}:{nameof(AccountId)} is '{AccountId}'; it must be 12 digits.";
        if (AccessKeyId.Length == 0)
            yield return $"{section}:{nameof(AccessKeyId)} is empty; it must be the access key id of the clients.";
        if (SecretAccessKey.Length == 0)
            yield return $"{section}:{nameof(SecretAccessKey)} is empty; it must be the secret of the clients.";
        if (DeploymentTime < TimeSpan.Zero || DeploymentTime > TimeSpan.FromDays(1))
            yield return $"{section}:{nameof(DeploymentTime)} is {DeploymentTime}; it must be 0 to 1 day.";
        if (RequestBytesMax < 1024)
            yield return $"{section}:{nameof(RequestBytesMax)} is {RequestBytesMax}; it must be at least 1024.";
        if (StaticAddresses.Count == 0)
            yield return $"{section}:{nameof(StaticAddresses)} is empty; name a pair of addresses for each accelerator.";
    }
}

/// <summary>
/// The two static addresses of an accelerator. They may be the same where only one address can be bound; one socket then stands for both.
/// </summary>
/// <param name="First">Address in the first network zone.</param>
/// <param name="Second">Address in the second network zone.</param>
internal sealed record StaticAddressPair(IPAddress First, IPAddress Second);

/// <summary>Quotas of an account, with AWS's values as defaults.</summary>
internal sealed class GlobalAcceleratorQuotas
{
    /// <summary>Standard accelerators. The default value is 20.</summary>
    public int AcceleratorsMax { get; set; } = 20;

    /// <summary>Custom routing accelerators. The default value is 10.</summary>
    public int CustomRoutingAcceleratorsMax { get; set; } = 10;

    /// <summary>Listeners of an accelerator. The default value is 10.</summary>
    public int ListenersMax { get; set; } = 10;

    /// <summary>Port ranges of a listener. The default value is 10.</summary>
    public int PortRangesMax { get; set; } = 10;

    /// <summary>Endpoint groups of a listener. The default value is 42.</summary>
    public int EndpointGroupsMax { get; set; } = 42;

    /// <summary>Endpoints of a group; subnets in a custom routing group. The default value is 10.</summary>
    public int EndpointsMax { get; set; } = 10;

    /// <summary>Ports that a custom routing listener's range must have at least. The default value is 16.</summary>
    public int CustomRoutingPortsMin { get; set; } = 16;
}
