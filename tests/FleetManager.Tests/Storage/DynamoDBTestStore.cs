using FleetSystem.FleetManager.Storage;
using FleetSystem.SiloHost.DynamoDB;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;

namespace FleetSystem.FleetManager.Tests.Storage;

/// <summary>A table in DynamoDB Local, and stores opened on it without a silo.</summary>
internal sealed class DynamoDBTestStore(Uri service, string table) : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().AddMetrics().BuildServiceProvider();
    private readonly FileInfo _credentials = new(Path.GetTempFileName());
    private readonly List<IDisposable> _opened = [];

    public DynamoDBGrainStorage? Storage { get; private set; }

    public async Task<DynamoDBGrainStorage> OpenAsync(Action<DynamoDBOptions>? configure = null, Action<DynamoDBStorageOptions>? storage = null)
    {
        await File.WriteAllTextAsync(_credentials.FullName, "tests\nsecret\n");

        // A slow machine is no fault.
        var dynamo = new DynamoDBOptions
        {
            Service = service.ToString(),
            CredentialsFile = _credentials.FullName,
            CreateTables = true,
            AttemptTimeout = TimeSpan.FromSeconds(20),
            CallTimeout = TimeSpan.FromMinutes(1),
        };
        configure?.Invoke(dynamo);
        var options = new DynamoDBStorageOptions { Table = table };
        storage?.Invoke(options);
        var connection = new DynamoDBConnection(Options.Create(dynamo), TimeProvider.System);
        var states = new DynamoDBStateTable(connection, new DynamoDBTable(connection, Options.Create(dynamo), TimeProvider.System), options, Options.Create(dynamo));
        var opened = new DynamoDBGrainStorage(
            "test", options, states, _services.GetRequiredService<IActivatorProvider>(), ActivatorUtilities.CreateInstance<StorageMetrics>(_services), NullLogger<DynamoDBGrainStorage>.Instance);
        _opened.AddRange([opened, connection]);
        await opened.OpenAsync(CancellationToken.None);
        return Storage = opened;
    }

    public void Close()
    {
        _opened.ForEach(part => part.Dispose());
        _opened.Clear();
        Storage = null;
    }

    public async ValueTask DisposeAsync()
    {
        Close();
        await _services.DisposeAsync();
        _credentials.Delete();
    }
}
