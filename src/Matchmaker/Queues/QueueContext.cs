using FleetSystem.FleetModel.Configuration;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Queues;

/// <summary>What one life of a queue works with.</summary>
internal sealed record QueueContext
{
    /// <summary>The queue's configuration.</summary>
    public required MatchmakingQueueOptions Queue { get; init; }

    /// <summary>The fleet that its matches play on.</summary>
    public required FleetOptions Fleet { get; init; }

    /// <summary>Regions that the fleet runs in.</summary>
    public required IReadOnlyList<string> Regions { get; init; }

    /// <summary>The cell that keeps its sessions; null where cells know no peers.</summary>
    public string? Home { get; init; }

    /// <summary>How this host runs queues.</summary>
    public required QueueOptions Options { get; init; }

    /// <summary>Others' grains.</summary>
    public required IGrainFactory Grains { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>What is measured.</summary>
    public required QueueMetrics Metrics { get; init; }

    /// <summary>The log.</summary>
    public required ILogger Log { get; init; }

    /// <summary>The queue's id.</summary>
    public string Id => Queue.Id;

    /// <summary>The time.</summary>
    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>A pause, which the queue's end cuts short.</summary>
    public async Task PauseAsync(TimeSpan pause, CancellationToken ended) =>
        await Task.Delay(pause, Time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
}

/// <summary>Makes the context of a queue from the configuration.</summary>
internal sealed class QueueContexts(IOptions<FleetSystemOptions> system, IOptions<MatchmakerOptions> options, TimeProvider time, QueueMetrics metrics, ILoggerFactory logs)
{
    /// <summary>The context of a queue; null when the configuration has no such queue.</summary>
    public QueueContext? Find(string id, IGrainFactory grains)
    {
        if (system.Value.Queues.FirstOrDefault(queue => queue.Id == id) is not { } queue) return null;
        if (system.Value.Fleets.FirstOrDefault(fleet => fleet.Id == queue.Fleet) is not { } fleet) return null;
        return new QueueContext
        {
            Queue = queue,
            Fleet = fleet,
            Regions = [.. system.Value.Regions.Select(region => region.Id).Where(fleet.RunsIn)],
            Home = options.Value.Cells.Peers.Count > 0 ? system.Value.Cell : null,
            Options = options.Value.Queues,
            Grains = grains,
            Time = time,
            Metrics = metrics,
            Log = logs.CreateLogger<MatchmakingQueueGrain>(),
        };
    }
}
