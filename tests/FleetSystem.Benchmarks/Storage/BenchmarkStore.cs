using FleetSystem.FleetManager.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;

namespace FleetSystem.Benchmarks.Storage;

/// <summary>A state of about a session's size.</summary>
public sealed record BenchmarkState(string Text);

/// <summary>The SQLite grain storage on a new file, without a silo.</summary>
internal sealed class BenchmarkStore : IAsyncDisposable
{
    private const string StateName = "session";

    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().AddMetrics().BuildServiceProvider();
    private readonly DirectoryInfo _folder;
    private readonly SqliteGrainStorage _storage;

    /// <param name="under">Where to put the file; the temporary folder when null, which on some systems is memory and not a disk.</param>
    public BenchmarkStore(string? under = null)
    {
        _folder = under is null ? Directory.CreateTempSubdirectory("fleet-bench-") : Directory.CreateDirectory(Path.Combine(under, $"fleet-bench-{Environment.ProcessId}"));
        _storage = new SqliteGrainStorage(
            "benchmark",
            new SqliteStorageOptions { Path = Path.Combine(_folder.FullName, "state.db") },
            _services.GetRequiredService<IActivatorProvider>(),
            TimeProvider.System,
            ActivatorUtilities.CreateInstance<StorageMetrics>(_services),
            NullLogger<SqliteGrainStorage>.Instance);
    }

    public Task OpenAsync() => _storage.OpenAsync(CancellationToken.None);

    public Task CreateAsync(string key, string text) => WriteAsync(key, new GrainState<BenchmarkState>(new BenchmarkState(text)));

    public Task WriteAsync(string key, GrainState<BenchmarkState> state) => _storage.WriteStateAsync(StateName, GrainId.Create("session", key), state);

    public async Task<string> ReadAsync(string key)
    {
        var state = new GrainState<BenchmarkState>();
        await _storage.ReadStateAsync(StateName, GrainId.Create("session", key), state);
        return state.State!.Text;
    }

    public async ValueTask DisposeAsync()
    {
        await _storage.CloseAsync(CancellationToken.None);
        await _services.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
