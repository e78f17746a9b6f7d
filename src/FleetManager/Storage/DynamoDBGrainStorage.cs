using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace FleetSystem.FleetManager.Storage;

/// <summary>Grain states in one DynamoDB table that all silos of a cell share.</summary>
internal sealed class DynamoDBGrainStorage(
    string name,
    DynamoDBStorageOptions options,
    DynamoDBStateTable table,
    IActivatorProvider activators,
    StorageMetrics metrics,
    ILogger<DynamoDBGrainStorage> logger) : IGrainStorage, IGrainStateIndex, ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    /// <summary>Opens before the silo joins the cluster: one that cannot store anything must not appear there.</summary>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe($"{nameof(DynamoDBGrainStorage)}-{name}", ServiceLifecycleStage.First, OpenAsync);

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await table.OpenAsync(cancellationToken);
        StorageLog.Opened(logger, options.Table, DynamoDBStateItem.SchemaVersion);
    }

    public void Dispose() => table.Dispose();

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var stored = await table.ReadAsync(stateName, grainId.ToString(), cancellationToken);
        grainState.State = stored is { } item ? Deserialize<T>(stateName, grainId, item) : activators.GetActivator<T>().Create();
        grainState.ETag = stored?.ETag;
        grainState.RecordExists = stored is not null;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var payload = GrainStateJson.Serialize(grainState.State);
        if (payload.Length > options.MaxStateBytes)
            throw new DynamoDBStorageException(
                $"State '{stateName}' of {grainId} has {payload.Length} bytes and the limit is {options.MaxStateBytes}: it was not stored. Keep less in it, or raise {DynamoDBStorageOptions.SectionName}:{nameof(options.MaxStateBytes)} (DynamoDB itself takes 409,600 bytes with the keys).");

        var etag = DynamoDBStateItem.NewETag();
        var item = DynamoDBStateItem.ItemOf(stateName, grainId.ToString(), Encoding.UTF8.GetString(payload), (grainState.State as IExpiringState)?.ExpiresAt, etag);
        var outcome = await table.PutAsync(item, Expected("write", stateName, grainId, grainState.ETag), cancellationToken);
        if (!outcome.Applied) throw Conflict("write", stateName, grainId, outcome.Stored, grainState.ETag);
        grainState.ETag = etag;
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var outcome = await table.DeleteAsync(stateName, grainId.ToString(), Expected("clear", stateName, grainId, grainState.ETag), cancellationToken);
        if (!outcome.Applied) throw Conflict("clear", stateName, grainId, outcome.Stored, grainState.ETag);
        grainState.State = activators.GetActivator<T>().Create();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    public async IAsyncEnumerable<GrainStateEntry> ListAsync(string stateName, GrainId? behind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var first = behind is { } grain ? DynamoDBStateItem.OpenKeyOf(stateName, grain.ToString()) : null;
        foreach (var shard in DynamoDBStateItem.ShardsOf(stateName).SkipWhile(shard => first is not null && shard != first[DynamoDBStateItem.OpenShard].S))
        {
            var after = first;
            first = null;
            do
            {
                var page = await table.QueryOpenAsync(shard, after, cancellationToken);
                foreach (var item in page.Items ?? [])
                    yield return new GrainStateEntry(GrainId.Parse(item[DynamoDBStateItem.GrainIdKey].S), item[DynamoDBStateItem.ETagAttribute].S);
                after = page.LastEvaluatedKey;
            }
            while (after is { Count: > 0 });
        }
    }

    private T Deserialize<T>(string stateName, GrainId grainId, DynamoDBStateItem stored)
    {
        try
        {
            return GrainStateJson.Deserialize<T>(stored.Format, Encoding.UTF8.GetBytes(stored.Payload))!;
        }
        catch (Exception fault) when (fault is JsonException or NotSupportedException)
        {
            throw new DynamoDBStorageException($"State '{stateName}' of {grainId} in table '{options.Table}' cannot be read as {typeof(T)}: {fault.Message}", fault);
        }
    }

    /// <summary>An empty ETag is none of ours, and DynamoDB would take it for a value like any other.</summary>
    private string? Expected(string operation, string stateName, GrainId grainId, string? etag) =>
        etag is { Length: 0 } ? throw Conflict(operation, stateName, grainId, null, etag) : etag;

    private InconsistentStateException Conflict(string operation, string stateName, GrainId grainId, string? stored, string? expected)
    {
        metrics.Conflict();
        return new InconsistentStateException(
            $"Cannot {operation} state '{stateName}' of {grainId}: {(stored is null ? "no such version is stored" : $"version {stored} is stored")} and {expected ?? "none"} was expected. Another activation wrote it: read it again.",
            stored ?? "",
            expected ?? "");
    }
}
