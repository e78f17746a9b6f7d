using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using FleetSystem.Tests.DynamoDB;
using static FleetSystem.Clustering.Tests.MembershipCluster;

namespace FleetSystem.Clustering.Tests;

/// <summary>The table that silos on the official package share, other people's tables, and a service that fails.</summary>
public sealed class MembershipFaultTests(DynamoDBLocalFixture dynamo)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task InsertRow_Row_HasTheAttributesOfTheOfficialPackage()
    {
        var name = dynamo.NewTableName();
        await using var cluster = new MembershipCluster(await dynamo.EndpointAsync(), name);
        using var client = await dynamo.ClientAsync();
        var entry = Entry(1, SiloStatus.Active);
        entry.AddSuspector(Silo(2), entry.StartTime.AddMilliseconds(1_234));
        entry.AddSuspector(Silo(3), entry.StartTime.AddSeconds(2));
        await InsertAsync(await cluster.OpenAsync(), entry);

        var rows = (await client.ScanAsync(new ScanRequest(name), Cancelled)).Items.ToDictionary(row => row["SiloIdentity"].S, Text);

        Assert.Equal(
            "Address=S:127.0.0.1 DeploymentId=S:cluster ETag=N:0 Generation=N:152345678 HostName=S:host IAmAliveTime=S:2026-11-25 12:00:00.000 GMT MembershipVersion=N:1 Port=N:11001 "
            + "ProxyPort=N:30000 SiloIdentity=S:127.0.0.1-11001-152345678 SiloName=S:silo-1 SiloStatus=N:3 StartTime=S:2026-11-25 12:00:00.000 GMT "
            + "SuspectingSilos=S:127.0.0.1:11002@152345678|127.0.0.1:11003@152345678 SuspectingTimes=S:2026-11-25 12:00:01.234 GMT|2026-11-25 12:00:02.000 GMT",
            rows["127.0.0.1-11001-152345678"]);
        Assert.Equal("DeploymentId=S:cluster ETag=N:1 MembershipVersion=N:1 SiloIdentity=S:VersionRow", rows["VersionRow"]);
    }

    [Fact]
    public async Task ReadAll_RowsOfTheOfficialPackage_AreReadAndCanBeUpdated()
    {
        var name = dynamo.NewTableName();
        await using var cluster = new MembershipCluster(await dynamo.EndpointAsync(), name);
        using var client = await dynamo.ClientAsync();
        var table = await cluster.OpenAsync(initializeVersion: false);

        // That package gives the version row the numeric attributes of a silo's row as well.
        await client.PutItemAsync(name, Row("DeploymentId=S:cluster SiloIdentity=S:VersionRow MembershipVersion=N:7 ETag=N:9 Port=N:0 Generation=N:0 SiloStatus=N:0 ProxyPort=N:0"), Cancelled);
        await client.PutItemAsync(
            name,
            Row("DeploymentId=S:cluster SiloIdentity=S:10.0.0.1-11111-5 Address=S:10.0.0.1 Port=N:11111 Generation=N:5 SiloStatus=N:3 ProxyPort=N:30000 SiloName=S:a MembershipVersion=N:7 ETag=N:2 "
                + "StartTime=S:2026-11-25_12:00:00.000_GMT IAmAliveTime=S:2026-11-25_12:00:00.000_GMT"),
            Cancelled);

        var data = await table.ReadAllAsync(Cancelled);
        Assert.Equal((7, "9"), (data.Version.Version, data.Version.VersionEtag));
        var (entry, etag) = Assert.Single(data.Members);
        Assert.Equal((SiloStatus.Active, "a", "2"), (entry.Status, entry.SiloName, etag));

        Assert.True(await table.UpdateRowAsync(entry, etag, data.Version.Next(), Cancelled));
        Assert.Equal((8, "10"), ((await table.ReadAllAsync(Cancelled)).Version.Version, (await table.ReadAllAsync(Cancelled)).Version.VersionEtag));
    }

    [Fact]
    public async Task ReadAll_RowThatIsBroken_IsLeftOutAndTheOthersAreRead()
    {
        var name = dynamo.NewTableName();
        await using var cluster = new MembershipCluster(await dynamo.EndpointAsync(), name);
        using var client = await dynamo.ClientAsync();
        var table = await cluster.OpenAsync();
        await InsertAsync(table, Entry(1));
        await client.PutItemAsync(name, Row("DeploymentId=S:cluster SiloIdentity=S:broken Address=S:no-address MembershipVersion=N:1 ETag=N:0"), Cancelled);

        Assert.Equal(Silo(1), Assert.Single((await table.ReadAllAsync(Cancelled)).Members).Item1.SiloAddress);
    }

    [Fact]
    public async Task Initialize_TableOfAnotherSchema_IsRefusedAndLeftAsItIs()
    {
        var name = dynamo.NewTableName();
        using var client = await dynamo.ClientAsync();
        await client.CreateTableAsync(
            new CreateTableRequest(name, [new("Id", KeyType.HASH)], [new("Id", ScalarAttributeType.N)], new ProvisionedThroughput(1, 1)), Cancelled);
        await using var cluster = new MembershipCluster(await dynamo.EndpointAsync(), name);

        var fault = await Assert.ThrowsAsync<OrleansConfigurationException>(() => cluster.OpenAsync());

        Assert.Contains($"'{name}'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Id N HASH", fault.Message, StringComparison.Ordinal);
        Assert.Contains("DeploymentId S HASH, SiloIdentity S RANGE", fault.Message, StringComparison.Ordinal);
        Assert.Empty((await client.ScanAsync(new ScanRequest(name), Cancelled)).Items ?? []);
    }

    [Fact]
    public async Task Initialize_NoTableAndNotToBeCreated_IsRefusedAndSaysWhatToDo()
    {
        await using var cluster = new MembershipCluster(await dynamo.EndpointAsync(), "NoSuchTable");

        var fault = await Assert.ThrowsAsync<OrleansConfigurationException>(() => cluster.OpenAsync(create: false));

        Assert.Contains("no DynamoDB table 'NoSuchTable'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("CreateIfNotExists", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DynamoDBFault.Throttle)]
    [InlineData(DynamoDBFault.Fail)]
    [InlineData(DynamoDBFault.LoseAnswer)]
    public async Task InsertRow_FirstTryHarmed_CountsOnceAndSaysSo(DynamoDBFault fault)
    {
        await using var proxy = await DynamoDBFaultProxy.StartAsync(await dynamo.EndpointAsync());
        await using var cluster = new MembershipCluster(proxy.Endpoint, dynamo.NewTableName());
        var table = await cluster.OpenAsync();
        proxy.Harm("TransactWriteItems", fault);

        Assert.True(await InsertAsync(table, Entry(1)));

        var data = await table.ReadAllAsync(Cancelled);
        Assert.Equal((1, 1), (data.Version.Version, data.Members.Count));
    }

    [Fact]
    public async Task ReadAll_ServiceRefusesForGood_Throws()
    {
        await using var proxy = await DynamoDBFaultProxy.StartAsync(await dynamo.EndpointAsync());
        await using var cluster = new MembershipCluster(proxy.Endpoint, dynamo.NewTableName());
        var table = await cluster.OpenAsync();
        proxy.Fault = _ => DynamoDBFault.Deny;

        var fault = await Assert.ThrowsAnyAsync<AmazonDynamoDBException>(() => table.ReadAllAsync(Cancelled));

        Assert.Equal("AccessDeniedException", fault.ErrorCode);
    }

    private static string Text(Dictionary<string, AttributeValue> row) =>
        string.Join(' ', row.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={(pair.Value.N is null ? "S:" + pair.Value.S : "N:" + pair.Value.N)}"));

    private static Dictionary<string, AttributeValue> Row(string text) => text.Split(' ').Select(pair => pair.Split('=', 2)).ToDictionary(
        pair => pair[0],
        pair => pair[1].StartsWith("N:", StringComparison.Ordinal) ? new AttributeValue { N = pair[1][2..] } : new AttributeValue(pair[1][2..].Replace('_', ' ')));
}
