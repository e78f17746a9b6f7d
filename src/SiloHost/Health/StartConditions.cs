using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FleetSystem.SiloHost.Health;

/// <summary>Asks the host's start conditions again and again until each has held once, or its patience is over.</summary>
internal sealed partial class StartConditions(IEnumerable<IStartCondition> conditions, TimeProvider time, ILogger<StartConditions> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<IStartCondition> _conditions = [.. conditions];
    private volatile IReadOnlyList<string> _missing = ["nothing has been looked at yet"];

    /// <summary>What is still missing.</summary>
    public IReadOnlyList<string> Missing => _conditions.Count == 0 ? [] : _missing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var since = time.GetUtcNow();
        var open = _conditions;
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            var found = await Task.WhenAll(open.Select(async condition => (condition, Missing: await FindAsync(condition, stoppingToken))));
            var late = found.Where(pair => pair.Missing is not null && time.GetUtcNow() - since >= pair.condition.Patience).ToList();
            foreach (var (_, missing) in late) LogWithout(log, missing!);
            var waiting = found.Where(pair => pair.Missing is not null).Except(late).ToList();
            open = [.. waiting.Select(pair => pair.condition)];
            _missing = [.. waiting.Select(pair => pair.Missing!)];
        }
        while (open.Count > 0 && !stoppingToken.IsCancellationRequested && await NextAsync(timer, stoppingToken));
    }

    // A host whose start fails is disposed of without a stop: a cancellation that came out here would be logged as a crash.
    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<string?> FindAsync(IStartCondition condition, CancellationToken stopping)
    {
        using var late = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        try
        {
            // Whoever is asked need not heed the token: a grain call does not.
            return await condition.FindMissingAsync(either.Token).WaitAsync(either.Token);
        }
        catch (Exception fault)
        {
            return fault is OperationCanceledException ? $"no answer within {Timeout.TotalSeconds:0} s" : fault.Message;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ready without what was waited for at the start: {Missing}")]
    private static partial void LogWithout(ILogger logger, string missing);
}
