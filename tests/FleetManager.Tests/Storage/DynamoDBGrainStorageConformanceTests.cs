using FleetSystem.FleetManager.Storage;
using FleetSystem.Tests.DynamoDB;
using Orleans.Storage;

namespace FleetSystem.FleetManager.Tests.Storage;

public sealed class DynamoDBGrainStorageConformanceTests(DynamoDBLocalFixture dynamo) : GrainStorageConformance
{
    private readonly string _table = dynamo.NewTableName("conformance");
    private DynamoDBFaultProxy _proxy = null!;
    private DynamoDBTestStore? _store;

    protected override IGrainStateIndex Index => _store!.Storage!;

    protected override CrashWriterTarget CrashWriter => CrashWriterTarget.DynamoDB(_proxy.Endpoint, _table);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _store!.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    protected override async Task<IGrainStorage> OpenAsync()
    {
        _proxy ??= await DynamoDBFaultProxy.StartAsync(await dynamo.EndpointAsync());
        _store ??= new DynamoDBTestStore(_proxy.Endpoint, _table);
        return await _store.OpenAsync(options => options.Retries = 1);
    }

    protected override Task CloseAsync()
    {
        _store!.Close();
        return Task.CompletedTask;
    }

    protected override async Task DuringOutageAsync(Func<Task> action)
    {
        _proxy.Fault = operation => operation.StartsWith("Put", StringComparison.Ordinal) ? DynamoDBFault.Fail : DynamoDBFault.None;
        await action();
        _proxy.Fault = _ => DynamoDBFault.None;
    }
}
