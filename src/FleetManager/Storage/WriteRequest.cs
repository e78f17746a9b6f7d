namespace FleetSystem.FleetManager.Storage;

/// <summary>One queued write. The writer applies it inside a transaction and reports it only after that transaction is committed.</summary>
internal abstract class WriteRequest
{
    /// <summary>What it adds to a transaction's size.</summary>
    public virtual int Bytes => 0;

    public abstract void Apply(SqliteWriteStatements statements);

    public abstract void Complete();

    public abstract void Fail(Exception exception);
}

/// <summary>A queued write with a result.</summary>
internal abstract class WriteRequest<TResult> : WriteRequest
{
    // Asynchronous continuations: the writer must go on to the next batch, not run its callers' code.
    private readonly TaskCompletionSource<TResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TResult? _result;

    public Task<TResult> Task => _completion.Task;

    public override void Apply(SqliteWriteStatements statements) => _result = Execute(statements);

    public override void Complete() => _completion.SetResult(_result!);

    public override void Fail(Exception exception) => _completion.SetException(exception);

    protected abstract TResult Execute(SqliteWriteStatements statements);
}

/// <summary>What became of a conditional write.</summary>
/// <param name="Applied">False when the stored ETag was not the expected one.</param>
/// <param name="ETag">The ETag stored afterwards, or the one in the way; null when no state is stored.</param>
internal readonly record struct WriteOutcome(bool Applied, GrainStateETag? ETag);

/// <summary>Stores a state: a new one when no ETag is given, else the successor of that ETag.</summary>
internal sealed class PutRequest(GrainStateRow row, GrainStateETag? expected) : WriteRequest<WriteOutcome>
{
    public override int Bytes => row.Payload.Length;

    protected override WriteOutcome Execute(SqliteWriteStatements statements)
    {
        var stored = expected is { } etag ? statements.Update(row, etag) : statements.Insert(row);
        return stored is { } now ? new WriteOutcome(true, now) : new WriteOutcome(false, statements.Find(row.StateName, row.GrainId));
    }
}

/// <summary>Deletes a state of an expected ETag; without one there must be nothing to delete.</summary>
internal sealed class ClearRequest(string stateName, string grainId, GrainStateETag? expected) : WriteRequest<WriteOutcome>
{
    protected override WriteOutcome Execute(SqliteWriteStatements statements)
    {
        if (expected is { } etag && statements.Delete(stateName, grainId, etag))
            return new WriteOutcome(true, null);
        var stored = statements.Find(stateName, grainId);
        return new WriteOutcome(expected is null && stored is null, stored);
    }
}

/// <summary>Deletes a limited number of expired states and returns how many.</summary>
internal sealed class SweepRequest(DateTimeOffset now, int limit) : WriteRequest<int>
{
    protected override int Execute(SqliteWriteStatements statements) => statements.Sweep(now.ToUnixTimeMilliseconds(), limit);
}
