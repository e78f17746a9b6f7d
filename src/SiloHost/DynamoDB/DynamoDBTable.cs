using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using FleetSystem.SiloHost.Diagnosis;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost.DynamoDB;

/// <summary>What a table must look like.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Setting">Key of the setting that names it, for messages.</param>
/// <param name="HashKey">Its partition key, a string.</param>
/// <param name="RangeKey">Its sort key, a string.</param>
/// <param name="Index">Its global index, or null for none.</param>
public sealed record DynamoDBTableSchema(string Name, string Setting, string HashKey, string RangeKey, DynamoDBIndexSchema? Index = null);

/// <summary>A global index, sparse by its partition key.</summary>
/// <param name="Name">Its name.</param>
/// <param name="HashKey">Its partition key, a string.</param>
/// <param name="RangeKey">Its sort key, a string.</param>
/// <param name="Attributes">Attributes that it carries beside the keys.</param>
public sealed record DynamoDBIndexSchema(string Name, string HashKey, string RangeKey, IReadOnlyList<string> Attributes);

/// <summary>
/// Finds out at a start whether a table can be used: that it is there, is of the right schema, and that every call on it is allowed. Its probes
/// write nothing. What is wrong is told with what to do; nothing is ever repaired.
/// </summary>
public sealed class DynamoDBTable(DynamoDBConnection connection, IOptions<DynamoDBOptions> options, TimeProvider time)
{
    private static readonly TimeSpan CreationPoll = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan CreationTimeout = TimeSpan.FromMinutes(2);
    private const string ProbeKey = "fleetsystem/rights-probe";

    /// <summary>Returns whether the table is there.</summary>
    /// <exception cref="DynamoDBTableException">It cannot be asked for, or is another's table.</exception>
    public async Task<bool> ExistsAsync(DynamoDBTableSchema schema, CancellationToken cancellationToken)
    {
        if (await DescribeAsync(schema, cancellationToken) is not { } description) return false;
        CheckSchema(schema, description);
        return true;
    }

    /// <summary>Creates the table, with on-demand billing, unless somebody else does; returns when it can be used.</summary>
    /// <exception cref="DynamoDBTableException">It may not be created, or was not within two minutes.</exception>
    public async Task CreateAsync(DynamoDBTableSchema schema, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(schema, "CreateTable", (client, token) => client.CreateTableAsync(RequestOf(schema), token), cancellationToken);
        }
        catch (ResourceInUseException)
        {
            // Another host is faster.
        }

        using var late = new CancellationTokenSource(CreationTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            while (await DescribeAsync(schema, both.Token) is not { TableStatus.Value: "ACTIVE" or "UPDATING" }) await Task.Delay(CreationPoll, time, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Refused(schema, $"was created and is not active after {CreationTimeout.TotalSeconds:0} s", "Look at it in the AWS console, then start again.");
        }
    }

    /// <summary>The fault of a table that is absent and may not be created.</summary>
    public DynamoDBTableException Absent(DynamoDBTableSchema schema) => Refused(
        schema,
        $"does not exist at {options.Value.Service}",
        $"Correct the name, create the table (partition key {schema.HashKey} S, sort key {schema.RangeKey} S{(schema.Index is { } index ? $", global index {index.Name}" : "")}), or set {DynamoDBOptions.Section}:{nameof(DynamoDBOptions.CreateTables)} for this start.");

