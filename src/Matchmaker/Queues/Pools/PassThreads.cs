namespace FleetSystem.Matchmaker.Queues.Pools;

/// <summary>
/// Runs passes on threads of their own: one takes up to some hundred milliseconds of a processor, and on the threads that grains share a few of them would keep
/// every other grain of the silo waiting. As many run at once as leave a processor to everything else.
/// </summary>
internal sealed class PassThreads : IDisposable
{
    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount - 1));

    /// <summary>Runs one; the others wait for their turn.</summary>
    public async Task<T> RunAsync<T>(Func<T> pass)
    {
        await _turns.WaitAsync();
        try
        {
            return await Task.Factory.StartNew(pass, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();
}
