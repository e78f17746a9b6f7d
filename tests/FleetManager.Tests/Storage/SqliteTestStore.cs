using System.Diagnostics.Metrics;
using FleetSystem.FleetManager.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;

namespace FleetSystem.FleetManager.Tests.Storage;

/// <summary>A database file in a folder of its own, and stores opened on it without a silo.</summary>
internal sealed class SqliteTestStore : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleet-storage-");
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().AddMetrics().BuildServiceProvider();

    public string Path => System.IO.Path.Combine(_folder.FullName, "state.db");

    public IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public SqliteGrainStorage? Storage { get; private set; }

    public async Task<SqliteGrainStorage> OpenAsync(Action<SqliteStorageOptions>? configure = null, TimeProvider? time = null)
    {
        // Tests hold the write lock for as long as they need; a slow machine must not turn that into a failure.
        var options = new SqliteStorageOptions { Path = Path, BusyTimeout = TimeSpan.FromMinutes(1) };
        configure?.Invoke(options);
        var storage = new SqliteGrainStorage(
            "test",
            options,
            _services.GetRequiredService<IActivatorProvider>(),
            time ?? TimeProvider.System,
            new StorageMetrics(Meters),
            NullLogger<SqliteGrainStorage>.Instance);
        await storage.OpenAsync(TestContext.Current.CancellationToken);
        return Storage = storage;
    }

    public async Task CloseAsync()
    {
        if (Storage is { } storage)
            await storage.CloseAsync(TestContext.Current.CancellationToken);
        Storage = null;
    }

    /// <summary>A connection beside the store's own, as another process would have it.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }

    public void Execute(string sql)
    {
        using var connection = Connect();
        SqliteDatabase.Execute(connection, sql);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await _services.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