    /// <summary>Tries every call that a host makes on the table.</summary>
    /// <exception cref="DynamoDBTableException">Calls are not allowed; the message names each permission.</exception>
    public async Task CheckRightsAsync(DynamoDBTableSchema schema, CancellationToken cancellationToken)
    {
        var key = new Dictionary<string, AttributeValue> { [schema.HashKey] = new(ProbeKey), [schema.RangeKey] = new(ProbeKey) };
        // A condition that never holds: the call is refused for it, or before that for a right that is missing.
        var never = $"attribute_exists({schema.HashKey}) AND attribute_not_exists({schema.HashKey})";
        var missing = new List<string>();
        await TryAsync("GetItem", (client, token) => client.GetItemAsync(new GetItemRequest { TableName = schema.Name, Key = key, ConsistentRead = true }, token));
        await TryAsync("PutItem", (client, token) => client.PutItemAsync(new PutItemRequest { TableName = schema.Name, Item = key, ConditionExpression = never }, token));
        await TryAsync("UpdateItem", (client, token) => client.UpdateItemAsync(new UpdateItemRequest { TableName = schema.Name, Key = key, ConditionExpression = never }, token));
        await TryAsync("DeleteItem", (client, token) => client.DeleteItemAsync(new DeleteItemRequest { TableName = schema.Name, Key = key, ConditionExpression = never }, token));
        await TryAsync("Query", (client, token) => client.QueryAsync(QueryOf(schema, null, schema.HashKey), token));
        if (schema.Index is { } index) await TryAsync("Query", (client, token) => client.QueryAsync(QueryOf(schema, index.Name, index.HashKey), token), $" on index {index.Name}");
        if (missing.Count > 0)
            throw Refused(schema, $"may not be used by these credentials: {string.Join(", ", missing)}", "Allow these actions on the table (and on its indexes, table/NAME/index/*) to the identity that this host has.");

        async Task TryAsync<T>(string operation, Func<IAmazonDynamoDB, CancellationToken, Task<T>> call, string where = "")
        {
            try
            {
                await AskAsync(schema, operation, call, cancellationToken);
            }
            catch (ConditionalCheckFailedException)
            {
                // Allowed.
            }
            catch (DynamoDBTableException fault) when (fault.IsDenied)
            {
                missing.Add($"dynamodb:{operation}{where} is missing");
            }
        }
    }

    /// <summary>Looks at the table as a start does, and changes nothing: it is not created either.</summary>
    /// <param name="schema">What it must look like.</param>
    /// <param name="mayCreate">Whether a start would create it.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public async Task<IReadOnlyList<Finding>> DiagnoseAsync(DynamoDBTableSchema schema, bool mayCreate, CancellationToken cancellationToken)
    {
        var subject = $"table {schema.Name}";
        try
        {
            if (!await ExistsAsync(schema, cancellationToken))
                return [mayCreate ? new(subject, FindingState.Warning, "does not exist, and is made at the start.") : new(subject, FindingState.Failed, Absent(schema).Message)];
            await CheckRightsAsync(schema, cancellationToken);
            return [new(subject, FindingState.Passed, "is there, of the right schema, and every call on it is allowed.")];
        }
        catch (DynamoDBTableException fault)
        {
            return [new(subject, FindingState.Failed, fault.Message)];
        }
    }

