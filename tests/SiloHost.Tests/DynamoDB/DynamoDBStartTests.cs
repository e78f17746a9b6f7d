using System.Security.Cryptography;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using FleetSystem.FleetManager;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.Matchmaker;
using FleetSystem.Tests.DynamoDB;
using Microsoft.AspNetCore.Builder;

namespace FleetSystem.SiloHost.Tests.DynamoDB;

/// <summary>What an operator reads when a host of a cluster cannot start on DynamoDB.</summary>
public sealed class DynamoDBStartTests(DynamoDBLocalFixture dynamo)
{
    private readonly string _directory = Directory.CreateTempSubdirectory("host-test-").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("FleetManager")]
    [InlineData("Matchmaker")]
    public async Task Run_WrongMembershipTable_IsRefusedAndNothingIsCreated(string host)
    {
        var table = dynamo.NewTableName("members");
        var (exit, told) = await RunAsync(host, await dynamo.EndpointAsync(), table, "no-such-states");

        Assert.Equal(1, exit);
        Assert.Contains($"The DynamoDB table '{table}' (Silo:MembershipTable) does not exist", told, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", told, StringComparison.Ordinal);
        using var client = await dynamo.ClientAsync();
        await Assert.ThrowsAsync<ResourceNotFoundException>(() => client.DescribeTableAsync(table, Cancelled));
    }

    [Fact]
    public async Task Run_WrongStorageTable_IsRefusedAndNamesTheSetting()
    {
        var table = dynamo.NewTableName("members");
        await CreateMembershipAsync(table);

        var (exit, told) = await RunAsync("FleetManager", await dynamo.EndpointAsync(), table, "no-such-states");

        Assert.Equal(1, exit);
        Assert.Contains("The DynamoDB table 'no-such-states' (Storage:DynamoDB:Table) does not exist", told, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TableOfAnotherProgram_IsRefused()
    {
        var table = dynamo.NewTableName("members");
        using var client = await dynamo.ClientAsync();
        await client.CreateTableAsync(new CreateTableRequest(table, [new("Id", KeyType.HASH)], [new("Id", ScalarAttributeType.S)], new ProvisionedThroughput(1, 1)), Cancelled);

        var (exit, told) = await RunAsync("Matchmaker", await dynamo.EndpointAsync(), table, "states");

        Assert.Equal(1, exit);
        Assert.Contains("is of another schema: its keys are Id S HASH, and DeploymentId S HASH, SiloIdentity S RANGE is needed", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_MissingRights_NamesEachPermission()
    {
        var table = dynamo.NewTableName("members");
        await CreateMembershipAsync(table);
        await using var proxy = await DynamoDBFaultProxy.StartAsync(await dynamo.EndpointAsync());
        proxy.Fault = operation => operation is "UpdateItem" or "Query" ? DynamoDBFault.Deny : DynamoDBFault.None;

        var (exit, told) = await RunAsync("Matchmaker", proxy.Endpoint, table, "states");

        Assert.Equal(1, exit);
        Assert.Contains($"'{table}' (Silo:MembershipTable) may not be used by these credentials: dynamodb:UpdateItem is missing, dynamodb:Query is missing", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SettingsThatDoNotFit_AreToldAtOnce()
    {
        var (exit, told) = await RunAsync("FleetManager", new Uri("http://127.0.0.1:1/"), "x", "y", """, "Retries": 99""", "Sqlite", """, "DynamoDBB": {}""");

        Assert.Equal(1, exit);
        foreach (var fault in new[] { "DynamoDB:Retries is 99", "Silo:MembershipTable is 'x'", "Storage:Provider is Sqlite, and Silo:Clustering is DynamoDB", "Storage:DynamoDBB is no setting" })
            Assert.Contains(fault, told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CheckConfig_TellsClusteringAndStorage()
    {
        var file = await WriteAsync("FleetManager", new Uri("http://127.0.0.1:1/"), "members", "states", "", "DynamoDB", "");
        var told = new StringWriter();

        Assert.Equal(0, await HostProgram.RunAsync("FleetManager", () => FleetManagerHost.Build(["--config", file]), told, check: told, offline: true));

        Assert.Contains("find each other in the DynamoDB table 'members' at http://127.0.0.1:1/", told.ToString(), StringComparison.Ordinal);
        Assert.Contains("Grain states are kept in the DynamoDB table 'states'", told.ToString(), StringComparison.Ordinal);
    }

    private async Task CreateMembershipAsync(string table)
    {
        using var client = await dynamo.ClientAsync();
        await client.CreateTableAsync(
            new CreateTableRequest(
                table,
                [new("DeploymentId", KeyType.HASH), new("SiloIdentity", KeyType.RANGE)],
                [new("DeploymentId", ScalarAttributeType.S), new("SiloIdentity", ScalarAttributeType.S)],
                new ProvisionedThroughput(1, 1)),
            Cancelled);
    }

    private async Task<(int Exit, string Told)> RunAsync(
        string host, Uri service, string members, string states, string dynamo = "", string provider = "DynamoDB", string storage = "")
    {
        var file = await WriteAsync(host, service, members, states, dynamo, provider, storage);
        Func<string[], Action<WebApplicationBuilder>?, WebApplication> build = host == "FleetManager" ? FleetManagerHost.Build : MatchmakerHost.Build;
        var errors = new StringWriter();
        return (await HostProgram.RunAsync(host, () => build(["--config", file], null), errors), errors.ToString());
    }

    private async Task<string> WriteAsync(string host, Uri service, string members, string states, string dynamo, string provider, string storage)
    {
        var credentials = Path.Combine(_directory, "credentials");
        await File.WriteAllTextAsync(credentials, "tests\nsecret\n", Cancelled);
        var key = Path.Combine(_directory, "key.pem");
        using var signing = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(key, signing.ExportPkcs8PrivateKeyPem(), Cancelled);
        var file = Path.Combine(_directory, $"{host}.json");
        await File.WriteAllTextAsync(file, $$"""
            {
              "Urls": "http://127.0.0.1:0",
              "Silo": { "Port": {{FreePorts.NextTcp()}}, "Clustering": "DynamoDB", "MembershipTable": "{{members}}" },
              "DynamoDB": { "Service": "{{service}}", "CredentialsFile": "{{credentials}}", "AttemptTimeout": "00:00:20", "CallTimeout": "00:00:50"{{dynamo}} },
              "Storage": { "Provider": "{{provider}}", "Sqlite": { "Path": "cell.db" }, "DynamoDB": { "Table": "{{states}}" }{{storage}} },
              "FleetManager": { "JoinTokenKeyFile": "{{key}}" },
              "Matchmaker": { "Url": "http://127.0.0.1:0", "GrpcUrl": "" },
              "FleetSystem": { "Regions": [{ "Id": "here", "Zones": ["here-a"] }], "Clusters": [{ "Id": "blue", "Region": "here" }], "Fleets": [{ "Id": "arena" }] }
            }
            """, Cancelled);
        return file;
    }
}
