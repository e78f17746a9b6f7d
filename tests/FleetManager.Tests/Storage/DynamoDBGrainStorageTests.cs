using System.Net;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using FleetSystem.FleetManager.Regions;
using FleetSystem.FleetManager.Storage;
using FleetSystem.FleetModel.Routing;
using FleetSystem.SiloHost.DynamoDB;
using FleetSystem.Tests.DynamoDB;
using Orleans.Storage;

namespace FleetSystem.FleetManager.Tests.Storage;

/// <summary>What is DynamoDB's own: its limits, its faults, tables that cannot be used.</summary>
public sealed class DynamoDBGrainStorageTests(DynamoDBLocalFixture dynamo) : IAsyncLifetime
{
    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(30);
    private readonly string _table = dynamo.NewTableName("storage");
    private DynamoDBFaultProxy _proxy = null!;
    private DynamoDBTestStore _store = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _proxy = await DynamoDBFaultProxy.StartAsync(await dynamo.EndpointAsync());
        _store = new DynamoDBTestStore(_proxy.Endpoint, _table);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    [Theory]
    [InlineData(DynamoDBFault.Throttle)]
    [InlineData(DynamoDBFault.Fail)]
    [InlineData(DynamoDBFault.LoseAnswer)]
    [InlineData(DynamoDBFault.WithholdAnswer)]
    [InlineData(DynamoDBFault.Hang)]
    public async Task WriteState_FirstTryHarmed_IsStoredOnceAndAcknowledged(DynamoDBFault fault)
    {
        // Long enough for a slow machine's answers, short enough to wait for once.
        var storage = await _store.OpenAsync(options => options.AttemptTimeout = TimeSpan.FromSeconds(3));
        _proxy.Harm("PutItem", fault);
        var state = await WriteAsync(storage, "harmed", "first");

        _proxy.Harm("PutItem", fault);
        state.State = new TestState { Text = "second" };
        await storage.WriteStateAsync("session", Grain("harmed"), state);

        var read = await ReadAsync(storage, "harmed");
        Assert.Equal(("second", state.ETag), (read.State.Text, read.ETag));
    }

    [Theory]
    [InlineData(DynamoDBFault.Throttle)]
    [InlineData(DynamoDBFault.LoseAnswer)]
    [InlineData(DynamoDBFault.Hang)]
    public async Task ReadAndClear_FirstTryHarmed_AreAnswered(DynamoDBFault fault)
    {
        var storage = await _store.OpenAsync(options => options.AttemptTimeout = TimeSpan.FromSeconds(3));
        var state = await WriteAsync(storage, "harmed", "x");

        _proxy.Harm("GetItem", fault);
        Assert.Equal("x", (await ReadAsync(storage, "harmed")).State.Text);
        _proxy.Harm("DeleteItem", fault);
        await storage.ClearStateAsync("session", Grain("harmed"), state);

        Assert.False((await ReadAsync(storage, "harmed")).RecordExists);
    }

    [Fact]
    public async Task WriteState_ThrottledForGood_FailsAndSaysSo()
    {
        var storage = await _store.OpenAsync(options => options.Retries = 1);
        _proxy.Fault = _ => DynamoDBFault.Throttle;

        var fault = await Assert.ThrowsAsync<DynamoDBStorageException>(() => WriteAsync(storage, "throttled", "x"));

        Assert.Contains(_table, fault.Message, StringComparison.Ordinal);
        Assert.Contains("throughput", fault.Message, StringComparison.Ordinal);
        _proxy.Fault = _ => DynamoDBFault.None;
        Assert.False((await ReadAsync(storage, "throttled")).RecordExists);
    }

