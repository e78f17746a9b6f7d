using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost.Health;

/// <summary>
/// What a host does between being told to stop and stopping: it is not ready any more, serves on for a while, ends its streams so that their
/// clients go elsewhere, and cuts off what takes too long. Then the server stops, and after it the silo.
/// </summary>
public sealed partial class HostDrain(IOptions<SiloOptions> options, TimeProvider time, ILogger<HostDrain> log) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _streams = new();
    private readonly CancellationTokenSource _requests = new();
    private ITimer? _limit;

    /// <summary>Since when the host drains, or null.</summary>
    public DateTimeOffset? Since { get; private set; }

    /// <summary>Cancelled when streams that would otherwise last for ever are to end.</summary>
    public CancellationToken StreamsEnd => _streams.Token;

    /// <summary>Cancelled when requests that are still under way are cut off.</summary>
    public CancellationToken RequestsEnd => _requests.Token;

    /// <summary>Drains; the host stops when this has returned.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var drain = options.Value.Drain;
        Since = time.GetUtcNow();
        LogDraining(log, drain.Delay.TotalSeconds);
        if (drain.Delay > TimeSpan.Zero)
            await Task.Delay(drain.Delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _streams.CancelAsync();
        if (drain.RequestTimeout > TimeSpan.Zero) _limit = time.CreateTimer(_ => CutOff(), null, drain.RequestTimeout, Timeout.InfiniteTimeSpan);
        else CutOff();
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        _limit?.Dispose();
        _streams.Dispose();
        _requests.Dispose();
    }

    private void CutOff()
    {
        try
        {
            _requests.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The host has stopped meanwhile.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Told to stop: not ready any more, serving on for {DelaySeconds:0.#} s")]
    private static partial void LogDraining(ILogger logger, double delaySeconds);
}
