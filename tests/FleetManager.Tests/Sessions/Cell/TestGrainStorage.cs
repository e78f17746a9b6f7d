using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using FleetSystem.FleetManager.Storage;
using Orleans.Storage;

namespace FleetSystem.FleetManager.Tests.Sessions.Cell;

/// <summary>What becomes of a write.</summary>
internal enum WriteFault
{
    None,

    /// <summary>It fails, and nothing is stored.</summary>
    NotStored,

    /// <summary>It is stored, and fails all the same.</summary>
    Stored,
}

/// <summary>A store in memory that outlives every silo, in the bytes that the real one writes, with faults.</summary>
internal sealed class TestGrainStorage : IGrainStorage, IGrainStateIndex
{
    private readonly ConcurrentDictionary<(string State, GrainId Grain), (int Version, byte[] Payload)> _rows = new();

    /// <summary>Decides about a write; may wait.</summary>
    public Func<string, GrainId, Task<WriteFault>> OnWrite { get; set; } = (_, _) => Task.FromResult(WriteFault.None);

    public bool FailsReads { get; set; }

    /// <summary>What is stored of a grain, or null.</summary>
    public T? Stored<T>(string stateName, IAddressable grain)
        where T : class =>
        _rows.TryGetValue((stateName, grain.GetGrainId()), out var row) ? GrainStateJson.Deserialize<T>(GrainStateJson.Format, row.Payload) : null;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (FailsReads) throw new IOException("The store cannot be read.");
        grainState.RecordExists = _rows.TryGetValue((stateName, grainId), out var row);
        grainState.State = grainState.RecordExists ? GrainStateJson.Deserialize<T>(GrainStateJson.Format, row.Payload)! : Activator.CreateInstance<T>();
        grainState.ETag = grainState.RecordExists ? Tag(row.Version) : null!;
        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var payload = GrainStateJson.Serialize(grainState.State);
        var fault = await OnWrite(stateName, grainId);
        if (fault == WriteFault.NotStored) throw new IOException("The store is full.");
        var key = (stateName, grainId);
        var known = _rows.TryGetValue(key, out var row) ? row.Version : 0;
        if (grainState.ETag != (known == 0 ? null : Tag(known))) throw new InconsistentStateException("Another writer was faster.", known.ToString(CultureInfo.InvariantCulture), grainState.ETag);
        if (known == 0 ? !_rows.TryAdd(key, (1, payload)) : !_rows.TryUpdate(key, (known + 1, payload), row)) throw new InconsistentStateException("Another writer was faster.");
        if (fault == WriteFault.Stored) throw new IOException("The store's answer was lost.");
        grainState.ETag = Tag(known + 1);
        grainState.RecordExists = true;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = (stateName, grainId);
        var known = _rows.TryGetValue(key, out var row);
        if (grainState.ETag != (known ? Tag(row.Version) : null)) throw new InconsistentStateException("Another writer was faster.");
        if (known && !_rows.TryRemove(new(key, row))) throw new InconsistentStateException("Another writer was faster.");
        (grainState.ETag, grainState.RecordExists) = (null!, false);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<GrainStateEntry> ListAsync(string stateName, GrainId? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var (key, row) in _rows.Where(row => row.Key.State == stateName && string.CompareOrdinal(row.Key.Grain.ToString(), after?.ToString()) > 0).OrderBy(row => row.Key.Grain.ToString(), StringComparer.Ordinal).ToList())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new GrainStateEntry(key.Grain, Tag(row.Version));
        }
    }

    private static string Tag(int version) => version.ToString(CultureInfo.InvariantCulture);
}
