using FleetSystem.FleetManager.Tests.Storage;
using FleetSystem.Tests.DynamoDB;
using Orleans.Storage;

namespace FleetSystem.FleetManager.Tests.Matchmaking;

public sealed class SqliteTicketJournalTests : TicketJournalConformance
{
    private readonly SqliteTestStore _store = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _store.DisposeAsync();
    }

    protected override async Task<IGrainStorage> OpenStorageAsync() => await _store.OpenAsync();
}

public sealed class DynamoDBTicketJournalTests(DynamoDBLocalFixture dynamo) : TicketJournalConformance
{
    private DynamoDBTestStore? _store;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_store is not null) await _store.DisposeAsync();
    }

    protected override async Task<IGrainStorage> OpenStorageAsync()
    {
        _store = new DynamoDBTestStore(await dynamo.EndpointAsync(), dynamo.NewTableName("journal"));
        return await _store.OpenAsync();
    }
}
