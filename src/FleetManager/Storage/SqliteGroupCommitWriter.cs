using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace FleetSystem.FleetManager.Storage;

/// <summary>
/// The one thread that writes. It takes every write that waits, applies them in one transaction, commits once, and only then completes them:
/// the disk is synchronized once a batch instead of once a write, and nothing is acknowledged that a crash could take back.
/// </summary>
internal sealed class SqliteGroupCommitWriter
{
    private readonly SqliteDatabase _database;
    private readonly SqliteStorageOptions _options;
    private readonly TimeProvider _time;
    private readonly StorageMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Channel<WriteRequest> _queue;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SqliteConnection _connection;

    /// <summary>Opens the database and starts the thread.</summary>
    public SqliteGroupCommitWriter(SqliteDatabase database, SqliteStorageOptions options, TimeProvider time, StorageMetrics metrics, ILogger logger)
    {
        _database = database;
        _options = options;
        _time = time;
        _metrics = metrics;
        _logger = logger;
        _queue = Channel.CreateBounded<WriteRequest>(new BoundedChannelOptions(options.WriteQueueLimit) { SingleReader = true });
        _connection = database.OpenWriter();
        new Thread(Run) { IsBackground = true, Name = "Grain storage writer" }.Start();
    }

    /// <summary>Queues a write and returns its result once it is durable. A caller that gives up while it is queued does not withdraw it.</summary>
    public async Task<TResult> WriteAsync<TResult>(WriteRequest<TResult> request, CancellationToken cancellationToken)
    {
        if (!_queue.Writer.TryWrite(request))
            await WaitForRoomAsync(request, cancellationToken);
        return await request.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Takes no more writes, commits those that wait, and closes the connection.</summary>
    public Task CloseAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        return _ended.Task.WaitAsync(cancellationToken);
    }

    private async Task WaitForRoomAsync(WriteRequest request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.WriteQueueTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await _queue.Writer.WriteAsync(request, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SqliteStorageException(
                $"The grain storage {_database.Path} is overloaded: {_options.WriteQueueLimit} writes waited for {_options.WriteQueueTimeout} without room for another, which was not made. "
                + $"Send less, use a faster disk, or raise {SqliteStorageOptions.SectionName}:{nameof(SqliteStorageOptions.WriteQueueLimit)}.");
        }
        catch (ChannelClosedException)
        {
            throw new SqliteStorageException($"The grain storage {_database.Path} is closed: the silo is stopping and takes no more writes.");
        }
    }

    private void Run()
    {
        try
        {
            using (_connection)
            using (var statements = new SqliteWriteStatements(_connection))
            {
                var batch = new List<WriteRequest>(_options.MaxBatch);
                while (WaitToRead())
                {
                    Fill(batch);
                    Commit(statements, batch);
                    batch.Clear();
                }
            }

            _ended.SetResult();
        }
        catch (Exception e)
        {
            // Nobody writes any more: whoever waits or comes later must hear of it.
            _queue.Writer.TryComplete();
            while (_queue.Reader.TryRead(out var request))
                request.Fail(e);
            _ended.SetException(e);
        }
    }

    private bool WaitToRead()
    {
        var wait = _queue.Reader.WaitToReadAsync();
        if (wait.IsCompleted) return wait.Result;

        // Not Task.Wait, which spins before it sleeps: this thread sleeps between most batches.
        var waiting = wait.AsTask();
        ((IAsyncResult)waiting).AsyncWaitHandle.WaitOne();
        return waiting.Result;
    }

    private void Fill(List<WriteRequest> batch)
    {
        var bytes = 0L;
        while (batch.Count < _options.MaxBatch && bytes < _options.MaxBatchBytes && _queue.Reader.TryRead(out var request))
        {
            batch.Add(request);
            bytes += request.Bytes;
        }
    }

    private void Commit(SqliteWriteStatements statements, List<WriteRequest> batch)
    {
        var started = _time.GetTimestamp();
        try
        {
            statements.Begin();
            foreach (var request in batch)
                request.Apply(statements);
            statements.Commit();
        }
        catch (Exception e)
        {
            TryRollback(statements);
            StorageLog.BatchFailed(_logger, e, _database.Path, batch.Count);
            foreach (var request in batch)
                request.Fail(Failure(e));
            return;
        }

        _metrics.Committed(_time.GetElapsedTime(started), batch.Count);
        foreach (var request in batch)
            request.Complete();
    }

    private static void TryRollback(SqliteWriteStatements statements)
    {
        try
        {
            statements.Rollback();
        }
        catch (SqliteException)
        {
            // SQLite has ended the transaction itself, or it never began.
        }
    }

    private SqliteStorageException Failure(Exception e)
    {
        var advice = (e as SqliteException)?.SqliteErrorCode switch
        {
            SqliteErrors.Full => "Free space on its disk.",
            SqliteErrors.Busy or SqliteErrors.Locked => $"Another process held its write lock for {_options.BusyTimeout}: let only one write much.",
            SqliteErrors.Corrupt or SqliteErrors.NotADatabase => "Its file is damaged: stop, and restore it from a copy.",
            _ => "Check its disk.",
        };
        return new SqliteStorageException($"The grain storage {_database.Path} could not commit: {e.Message.TrimEnd('.')}. {advice} Read the state again before writing it.", e);
    }
}
