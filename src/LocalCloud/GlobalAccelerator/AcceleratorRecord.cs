using System.Net;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>An accelerator of either family.</summary>
internal sealed class AcceleratorRecord
{
    public required long Sequence { get; init; }

    public required string Arn { get; init; }

    public required bool IsCustomRouting { get; init; }

    public required StaticAddressPair Addresses { get; init; }

    public required DateTimeOffset CreatedTime { get; init; }

    /// <summary>When the first deployment ends, from which on there is a data path.</summary>
    public required DateTimeOffset FirstDeployedAt { get; init; }

    public IReadOnlyList<(string Key, string Value)> Tags { get; init; } = [];

    public required string Name { get; set; }

    public required bool Enabled { get; set; }

    public required string IpAddressType { get; set; }

    public required DateTimeOffset LastModifiedTime { get; set; }

    /// <summary>When the last change is deployed.</summary>
    public required DateTimeOffset DeployedAt { get; set; }

    public List<ListenerRecord> Listeners { get; } = [];

    public IEnumerable<PortInterval> PortRanges => Listeners.SelectMany(listener => listener.PortRanges);

    public bool IsInProgress(DateTimeOffset now) => now < DeployedAt;

    public IEnumerable<IPAddress> StaticAddresses => Addresses.First.Equals(Addresses.Second) ? [Addresses.First] : [Addresses.First, Addresses.Second];

    public JsonObject ToJson(DateTimeOffset now)
    {
        var hash = Arn[(Arn.LastIndexOf('/') + 1)..].Replace("-", "", StringComparison.Ordinal)[..17];
        var json = new JsonObject
        {
            ["AcceleratorArn"] = Arn,
            ["Name"] = Name,
            ["IpAddressType"] = IpAddressType,
            ["Enabled"] = Enabled,
            ["IpSets"] = IpSets(),
            ["DnsName"] = $"a{hash}.awsglobalaccelerator.com",
            ["Status"] = IsInProgress(now) ? "IN_PROGRESS" : "DEPLOYED",
            ["CreatedTime"] = Seconds(CreatedTime),
            ["LastModifiedTime"] = Seconds(LastModifiedTime),
        };
        if (!IsCustomRouting)
            json["Events"] = new JsonArray();
        if (IpAddressType == "DUAL_STACK")
            json["DualStackDnsName"] = $"a{hash}.dualstack.awsglobalaccelerator.com";
        return json;
    }

    private JsonArray IpSets()
    {
        var sets = new JsonArray(IpSet("IPv4", [Addresses.First.ToString(), Addresses.Second.ToString()]));
        // IPv6 has no data path here: the addresses are of the range for documentation.
        if (IpAddressType == "DUAL_STACK")
            sets.Add(IpSet("IPv6", [$"2001:db8:{Sequence:x}::1", $"2001:db8:{Sequence:x}::2"]));
        return sets;
    }

    private static JsonObject IpSet(string family, string[] addresses) => new JsonObject
    {
        ["IpFamily"] = family,
        ["IpAddressFamily"] = family,
        ["IpAddresses"] = new JsonArray([.. addresses.Select(address => (JsonNode)address)]),
    };

    private static decimal Seconds(DateTimeOffset time) => decimal.Round((decimal)(time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerSecond, 3);
}