    /// <summary>Makes a call of a start, whose faults are told with what to do.</summary>
    /// <exception cref="DynamoDBTableException">DynamoDB cannot be asked.</exception>
    public async Task<T> AskAsync<T>(DynamoDBTableSchema schema, string operation, Func<IAmazonDynamoDB, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.CallAsync(call, cancellationToken);
        }
        catch (AmazonDynamoDBException fault) when (fault.ErrorCode is "AccessDeniedException" or "AccessDenied")
        {
            throw new DynamoDBTableException(
                Text(schema, $"may not be used by these credentials: dynamodb:{operation} is missing", "Allow this action on the table to the identity that this host has."), fault)
            {
                IsDenied = true,
            };
        }
        catch (AmazonDynamoDBException fault) when (fault.ErrorCode is "UnrecognizedClientException" or "InvalidSignatureException" or "ExpiredTokenException" or "MissingAuthenticationTokenException" or "InvalidClientTokenId")
        {
            throw Refused(schema, $"cannot be asked for, because AWS does not take these credentials ({fault.ErrorCode})", $"Mend {DynamoDBOptions.Section}:{nameof(DynamoDBOptions.CredentialsFile)}, or the role of this host.", fault);
        }
        catch (Exception fault) when (fault is TimeoutException or HttpRequestException || (fault is AmazonClientException && fault is not AmazonServiceException))
        {
            throw Refused(schema, $"cannot be asked for: {fault.Message.TrimEnd('.')}", $"Check that DynamoDB is reachable at {options.Value.Service} ({DynamoDBOptions.Section}:{nameof(DynamoDBOptions.Service)}) and that this host has credentials.", fault);
        }
    }

    /// <summary>The fault of a table that cannot be used.</summary>
    public static DynamoDBTableException Refused(DynamoDBTableSchema schema, string reason, string advice, Exception? inner = null) =>
        new(Text(schema, reason, advice), inner);

    private static string Text(DynamoDBTableSchema schema, string reason, string advice) => $"The DynamoDB table '{schema.Name}' ({schema.Setting}) {reason}. {advice}";

    private async Task<TableDescription?> DescribeAsync(DynamoDBTableSchema schema, CancellationToken cancellationToken)
    {
        try
        {
            return (await AskAsync(schema, "DescribeTable", (client, token) => client.DescribeTableAsync(new DescribeTableRequest { TableName = schema.Name }, token), cancellationToken)).Table;
        }
        catch (ResourceNotFoundException)
        {
            return null;
        }
    }

    private static void CheckSchema(DynamoDBTableSchema schema, TableDescription description)
    {
        var types = description.AttributeDefinitions.ToDictionary(attribute => attribute.AttributeName, attribute => attribute.AttributeType.Value);
        Check("its keys are", Keys(description.KeySchema), KeysOf(schema.HashKey, schema.RangeKey));
        if (schema.Index is not { } wanted) return;
        var index = (description.GlobalSecondaryIndexes ?? []).Find(candidate => candidate.IndexName == wanted.Name);
        Check($"its index {wanted.Name} has", index is null ? "no keys, for it is absent" : Keys(index.KeySchema), KeysOf(wanted.HashKey, wanted.RangeKey));
        var carried = index!.Projection.ProjectionType == ProjectionType.ALL ? wanted.Attributes : index.Projection.NonKeyAttributes ?? [];
        Check($"its index {wanted.Name} carries", string.Join(", ", carried.Order(StringComparer.Ordinal)), string.Join(", ", wanted.Attributes.Order(StringComparer.Ordinal)));

        void Check(string what, string actual, string expected)
        {
            if (actual != expected) throw Refused(schema, $"is of another schema: {what} {actual}, and {expected} is needed", "Nothing was changed in it. Name another table.");
        }

        string Keys(IEnumerable<KeySchemaElement> keys) => string.Join(", ", keys.Select(key => $"{key.AttributeName} {types.GetValueOrDefault(key.AttributeName)} {key.KeyType.Value}"));
    }

    private static string KeysOf(string hash, string range) => $"{hash} S HASH, {range} S RANGE";

    private static QueryRequest QueryOf(DynamoDBTableSchema schema, string? index, string hashKey) => new()
    {
        TableName = schema.Name,
        IndexName = index,
        Limit = 1,
        KeyConditionExpression = $"{hashKey} = :probe",
        ExpressionAttributeValues = new() { [":probe"] = new(ProbeKey) },
    };

    private static CreateTableRequest RequestOf(DynamoDBTableSchema schema)
    {
        var request = new CreateTableRequest
        {
            TableName = schema.Name,
            BillingMode = BillingMode.PAY_PER_REQUEST,
            KeySchema = [new(schema.HashKey, KeyType.HASH), new(schema.RangeKey, KeyType.RANGE)],
            AttributeDefinitions = [new(schema.HashKey, ScalarAttributeType.S), new(schema.RangeKey, ScalarAttributeType.S)],
        };
        if (schema.Index is not { } index) return request;
        request.AttributeDefinitions.AddRange(new[] { index.HashKey, index.RangeKey }
            .Where(name => request.AttributeDefinitions.TrueForAll(known => known.AttributeName != name))
            .Select(name => new AttributeDefinition(name, ScalarAttributeType.S)));
        request.GlobalSecondaryIndexes =
        [
            new()
            {
                IndexName = index.Name,
                KeySchema = [new(index.HashKey, KeyType.HASH), new(index.RangeKey, KeyType.RANGE)],
                Projection = new Projection { ProjectionType = ProjectionType.INCLUDE, NonKeyAttributes = [.. index.Attributes] },
            },
        ];
        return request;
    }
}

/// <summary>A table cannot be used; the message says which, why and what to do.</summary>
public sealed class DynamoDBTableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether these credentials lack a permission.</summary>
    internal bool IsDenied { get; init; }
}
