using System.Globalization;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using static Orleans.Clustering.DynamoDB.MembershipSchema;

namespace Orleans.Clustering.DynamoDB;

/// <summary>Which table, and how it is created when it is absent.</summary>
internal sealed record MembershipTableSettings(string Name, bool CreateIfNotExists, bool UseProvisionedThroughput, int ReadCapacityUnits, int WriteCapacityUnits);

/// <summary>The calls on the membership table.</summary>
internal sealed class MembershipStore(IAmazonDynamoDB client, MembershipTableSettings table, TimeProvider time) : IDisposable
{
    // BatchWriteItem takes no more.
    private const int BatchLimit = 25;
    private const int BatchAttempts = 8;
    private const string RowIsNew = $"attribute_not_exists({DeploymentId}) AND attribute_not_exists({SiloIdentity})";
    private const string RowExists = $"attribute_exists({DeploymentId}) AND attribute_exists({SiloIdentity})";
    private const string ExpectedETag = ":currentETag";

    private static readonly TimeSpan CreationPoll = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan CreationTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan FirstBatchPause = TimeSpan.FromMilliseconds(50);

    public void Dispose() => client.Dispose();

    /// <summary>Creates the table if need be and may, and returns when it can be used.</summary>
    /// <exception cref="OrleansConfigurationException">There is no such table, or it is another's.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(CreationTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            var description = await FindAsync(both.Token);
            if (description is null)
            {
                if (!table.CreateIfNotExists)
                    throw new OrleansConfigurationException($"There is no DynamoDB table '{table.Name}' (TableName) for the membership: create it, name another, or allow it to be created (CreateIfNotExists).");
                await CreateAsync(both.Token);
            }

            while (description?.TableStatus is not { Value: "ACTIVE" or "UPDATING" })
            {
                if (description is not null) await Task.Delay(CreationPoll, time, both.Token);
                description = await FindAsync(both.Token);
            }

