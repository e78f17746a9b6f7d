using System.Net;
using Amazon.DynamoDBv2.Model;
using static Orleans.Clustering.DynamoDB.MembershipSchema;

namespace Orleans.Clustering.DynamoDB;

/// <summary>Turns membership entries into rows and back.</summary>
internal static class SiloRow
{
    private const char ListSeparator = '|';

    // What a row may lack; an update takes away those that the entry does not have, so that a row never mixes two entries.
    private static readonly string[] Optional = [HostName, SiloName, SuspectingSilos, SuspectingTimes];

    /// <summary>The attributes of an entry apart from its keys.</summary>
    public static Dictionary<string, AttributeValue> AttributesOf(MembershipEntry entry, int version, int etag)
    {
        var attributes = new Dictionary<string, AttributeValue>
        {
            [Address] = new(entry.SiloAddress.Endpoint.Address.ToString()),
            [Port] = Number(entry.SiloAddress.Endpoint.Port),
            [Generation] = Number(entry.SiloAddress.Generation),
            [StatusAttribute] = Number((int)entry.Status),
            [ProxyPort] = Number(entry.ProxyPort),
            [StartTime] = new(LogFormatter.PrintDate(entry.StartTime)),
            [IAmAliveTime] = new(LogFormatter.PrintDate(entry.IAmAliveTime)),
            [VersionAttribute] = Number(version),
            [ETag] = Number(etag),
        };

        // DynamoDB once refused empty strings, so the schema leaves such attributes out.
        if (!string.IsNullOrWhiteSpace(entry.HostName)) attributes[HostName] = new(entry.HostName);
        if (!string.IsNullOrWhiteSpace(entry.SiloName)) attributes[SiloName] = new(entry.SiloName);
        if (entry.SuspectTimes is { Count: > 0 } suspicions)
        {
            attributes[SuspectingSilos] = new(string.Join(ListSeparator, suspicions.Select(suspicion => suspicion.Item1.ToParsableString())));
            attributes[SuspectingTimes] = new(string.Join(ListSeparator, suspicions.Select(suspicion => LogFormatter.PrintDate(suspicion.Item2))));
        }

        return attributes;
    }

    /// <summary>The optional attributes that a row of these attributes must not have.</summary>
    public static IEnumerable<string> AbsentFrom(Dictionary<string, AttributeValue> attributes) => Optional.Where(name => !attributes.ContainsKey(name));

    /// <summary>Reads a silo's row.</summary>
    /// <exception cref="FormatException">The row is none that Orleans writes.</exception>
    public static MembershipEntry Read(Dictionary<string, AttributeValue> row)
    {
        var entry = new MembershipEntry
        {
            SiloAddress = SiloAddress.New(IPAddress.Parse(Text(row, Address)), NumberOf(row, Port), NumberOf(row, Generation)),
            HostName = Text(row, HostName),
            SiloName = Text(row, SiloName),
            Status = (SiloStatus)NumberOf(row, StatusAttribute),
            ProxyPort = NumberOf(row, ProxyPort),
            StartTime = Time(Text(row, StartTime)),
            IAmAliveTime = Time(Text(row, IAmAliveTime)),
        };
        var silos = List(row, SuspectingSilos);
        var times = List(row, SuspectingTimes);
        if (silos.Length != times.Length) throw new FormatException($"Row {row[SiloIdentity].S} names {silos.Length} suspecting silos and {times.Length} times.");
        foreach (var (silo, time) in silos.Zip(times)) entry.AddSuspector(SiloAddress.FromParsableString(silo), Time(time));
        return entry;
    }

    /// <summary>When an entry was last changed as far as it tells: its start, its last sign of life or its last suspicion.</summary>
    public static DateTime LastSignOf(MembershipEntry entry) =>
        (entry.SuspectTimes ?? []).Select(suspicion => suspicion.Item2).Append(entry.StartTime).Append(entry.IAmAliveTime).Max();

    private static DateTime Time(string text) => text.Length == 0 ? default : LogFormatter.ParseDate(text);

    private static string[] List(Dictionary<string, AttributeValue> row, string attribute) =>
        Text(row, attribute) is { Length: > 0 } text ? text.Split(ListSeparator) : [];

    private static string Text(Dictionary<string, AttributeValue> row, string attribute) => row.TryGetValue(attribute, out var value) ? value.S ?? "" : "";
}
