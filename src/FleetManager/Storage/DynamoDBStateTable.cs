using System.Globalization;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using FleetSystem.SiloHost.DynamoDB;
using Microsoft.Extensions.Options;
using static FleetSystem.FleetManager.Storage.DynamoDBStateItem;

namespace FleetSystem.FleetManager.Storage;

/// <summary>What became of a conditional write.</summary>
/// <param name="Applied">False when the stored ETag was not the expected one.</param>
/// <param name="Stored">The ETag in the way; null when no state is stored.</param>
internal readonly record struct DynamoDBWriteOutcome(bool Applied, string? Stored);

/// <summary>
/// The calls on the state table. Every write bears an id of its own, which becomes the ETag: when a repetition is refused because the first try
/// was served and only its answer was lost, the stored id tells.
/// </summary>
internal sealed class DynamoDBStateTable : IDisposable
{
    private readonly DynamoDBConnection _connection;
    private readonly DynamoDBTable _check;
    private readonly DynamoDBStorageOptions _options;
    private readonly bool _mayCreate;
    private readonly DynamoDBTableSchema _schema;
    private readonly SemaphoreSlim _turns;
    private int _waiting;

    public DynamoDBStateTable(DynamoDBConnection connection, DynamoDBTable check, DynamoDBStorageOptions options, IOptions<DynamoDBOptions> dynamo)
    {
        (_connection, _check, _options, _mayCreate) = (connection, check, options, dynamo.Value.CreateTables);
        _schema = SchemaOf(options.Table);
        _turns = new SemaphoreSlim(options.MaxConcurrentCalls);
    }

    public void Dispose() => _turns.Dispose();

    /// <summary>Checks the table and all rights on it; creates it when it is absent and may be created.</summary>
    /// <exception cref="DynamoDBTableException">It cannot be used; the message says what to do.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (!await _check.ExistsAsync(_schema, cancellationToken))
        {
            if (!_mayCreate) throw _check.Absent(_schema);
            await _check.CreateAsync(_schema, cancellationToken);
        }

