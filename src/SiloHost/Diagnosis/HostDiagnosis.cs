using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FleetSystem.SiloHost.Diagnosis;

/// <summary>
/// Looks at everything around the host that it needs: told by <c>--check-config</c> and to operators. One round at a time, and a fresh one serves everybody who asks
/// meanwhile: what is looked at has work of its own to do.
/// </summary>
public sealed class HostDiagnosis(IEnumerable<IDiagnosis> parts, TimeProvider time)
{
    /// <summary>How long one look may take.</summary>
    public static readonly TimeSpan StepTimeout = TimeSpan.FromSeconds(15);

    /// <summary>How long a round's findings are given to others who ask.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    // Looks at once: a cell may have a hundred clusters.
    private const int MaxSteps = 16;

    private readonly Lock _gate = new();
    private Task<DiagnosisRound>? _round;

    /// <summary>The findings, in the order of the parts and their steps.</summary>
    /// <param name="cancellationToken">Ends the wait, not the round: others may wait for it too.</param>
    public Task<DiagnosisRound> LookAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_round is not { } known || (known.IsCompleted && (!known.IsCompletedSuccessfully || time.GetUtcNow() - known.Result.At >= Freshness))) _round = Task.Run(RunAsync, CancellationToken.None);
            return _round.WaitAsync(cancellationToken);
        }
    }

    private async Task<DiagnosisRound> RunAsync()
    {
        using var places = new SemaphoreSlim(MaxSteps);
        var findings = await Task.WhenAll(parts.SelectMany(part => part.Steps()).Select(async step =>
        {
            await places.WaitAsync();
            try
            {
                return await TakeAsync(step);
            }
            finally
            {
                places.Release();
            }
        }));
        return new DiagnosisRound(time.GetUtcNow(), [.. findings.SelectMany(found => found)]);
    }

    private async Task<IReadOnlyList<Finding>> TakeAsync(DiagnosisStep step)
    {
        using var late = new CancellationTokenSource(StepTimeout, time);
        try
        {
            // A client that does not heed its token must not keep the others' findings from whoever asked.
            return await step.LookAsync(late.Token).WaitAsync(late.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            return [new Finding(step.Subject, FindingState.Failed, $"gave no answer within {StepTimeout.TotalSeconds:0} s: look at the network between here and there.")];
        }
        catch (Exception fault)
        {
            return [new Finding(step.Subject, FindingState.Failed, fault.Message)];
        }
    }
}

/// <summary>What a round has found.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Findings">The findings.</param>
public sealed record DiagnosisRound(DateTimeOffset At, IReadOnlyList<Finding> Findings)
{
    /// <summary>The worst of them.</summary>
    public FindingState Worst => Findings.Count == 0 ? FindingState.Passed : Findings.Max(finding => finding.State);
}

/// <summary>Adds diagnosis to a host.</summary>
public static class DiagnosisSetup
{
    /// <summary>Adds a part that knows what to look at.</summary>
    public static IServiceCollection AddDiagnosis<T>(this IServiceCollection services)
        where T : class, IDiagnosis
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<HostDiagnosis>();
        return services.AddSingleton<IDiagnosis, T>();
    }
}
