using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Tour;

/// <summary>Runs steps in order until one fails; the last step, which ends everything, runs in any case.</summary>
internal sealed class TourRunner(TimeProvider time, TimeSpan stepTimeout)
{
    /// <summary>Runs the steps and tells each result as it comes.</summary>
    public async Task<IReadOnlyList<TourResult>> RunAsync(IReadOnlyList<TourStep> steps, Action<TourResult> tell, CancellationToken cancellationToken)
    {
        var results = new List<TourResult>();
        foreach (var (index, step) in steps.Index())
        {
            var isLast = index == steps.Count - 1;
            if (!isLast && results.Any(result => !result.Ok)) continue;
            var result = await RunAsync(step, isLast ? CancellationToken.None : cancellationToken);
            results.Add(result);
            tell(result);
        }

        return results;
    }

    /// <summary>The report as a file holds it.</summary>
    public static JsonObject Report(IReadOnlyList<TourResult> results) => new()
    {
        ["ok"] = results.All(result => result.Ok),
        ["steps"] = new JsonArray([.. results.Select(result => (JsonNode)new JsonObject
        {
            ["name"] = result.Name,
            ["ok"] = result.Ok,
            ["milliseconds"] = result.Milliseconds,
            ["detail"] = result.Detail.DeepClone(),
        })]),
    };

    private async Task<TourResult> RunAsync(TourStep step, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(stepTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var started = time.GetTimestamp();
        try
        {
            var detail = await step.RunAsync(both.Token).WaitAsync(both.Token);
            return new TourResult(step.Name, true, Elapsed(started), detail);
        }
        catch (Exception fault)
        {
            var reason = fault is OperationCanceledException && late.IsCancellationRequested ? $"not done within {stepTimeout.TotalSeconds:0} s" : fault.Message;
            return new TourResult(step.Name, false, Elapsed(started), new JsonObject { ["error"] = reason });
        }
    }

    private long Elapsed(long started) => (long)time.GetElapsedTime(started).TotalMilliseconds;
}