        await _check.CheckRightsAsync(_schema, cancellationToken);
        await CheckSchemaVersionAsync(cancellationToken);
        await CheckTimeToLiveAsync(cancellationToken);
    }

    public async Task<DynamoDBStateItem?> ReadAsync(string stateName, string grainId, CancellationToken cancellationToken) => Read((await CallAsync(
        (client, token) => client.GetItemAsync(new GetItemRequest { TableName = _options.Table, Key = KeyOf(stateName, grainId), ConsistentRead = true }, token), cancellationToken)).Item);

    /// <summary>Stores an item: a new one when no ETag is expected, else the successor of that ETag.</summary>
    public async Task<DynamoDBWriteOutcome> PutAsync(Dictionary<string, AttributeValue> item, string? expected, CancellationToken cancellationToken)
    {
        var request = new PutItemRequest { TableName = _options.Table, Item = item, ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD };
        (request.ConditionExpression, request.ExpressionAttributeValues) = Condition(expected);
        try
        {
            await CallAsync((client, token) => client.PutItemAsync(request, token), cancellationToken);
            return new DynamoDBWriteOutcome(true, null);
        }
        catch (ConditionalCheckFailedException fault)
        {
            var stored = await StoredAsync(item[StateNameKey].S, item[GrainIdKey].S, fault, cancellationToken);
            return new DynamoDBWriteOutcome(stored == item[ETagAttribute].S, stored);
        }
    }

    /// <summary>Deletes the item of an expected ETag; without one there must be nothing to delete. Nothing there is what the caller wants.</summary>
    public async Task<DynamoDBWriteOutcome> DeleteAsync(string stateName, string grainId, string? expected, CancellationToken cancellationToken)
    {
        var request = new DeleteItemRequest { TableName = _options.Table, Key = KeyOf(stateName, grainId), ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD };
        (request.ConditionExpression, request.ExpressionAttributeValues) = Condition(expected);
        try
        {
            await CallAsync((client, token) => client.DeleteItemAsync(request, token), cancellationToken);
            return new DynamoDBWriteOutcome(true, null);
        }
        catch (ConditionalCheckFailedException fault)
        {
            var stored = await StoredAsync(stateName, grainId, fault, cancellationToken);
            return new DynamoDBWriteOutcome(stored is null, stored);
        }
    }

    /// <summary>Lists a page of a shard of the index.</summary>
    public Task<QueryResponse> QueryOpenAsync(string shard, Dictionary<string, AttributeValue>? after, CancellationToken cancellationToken) => CallAsync(
        (client, token) => client.QueryAsync(
            new QueryRequest
            {
                TableName = _options.Table,
                IndexName = OpenIndex,
                KeyConditionExpression = $"{OpenShard} = :shard",
                ExpressionAttributeValues = new() { [":shard"] = new(shard) },
                Limit = _options.ListPageSize,
                ExclusiveStartKey = after,
            },
            token),
        cancellationToken);

    private static (string Condition, Dictionary<string, AttributeValue>? Values) Condition(string? expected) => expected is null
        ? ($"attribute_not_exists({GrainIdKey})", null)
        : ($"{ETagAttribute} = :expected", new() { [":expected"] = new(expected) });

    private async Task<string?> StoredAsync(string stateName, string grainId, ConditionalCheckFailedException fault, CancellationToken cancellationToken) =>
        fault.Item is { Count: > 0 } item ? item[ETagAttribute].S : (await ReadAsync(stateName, grainId, cancellationToken))?.ETag;

    private async Task<T> CallAsync<T>(Func<IAmazonDynamoDB, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > _options.MaxWaitingCalls + _options.MaxConcurrentCalls)
        {
            Interlocked.Decrement(ref _waiting);
            throw new DynamoDBStorageException(
                $"{_options.MaxWaitingCalls} calls wait for the grain storage already ({DynamoDBStorageOptions.SectionName}:{nameof(DynamoDBStorageOptions.MaxWaitingCalls)}): this one was not made. DynamoDB is slow or throttling.");
        }

        try
        {
            return await _connection.CallAsync(
                async (client, token) =>
                {
                    await _turns.WaitAsync(token);
                    try
                    {
                        return await call(client, token);
                    }
                    finally
                    {
                        _turns.Release();
                    }
                },
                cancellationToken);
        }
        catch (Exception fault) when (fault is not ConditionalCheckFailedException && fault is TimeoutException or AmazonServiceException or AmazonClientException or HttpRequestException or IOException)
        {
            throw new DynamoDBStorageException($"The grain storage's table '{_options.Table}' failed: {fault.Message.TrimEnd('.')}. Whether a write was stored is unknown until the state is read again.", fault);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async Task CheckSchemaVersionAsync(CancellationToken cancellationToken)
    {
        var key = KeyOf(SchemaKey, SchemaKey);
        var stored = await _check.AskAsync(_schema, "GetItem", (client, token) => client.GetItemAsync(new GetItemRequest { TableName = _options.Table, Key = key, ConsistentRead = true }, token), cancellationToken);
        if (stored.Item is not { Count: > 0 })
        {
            // A table that somebody created for us and nobody used yet. Every host that starts now writes the same.
            key[SchemaAttribute] = new() { N = SchemaVersion.ToString(CultureInfo.InvariantCulture) };
            await _check.AskAsync(_schema, "PutItem", (client, token) => client.PutItemAsync(new PutItemRequest { TableName = _options.Table, Item = key }, token), cancellationToken);
            return;
        }

        var version = stored.Item.GetValueOrDefault(SchemaAttribute)?.N;
        if (version != SchemaVersion.ToString(CultureInfo.InvariantCulture))
            throw DynamoDBTable.Refused(_schema, $"has schema version {version ?? "unknown"} and this program needs version {SchemaVersion}", "Nothing was changed in it. Run the program version that wrote it, or name another table.");
    }

    private async Task CheckTimeToLiveAsync(CancellationToken cancellationToken)
    {
        if (await DeletesEndedAsync(cancellationToken)) return;

        // Whoever may create the table also turns it on: of several hosts that start at once, each may come between these two steps of another.
        if (!_mayCreate)
            throw DynamoDBTable.Refused(
                _schema,
                $"does not delete ended sessions: its time to live is not on for the attribute {ExpiresAt}",
                $"Turn it on: aws dynamodb update-time-to-live --table-name {_options.Table} --time-to-live-specification Enabled=true,AttributeName={ExpiresAt}");
        try
        {
            await _check.AskAsync(
                _schema,
                "UpdateTimeToLive",
                (client, token) => client.UpdateTimeToLiveAsync(
                    new UpdateTimeToLiveRequest { TableName = _options.Table, TimeToLiveSpecification = new TimeToLiveSpecification { AttributeName = ExpiresAt, Enabled = true } }, token),
                cancellationToken);
        }
        catch (AmazonDynamoDBException fault) when (fault.ErrorCode == "ValidationException")
        {
            // It is on, and that is an error to DynamoDB: another host was faster.
            if (!await DeletesEndedAsync(cancellationToken)) throw;
        }
    }

    private async Task<bool> DeletesEndedAsync(CancellationToken cancellationToken)
    {
        var described = await _check.AskAsync(
            _schema, "DescribeTimeToLive", (client, token) => client.DescribeTimeToLiveAsync(new DescribeTimeToLiveRequest { TableName = _options.Table }, token), cancellationToken);
        return described.TimeToLiveDescription is { TimeToLiveStatus.Value: "ENABLED" or "ENABLING", AttributeName: ExpiresAt };
    }
}
