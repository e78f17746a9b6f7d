using System.Globalization;
using Amazon.DynamoDBv2.Model;

namespace Orleans.Clustering.DynamoDB;

/// <summary>The membership table as the official package knows it: names of its keys and attributes, and how a silo's row is keyed.</summary>
internal static class MembershipSchema
{
    public const string DefaultTableName = "OrleansSilos";
    public const int DefaultReadCapacityUnits = 10;
    public const int DefaultWriteCapacityUnits = 5;

    public const string DeploymentId = "DeploymentId";
    public const string SiloIdentity = "SiloIdentity";
    public const string ETag = "ETag";
    public const string VersionAttribute = "MembershipVersion";
    public const string Address = "Address";
    public const string Port = "Port";
    public const string Generation = "Generation";
    public const string HostName = "HostName";
    public const string SiloName = "SiloName";
    public const string StatusAttribute = "SiloStatus";
    public const string ProxyPort = "ProxyPort";
    public const string SuspectingSilos = "SuspectingSilos";
    public const string SuspectingTimes = "SuspectingTimes";
    public const string StartTime = "StartTime";
    public const string IAmAliveTime = "IAmAliveTime";

    /// <summary>Range key of the one row that holds the table's version.</summary>
    public const string VersionRow = "VersionRow";

    public static string IdentityOf(SiloAddress silo) => string.Create(CultureInfo.InvariantCulture, $"{silo.Endpoint.Address}-{silo.Endpoint.Port}-{silo.Generation}");

    public static Dictionary<string, AttributeValue> Key(string clusterId, string identity) => new() { [DeploymentId] = new(clusterId), [SiloIdentity] = new(identity) };

    public static Dictionary<string, AttributeValue> KeyOf(Dictionary<string, AttributeValue> row) => new() { [DeploymentId] = row[DeploymentId], [SiloIdentity] = row[SiloIdentity] };

    public static AttributeValue Number(int value) => new() { N = value.ToString(CultureInfo.InvariantCulture) };

    /// <summary>A numeric attribute of a row; 0 when it is absent.</summary>
    public static int NumberOf(Dictionary<string, AttributeValue> row, string attribute) =>
        row.TryGetValue(attribute, out var value) && value.N is { } number ? int.Parse(number, CultureInfo.InvariantCulture) : 0;
}
