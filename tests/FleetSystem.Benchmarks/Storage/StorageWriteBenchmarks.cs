using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using BenchmarkDotNet.Attributes;

namespace FleetSystem.Benchmarks.Storage;

/// <summary>What one durable write costs alone, and in a group that shares its commit.</summary>
[MemoryDiagnoser]
[SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet ends it through CleanupAsync.")]
public class StorageWriteBenchmarks
{
    private readonly string _text = new('x', 800);
    private BenchmarkStore _store = null!;
    private long _next;

    /// <summary>Writes at once.</summary>
    [Params(1, 64, 256)]
    public int Writers { get; set; }

    [GlobalSetup]
    public Task SetupAsync()
    {
        _store = new BenchmarkStore();
        return _store.OpenAsync();
    }

    [GlobalCleanup]
    public Task CleanupAsync() => _store.DisposeAsync().AsTask();

    [Benchmark]
    public Task WriteNewStates() => Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => _store.CreateAsync((_next++).ToString(CultureInfo.InvariantCulture), _text)));
}
