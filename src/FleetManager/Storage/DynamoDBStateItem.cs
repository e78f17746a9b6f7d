using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Amazon.DynamoDBv2.Model;
using FleetSystem.SiloHost.DynamoDB;

namespace FleetSystem.FleetManager.Storage;

/// <summary>A state as it is stored in the table: one item a grain and state name.</summary>
/// <param name="Payload">The state as text, in the encoding of <paramref name="Format"/>.</param>
/// <param name="Format">Number of the encoding.</param>
/// <param name="ETag">The id of the write that stored it.</param>
internal readonly record struct DynamoDBStateItem(string Payload, int Format, string ETag)
{
    public const long SchemaVersion = 1;
    public const string GrainIdKey = "GrainId";
    public const string StateNameKey = "StateName";
    public const string ETagAttribute = "ETag";
    public const string FormatAttribute = "Format";
    public const string PayloadAttribute = "Payload";

    /// <summary>Unix seconds: DynamoDB deletes the item some time after (time to live).</summary>
    public const string ExpiresAt = "ExpiresAt";

    /// <summary>Present in states without an end alone, which makes the index hold those alone.</summary>
    public const string OpenShard = "OpenShard";
    public const string OpenIndex = "OpenStates";

    /// <summary>Key of the item that holds the schema's version, in both keys: no grain id begins so.</summary>
    public const string SchemaKey = "$schema";
    public const string SchemaAttribute = "Version";

    // One index partition takes 1,000 writes a second; a change of this number is a change of the schema.
    private const int Shards = 16;

    public static DynamoDBTableSchema SchemaOf(string table) => new(
        table,
        $"{DynamoDBStorageOptions.SectionName}:{nameof(DynamoDBStorageOptions.Table)}",
        GrainIdKey,
        StateNameKey,
        new DynamoDBIndexSchema(OpenIndex, OpenShard, GrainIdKey, [ETagAttribute]));

    public static Dictionary<string, AttributeValue> KeyOf(string stateName, string grainId) => new() { [GrainIdKey] = new(grainId), [StateNameKey] = new(stateName) };

    /// <summary>Key of a state without an end in the index of those, which need not be there.</summary>
    public static Dictionary<string, AttributeValue> OpenKeyOf(string stateName, string grainId)
    {
        var key = KeyOf(stateName, grainId);
        key[OpenShard] = new(ShardOf(stateName, grainId));
        return key;
    }

    public static IEnumerable<string> ShardsOf(string stateName) => Enumerable.Range(0, Shards).Select(shard => Shard(stateName, shard));

    /// <summary>A new ETag: an id that no other write has, of this process or of another.</summary>
    public static string NewETag() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    public static Dictionary<string, AttributeValue> ItemOf(string stateName, string grainId, string payload, DateTimeOffset? expiresAt, string etag)
    {
        var item = KeyOf(stateName, grainId);
        item[ETagAttribute] = new(etag);
        item[FormatAttribute] = new() { N = GrainStateJson.Format.ToString(CultureInfo.InvariantCulture) };
        item[PayloadAttribute] = new(payload);
        if (expiresAt is { } end)
            // Rounded up: never deleted before its time.
            item[ExpiresAt] = new() { N = ((end.ToUnixTimeMilliseconds() + 999) / 1000).ToString(CultureInfo.InvariantCulture) };
        else
            item[OpenShard] = new(ShardOf(stateName, grainId));
        return item;
    }

    public static DynamoDBStateItem? Read(Dictionary<string, AttributeValue>? item) => item is not { Count: > 0 } ? null : new DynamoDBStateItem(
        item[PayloadAttribute].S, int.Parse(item[FormatAttribute].N, CultureInfo.InvariantCulture), item[ETagAttribute].S);

    private static string ShardOf(string stateName, string grainId) => Shard(stateName, SHA256.HashData(Encoding.UTF8.GetBytes(grainId))[0] % Shards);

    private static string Shard(string stateName, int shard) => string.Create(CultureInfo.InvariantCulture, $"{stateName}#{shard}");
}