            CheckKeys(description);
        }
        catch (OperationCanceledException fault) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The DynamoDB table '{table.Name}' was not active within {CreationTimeout.TotalSeconds:0} s.", fault);
        }
    }

    /// <summary>Writes the version row unless it is there.</summary>
    public async Task EnsureVersionAsync(string clusterId, CancellationToken cancellationToken)
    {
        var row = Key(clusterId, VersionRow);
        row[VersionAttribute] = row[ETag] = Number(0);
        try
        {
            await client.PutItemAsync(new PutItemRequest { TableName = table.Name, Item = row, ConditionExpression = RowIsNew }, cancellationToken);
        }
        catch (ConditionalCheckFailedException)
        {
            // There already.
        }
    }

    /// <summary>The version row, or null.</summary>
    public async Task<Dictionary<string, AttributeValue>?> ReadVersionAsync(string clusterId, CancellationToken cancellationToken) =>
        NoneIfEmpty((await client.GetItemAsync(new GetItemRequest { TableName = table.Name, Key = Key(clusterId, VersionRow), ConsistentRead = true }, cancellationToken)).Item);

    /// <summary>A silo's row and the version row as of one moment; null for what is not there.</summary>
    public async Task<(Dictionary<string, AttributeValue>? Silo, Dictionary<string, AttributeValue>? Version)> ReadAsync(string clusterId, SiloAddress silo, CancellationToken cancellationToken)
    {
        var answer = await client.TransactGetItemsAsync(
            new TransactGetItemsRequest
            {
                TransactItems =
                [
                    new TransactGetItem { Get = new Get { TableName = table.Name, Key = Key(clusterId, IdentityOf(silo)) } },
                    new TransactGetItem { Get = new Get { TableName = table.Name, Key = Key(clusterId, VersionRow) } },
                ],
            },
            cancellationToken);
        return (NoneIfEmpty(answer.Responses[0].Item), NoneIfEmpty(answer.Responses[1].Item));
    }

    /// <summary>Every row of a cluster, page by page.</summary>
    public async Task<List<Dictionary<string, AttributeValue>>> QueryAsync(string clusterId, CancellationToken cancellationToken)
    {
        var rows = new List<Dictionary<string, AttributeValue>>();
        var request = new QueryRequest
        {
            TableName = table.Name,
            ConsistentRead = true,
            KeyConditionExpression = $"{DeploymentId} = :cluster",
            ExpressionAttributeValues = new() { [":cluster"] = new(clusterId) },
        };
        do
        {
            var page = await client.QueryAsync(request, cancellationToken);
            rows.AddRange(page.Items ?? []);
            request.ExclusiveStartKey = page.LastEvaluatedKey;
        }
        while (request.ExclusiveStartKey is { Count: > 0 });
        return rows;
    }

    /// <summary>Adds a silo's row and moves the version on; false when either is not as expected.</summary>
    public Task<bool> TryInsertAsync(string clusterId, MembershipEntry entry, int version, int versionETag, CancellationToken cancellationToken)
    {
        var row = SiloRow.AttributesOf(entry, version, 0);
        foreach (var (name, value) in Key(clusterId, IdentityOf(entry.SiloAddress))) row[name] = value;
        var put = new TransactWriteItem { Put = new Put { TableName = table.Name, Item = row, ConditionExpression = RowIsNew } };
        return TryWriteAsync([put, NextVersion(clusterId, version, versionETag)], cancellationToken);
    }

    /// <summary>Replaces a silo's row and moves the version on; false when either is not as expected.</summary>
    public Task<bool> TryUpdateAsync(string clusterId, MembershipEntry entry, int etag, int version, int versionETag, CancellationToken cancellationToken)
    {
        var attributes = SiloRow.AttributesOf(entry, version, etag + 1);
        var update = Update(Key(clusterId, IdentityOf(entry.SiloAddress)), attributes, SiloRow.AbsentFrom(attributes), etag);
        return TryWriteAsync([update, NextVersion(clusterId, version, versionETag)], cancellationToken);
    }

    /// <summary>Writes a silo's sign of life and nothing else.</summary>
    /// <exception cref="ConditionalCheckFailedException">The silo has no row.</exception>
    public Task UpdateIAmAliveAsync(string clusterId, MembershipEntry entry, CancellationToken cancellationToken) => client.UpdateItemAsync(
        new UpdateItemRequest
        {
            TableName = table.Name,
            Key = Key(clusterId, IdentityOf(entry.SiloAddress)),
            UpdateExpression = $"SET {IAmAliveTime} = :time",
            ConditionExpression = RowExists,
            ExpressionAttributeValues = new() { [":time"] = new(LogFormatter.PrintDate(entry.IAmAliveTime)) },
        },
        cancellationToken);

    /// <summary>Deletes rows.</summary>
    public async Task DeleteAsync(IEnumerable<Dictionary<string, AttributeValue>> rows, CancellationToken cancellationToken)
    {
        foreach (var batch in rows.Chunk(BatchLimit))
        {
            var left = batch.Select(row => new WriteRequest { DeleteRequest = new DeleteRequest { Key = KeyOf(row) } }).ToList();
            for (var attempt = 0; left.Count > 0; attempt++)
            {
                if (attempt == BatchAttempts) throw new TimeoutException($"DynamoDB left {left.Count} rows of table '{table.Name}' undeleted in {BatchAttempts} attempts: it is throttling, raise the table's write capacity.");
                if (attempt > 0) await Task.Delay(FirstBatchPause * (1 << (attempt - 1)), time, cancellationToken);
                var answer = await client.BatchWriteItemAsync(new BatchWriteItemRequest { RequestItems = new() { [table.Name] = left } }, cancellationToken);
                left = answer.UnprocessedItems?.GetValueOrDefault(table.Name) ?? [];
            }
        }
    }

    private TransactWriteItem NextVersion(string clusterId, int version, int etag) => Update(
        Key(clusterId, VersionRow),
        new() { [VersionAttribute] = Number(version), [ETag] = Number(etag + 1) },
        [],
        etag);

    private TransactWriteItem Update(Dictionary<string, AttributeValue> key, Dictionary<string, AttributeValue> set, IEnumerable<string> remove, int expectedETag)
    {
        // By placeholders, for not every name may stand in an expression.
        var names = set.Keys.Concat(remove).Index().ToDictionary(pair => pair.Item, pair => string.Create(CultureInfo.InvariantCulture, $"#a{pair.Index}"));
        var values = set.ToDictionary(pair => ":" + names[pair.Key][1..], pair => pair.Value);
        values[ExpectedETag] = Number(expectedETag);
        var removed = names.Where(pair => !set.ContainsKey(pair.Key)).Select(pair => pair.Value).ToList();
        return new TransactWriteItem
        {
            Update = new Update
            {
                TableName = table.Name,
                Key = key,
                UpdateExpression = $"SET {string.Join(", ", set.Keys.Select(name => $"{names[name]} = :{names[name][1..]}"))}{(removed.Count == 0 ? "" : $" REMOVE {string.Join(", ", removed)}")}",
                ConditionExpression = $"{names[ETag]} = {ExpectedETag}",
                ExpressionAttributeNames = names.ToDictionary(pair => pair.Value, pair => pair.Key),
                ExpressionAttributeValues = values,
            },
        };
    }

    private async Task<bool> TryWriteAsync(List<TransactWriteItem> items, CancellationToken cancellationToken)
    {
        try
        {
            // The SDK gives the transaction a token of its own, so that a repetition after a lost answer counts once.
            await client.TransactWriteItemsAsync(new TransactWriteItemsRequest { TransactItems = items }, cancellationToken);
            return true;
        }
        catch (TransactionCanceledException fault) when (fault.CancellationReasons is { } reasons
            && reasons.Any(reason => reason.Code is "ConditionalCheckFailed" or "TransactionConflict")
            && reasons.All(reason => reason.Code is "ConditionalCheckFailed" or "TransactionConflict" or "None"))
        {
            return false;
        }
    }

    private async Task<TableDescription?> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await client.DescribeTableAsync(new DescribeTableRequest { TableName = table.Name }, cancellationToken)).Table;
        }
        catch (ResourceNotFoundException)
        {
            return null;
        }
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await client.CreateTableAsync(
                new CreateTableRequest
                {
                    TableName = table.Name,
                    KeySchema = [new(DeploymentId, KeyType.HASH), new(SiloIdentity, KeyType.RANGE)],
                    AttributeDefinitions = [new(DeploymentId, ScalarAttributeType.S), new(SiloIdentity, ScalarAttributeType.S)],
                    BillingMode = table.UseProvisionedThroughput ? BillingMode.PROVISIONED : BillingMode.PAY_PER_REQUEST,
                    ProvisionedThroughput = table.UseProvisionedThroughput ? new ProvisionedThroughput(table.ReadCapacityUnits, table.WriteCapacityUnits) : null,
                },
                cancellationToken);
        }
        catch (ResourceInUseException)
        {
            // Another silo was faster.
        }
    }

    private void CheckKeys(TableDescription description)
    {
        var types = description.AttributeDefinitions.ToDictionary(attribute => attribute.AttributeName, attribute => attribute.AttributeType.Value);
        var keys = string.Join(", ", description.KeySchema.Select(key => $"{key.AttributeName} {types.GetValueOrDefault(key.AttributeName)} {key.KeyType.Value}"));
        const string Expected = $"{DeploymentId} S HASH, {SiloIdentity} S RANGE";
        if (keys != Expected)
            throw new OrleansConfigurationException($"The DynamoDB table '{table.Name}' (TableName) is no membership table: its keys are {keys}, and a membership table's are {Expected}. Nothing was changed in it; name another table.");
    }

    private static Dictionary<string, AttributeValue>? NoneIfEmpty(Dictionary<string, AttributeValue>? row) => row is { Count: > 0 } ? row : null;
}
