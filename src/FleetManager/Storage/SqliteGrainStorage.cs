using System.Runtime.CompilerServices;
using System.Text.Json;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace FleetSystem.FleetManager.Storage;

/// <summary>Grain states in one SQLite file: the embedded default. Opened and closed with the silo.</summary>
internal sealed class SqliteGrainStorage(
    string name,
    SqliteStorageOptions options,
    IActivatorProvider activators,
    TimeProvider time,
    StorageMetrics metrics,
    ILogger<SqliteGrainStorage> logger) : IGrainStorage, IGrainStateIndex, ILifecycleParticipant<ISiloLifecycle>
{
    private readonly SqliteDatabase _database = new(options.Path, options.BusyTimeout);
    private Opened? _opened;

    private Opened Store => Volatile.Read(ref _opened) ?? throw new SqliteStorageException($"The grain storage {_database.Path} is not open: the silo has not started yet or is stopping.");

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe($"{nameof(SqliteGrainStorage)}-{name}", ServiceLifecycleStage.ApplicationServices, OpenAsync, CloseAsync);

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var writer = new SqliteGroupCommitWriter(_database, options, time, metrics, logger);
        try
        {
            var readers = new SqliteReaderPool(_database, options.ReadConnections);
            Volatile.Write(ref _opened, new Opened(writer, readers, new SqliteExpirySweeper(writer, options, time, metrics, logger)));
        }
        catch
        {
            await writer.CloseAsync(cancellationToken);
            throw;
        }

        StorageLog.Opened(logger, _database.Path, SqliteDatabase.SchemaVersion);
    }

    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _opened, null) is not { } store)
            return;
        await store.Sweeper.DisposeAsync();
        await store.Readers.CloseAsync(cancellationToken);
        // Last, so that SQLite finds no reader in the way of moving the log into the database.
        await store.Writer.CloseAsync(cancellationToken);
        StorageLog.Closed(logger, _database.Path);
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var stored = await Store.Readers.ReadAsync(static (reader, key) => reader.Read(key.stateName, key.Item2), (stateName, grainId.ToString()), cancellationToken);
        grainState.State = stored is null ? activators.GetActivator<T>().Create() : Deserialize<T>(stateName, grainId, stored);
        grainState.ETag = stored?.ETag.ToString();
        grainState.RecordExists = stored is not null;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var payload = GrainStateJson.Serialize(grainState.State);
        if (payload.Length > options.MaxStateBytes)
            throw new SqliteStorageException(
                $"State '{stateName}' of {grainId} has {payload.Length} bytes and the limit is {options.MaxStateBytes}: it was not stored. Keep less in it, or raise {SqliteStorageOptions.SectionName}:{nameof(options.MaxStateBytes)}.");

        var expires = (grainState.State as IExpiringState)?.ExpiresAt?.ToUnixTimeMilliseconds();
        var expected = ParseExpected(stateName, grainId, grainState.ETag);
        var outcome = await Store.Writer.WriteAsync(new PutRequest(new GrainStateRow(stateName, grainId.ToString(), payload, expires), expected), cancellationToken);
        if (!outcome.Applied)
            throw Conflict("write", stateName, grainId, outcome.ETag?.ToString(), grainState.ETag);
        grainState.ETag = outcome.ETag.ToString();
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var expected = ParseExpected(stateName, grainId, grainState.ETag);
        var outcome = await Store.Writer.WriteAsync(new ClearRequest(stateName, grainId.ToString(), expected), cancellationToken);
        if (!outcome.Applied)
            throw Conflict("clear", stateName, grainId, outcome.ETag?.ToString(), grainState.ETag);
        grainState.State = activators.GetActivator<T>().Create();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    public async IAsyncEnumerable<GrainStateEntry> ListAsync(string stateName, GrainId? behind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = behind?.ToString() ?? "";
        while (true)
        {
            var page = await Store.Readers.ReadAsync(static (reader, from) => reader.List(from.stateName, from.after, from.ListPageSize), (stateName, after, options.ListPageSize), cancellationToken);
            foreach (var (grainId, etag) in page)
                yield return new GrainStateEntry(GrainId.Parse(grainId), etag.ToString());
            if (page.Count < options.ListPageSize)
                yield break;
            after = page[^1].GrainId;
        }
    }

    private T Deserialize<T>(string stateName, GrainId grainId, StoredState stored)
    {
        try
        {
            return GrainStateJson.Deserialize<T>(stored.Format, stored.Payload)!;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new SqliteStorageException($"State '{stateName}' of {grainId} in {_database.Path} cannot be read as {typeof(T)}: {e.Message}", e);
        }
    }

    private GrainStateETag? ParseExpected(string stateName, GrainId grainId, string? etag)
    {
        if (etag is null)
            return null;
        return GrainStateETag.TryParse(etag, out var expected) ? expected : throw Conflict("change", stateName, grainId, null, etag);
    }

    private InconsistentStateException Conflict(string operation, string stateName, GrainId grainId, string? stored, string? expected)
    {
        metrics.Conflict();
        return new InconsistentStateException(
            $"Cannot {operation} state '{stateName}' of {grainId}: {(stored is null ? "no such version is stored" : $"version {stored} is stored")} and {expected ?? "none"} was expected. Another activation wrote it: read it again.",
            stored ?? "",
            expected ?? "");
    }

    private sealed record Opened(SqliteGroupCommitWriter Writer, SqliteReaderPool Readers, SqliteExpirySweeper Sweeper);
}
