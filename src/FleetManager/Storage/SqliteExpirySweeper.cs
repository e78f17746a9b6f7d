namespace FleetSystem.FleetManager.Storage;

/// <summary>Deletes expired states at intervals, through the writer, a limited number a transaction.</summary>
internal sealed class SqliteExpirySweeper : IAsyncDisposable
{
    private readonly SqliteGroupCommitWriter _writer;
    private readonly SqliteStorageOptions _options;
    private readonly TimeProvider _time;
    private readonly StorageMetrics _metrics;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;

    public SqliteExpirySweeper(SqliteGroupCommitWriter writer, SqliteStorageOptions options, TimeProvider time, StorageMetrics metrics, ILogger logger)
    {
        _writer = writer;
        _options = options;
        _time = time;
        _metrics = metrics;
        _logger = logger;
        _loop = RunAsync(new PeriodicTimer(options.SweepInterval, time));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
    }

    private async Task RunAsync(PeriodicTimer timer)
    {
        using (timer)
        {
            try
            {
                while (await timer.WaitForNextTickAsync(_stopping.Token))
                    await TrySweepAsync();
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                // The store is closing.
            }
        }
    }

    private async Task TrySweepAsync()
    {
        try
        {
            int deleted;
            do
            {
                deleted = await _writer.WriteAsync(new SweepRequest(_time.GetUtcNow(), _options.SweepBatchLimit), _stopping.Token);
                _metrics.Expired(deleted);
                StorageLog.Swept(_logger, _options.Path, deleted);
            }
            while (deleted == _options.SweepBatchLimit);
        }
        catch (SqliteStorageException e)
        {
            StorageLog.SweepFailed(_logger, e, _options.Path, _options.SweepInterval);
        }
    }
}