    [Fact]
    public async Task WriteState_NothingAnswers_FailsAtTheDeadline()
    {
        var storage = await _store.OpenAsync();
        _store.Close();
        storage = await _store.OpenAsync(options => (options.AttemptTimeout, options.CallTimeout) = (Patient, TimeSpan.FromSeconds(2)));
        _proxy.Fault = _ => DynamoDBFault.Hang;

        var fault = await Assert.ThrowsAsync<DynamoDBStorageException>(() => WriteAsync(storage, "hung", "x"));

        Assert.Contains("DynamoDB:CallTimeout", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteState_AnswerLostForGood_IsUnknownAndTheReaderFindsIt()
    {
        var storage = await _store.OpenAsync(options => options.Retries = 0);
        var state = await WriteAsync(storage, "unknown", "first");
        _proxy.Fault = operation => operation == "PutItem" ? DynamoDBFault.LoseAnswer : DynamoDBFault.None;
        state.State = new TestState { Text = "second" };

        await Assert.ThrowsAsync<DynamoDBStorageException>(() => storage.WriteStateAsync("session", Grain("unknown"), state));

        // What the grain holds is old now, and it must be told so.
        _proxy.Fault = _ => DynamoDBFault.None;
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("session", Grain("unknown"), state));
        Assert.Equal("second", (await ReadAsync(storage, "unknown")).State.Text);
    }

    [Fact]
    public async Task WriteState_TooManyWait_IsRefusedAtOnce()
    {
        var storage = await _store.OpenAsync(
            storage: storage => (storage.MaxConcurrentCalls, storage.MaxWaitingCalls) = (1, 1));
        _proxy.Fault = _ => DynamoDBFault.Hang;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var admitted = Enumerable.Range(0, 2).Select(i => storage.WriteStateAsync("session", Grain($"{i}"), new TestGrainState(), end.Token)).ToList();

        var fault = await Assert.ThrowsAsync<DynamoDBStorageException>(() => WriteAsync(storage, "third", "x"));

        Assert.Contains("MaxWaitingCalls", fault.Message, StringComparison.Ordinal);
        await end.CancelAsync();
        foreach (var write in admitted) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
    }

    [Fact]
    public async Task WriteState_LargerThanTheLimit_IsRefusedWithBothSizes()
    {
        var storage = await _store.OpenAsync();

        var fault = await Assert.ThrowsAsync<DynamoDBStorageException>(() => WriteAsync(storage, "big", new string('x', 380_001)));

        Assert.Contains("the limit is 380000", fault.Message, StringComparison.Ordinal);
        Assert.False((await ReadAsync(storage, "big")).RecordExists);
    }

    [Fact]
    public async Task WriteState_AtTheLimit_FitsAnItem()
    {
        var storage = await _store.OpenAsync();
        var frame = GrainStateJson.Serialize(new TestState()).Length;

        await WriteAsync(storage, new string('k', 500), new string('x', 380_000 - frame));

        Assert.Equal(380_000 - frame, (await ReadAsync(storage, new string('k', 500))).State.Text.Length);
    }

    /// <summary>The largest state that there is: every port of an accelerator, in an order without any pattern.</summary>
    [Fact]
    public async Task WriteState_RegionWithTheLargestMapping_Fits()
    {
        const int Ports = 65_535, ServersPorts = 1_024;
        var accelerator = Enumerable.Range(1, Ports).ToArray();
        new Random(5).Shuffle(accelerator);
        var mapping = AcceleratorMapping.Create(1, ["192.0.2.1", "192.0.2.2"], accelerator.Select((port, i) =>
            new AcceleratorPort(new IPAddress([10, 0, 0, (byte)(i / ServersPorts)]), (ushort)(7_000 + (i % ServersPorts)), (ushort)port)));
        var storage = await _store.OpenAsync();
        var region = new TestGrainState<RegionGrainState>(new RegionGrainState { AcceleratorArn = "arn", Rows = CompressedBytes.Pack(mapping.Export()) });

        await storage.WriteStateAsync("region", GrainId.Create("region", "largest"), region);

        var read = new TestGrainState<RegionGrainState>(new RegionGrainState());
        await storage.ReadStateAsync("region", GrainId.Create("region", "largest"), read);
        Assert.Equal(region.State.Rows, read.State.Rows);

        // What is left is for the operators' intents and the newest of the audit log.
        Assert.InRange(GrainStateJson.Serialize(region.State).Length, 131_000, 300_000);
    }

    [Fact]
    public async Task WriteState_WithAnEnd_HasItInWholeSecondsNeverBefore()
    {
        var storage = await _store.OpenAsync();
        using var client = await dynamo.ClientAsync();
        var end = DateTimeOffset.FromUnixTimeMilliseconds(2_000_000_000_001);
        await storage.WriteStateAsync("session", Grain("ended"), new TestGrainState(new TestState { ExpiresAt = end }));

        var item = (await client.GetItemAsync(_table, DynamoDBStateItem.KeyOf("session", Grain("ended").ToString()), Cancelled)).Item;

        Assert.Equal("2000000001", item["ExpiresAt"].N);
        var state = await client.DescribeTimeToLiveAsync(new DescribeTimeToLiveRequest { TableName = _table }, Cancelled);
        Assert.Equal("ExpiresAt", state.TimeToLiveDescription.AttributeName);
    }

    [Fact]
    public async Task Open_ManyAtOnce_MakeOneTable()
    {
        var stores = Enumerable.Range(0, 4).Select(_ => new DynamoDBTestStore(_proxy.Endpoint, _table)).ToList();
        var opened = await Task.WhenAll(stores.Select(store => store.OpenAsync()));

        await WriteAsync(opened[0], "shared", "x");
        Assert.All(await Task.WhenAll(opened.Select(storage => ReadAsync(storage, "shared"))), read => Assert.Equal("x", read.State.Text));
        foreach (var store in stores) await store.DisposeAsync();
    }

    [Fact]
    public async Task Open_WrongTableName_IsRefusedAndCreatesNothing()
    {
        var fault = await Assert.ThrowsAsync<DynamoDBTableException>(() => _store.OpenAsync(options => options.CreateTables = false));

        Assert.Contains($"'{_table}' (Storage:DynamoDB:Table) does not exist", fault.Message, StringComparison.Ordinal);
        Assert.Contains("DynamoDB:CreateTables", fault.Message, StringComparison.Ordinal);
        using var client = await dynamo.ClientAsync();
        await Assert.ThrowsAsync<ResourceNotFoundException>(() => client.DescribeTableAsync(_table, Cancelled));
    }

    [Fact]
    public async Task Open_TableOfAnotherProgram_IsRefusedAndLeftAsItIs()
    {
        using var client = await dynamo.ClientAsync();
        await client.CreateTableAsync(
            new CreateTableRequest(_table, [new("Id", KeyType.HASH)], [new("Id", ScalarAttributeType.S)], new ProvisionedThroughput(1, 1)), Cancelled);

        var fault = await Assert.ThrowsAsync<DynamoDBTableException>(() => _store.OpenAsync());

        Assert.Contains("another schema: its keys are Id S HASH", fault.Message, StringComparison.Ordinal);
        Assert.Empty((await client.ScanAsync(new ScanRequest(_table), Cancelled)).Items ?? []);
    }

    [Fact]
    public async Task Open_AnotherSchemaVersion_IsRefusedAndLeftAsItIs()
    {
        await _store.OpenAsync();
        _store.Close();
        using var client = await dynamo.ClientAsync();
        var item = DynamoDBStateItem.KeyOf(DynamoDBStateItem.SchemaKey, DynamoDBStateItem.SchemaKey);
        item[DynamoDBStateItem.SchemaAttribute] = new AttributeValue { N = "2" };
        await client.PutItemAsync(_table, item, Cancelled);

        var fault = await Assert.ThrowsAsync<DynamoDBTableException>(() => _store.OpenAsync());

        Assert.Contains("schema version 2 and this program needs version 1", fault.Message, StringComparison.Ordinal);
        Assert.Equal("2", (await client.GetItemAsync(_table, DynamoDBStateItem.KeyOf(DynamoDBStateItem.SchemaKey, DynamoDBStateItem.SchemaKey), Cancelled)).Item["Version"].N);
    }

    [Fact]
    public async Task Open_NoTimeToLive_IsRefusedAndSaysHow()
    {
        await _store.OpenAsync();
        _store.Close();
        using var client = await dynamo.ClientAsync();
        await client.UpdateTimeToLiveAsync(
            new UpdateTimeToLiveRequest { TableName = _table, TimeToLiveSpecification = new TimeToLiveSpecification { AttributeName = "ExpiresAt", Enabled = false } }, Cancelled);

        var fault = await Assert.ThrowsAsync<DynamoDBTableException>(() => _store.OpenAsync(options => options.CreateTables = false));

        Assert.Contains("aws dynamodb update-time-to-live --table-name " + _table, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DescribeTable")]
    [InlineData("GetItem")]
    [InlineData("PutItem")]
    [InlineData("UpdateItem")]
    [InlineData("DeleteItem")]
    [InlineData("Query")]
    [InlineData("DescribeTimeToLive")]
    public async Task Open_MissingRight_IsRefusedAndNamesThePermission(string operation)
    {
        await _store.OpenAsync();
        _store.Close();
        _proxy.Fault = asked => asked == operation ? DynamoDBFault.Deny : DynamoDBFault.None;

        var fault = await Assert.ThrowsAsync<DynamoDBTableException>(() => _store.OpenAsync());

        Assert.Contains($"dynamodb:{operation}", fault.Message, StringComparison.Ordinal);
        Assert.Contains(_table, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_SeveralMissingRights_NamesThemAllAtOnce()
    {
        await _store.OpenAsync();
        _store.Close();
        _proxy.Fault = asked => asked is "PutItem" or "Query" ? DynamoDBFault.Deny : DynamoDBFault.None;

        var fault = await Assert.ThrowsAsync<DynamoDBTableException>(() => _store.OpenAsync());

        foreach (var missing in new[] { "dynamodb:PutItem is missing", "dynamodb:Query is missing", "dynamodb:Query on index OpenStates is missing" })
            Assert.Contains(missing, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_NothingThere_SaysWhereItLooked()
    {
        await using var nowhere = new DynamoDBTestStore(new Uri("http://127.0.0.1:1/"), _table);

        var fault = await Assert.ThrowsAsync<DynamoDBTableException>(() => nowhere.OpenAsync(options => options.Retries = 0));

        Assert.Contains("http://127.0.0.1:1/ (DynamoDB:Service)", fault.Message, StringComparison.Ordinal);
    }

    private static GrainId Grain(string key) => GrainId.Create("session", key);

    private static async Task<TestGrainState> WriteAsync(DynamoDBGrainStorage storage, string key, string text)
    {
        var state = new TestGrainState(new TestState { Text = text });
        await storage.WriteStateAsync("session", Grain(key), state);
        return state;
    }

    private static async Task<TestGrainState> ReadAsync(DynamoDBGrainStorage storage, string key)
    {
        var state = new TestGrainState();
        await storage.ReadStateAsync("session", Grain(key), state);
        return state;
    }
}
