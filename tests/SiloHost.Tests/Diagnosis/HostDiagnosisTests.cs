using FleetSystem.SiloHost.Diagnosis;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.SiloHost.Tests.Diagnosis;

public sealed class HostDiagnosisTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Part _part = new();
    private int _looks;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LookAsync_SeveralParts_FindingsInTheirOrderAndTheWorst()
    {
        var slow = new TaskCompletionSource<IReadOnlyList<Finding>>();
        _part.Add("one", _ => slow.Task);
        _part.Add("two", _ => Task.FromResult<IReadOnlyList<Finding>>([new("two", FindingState.Warning, "hm")]));
        var looking = new HostDiagnosis([_part], _time).LookAsync(Cancelled);
        slow.SetResult([new("one", FindingState.Passed, "fine")]);

        var round = await looking;

        Assert.Equal(["one", "two"], round.Findings.Select(finding => finding.Subject));
        Assert.Equal(FindingState.Warning, round.Worst);
    }

    [Fact]
    public async Task LookAsync_StepThrows_IsAFindingAndTheOthersAreTold()
    {
        _part.Add("broken", _ => throw new InvalidOperationException("no such thing"));
        _part.Add("fine", Passed);

        var round = await new HostDiagnosis([_part], _time).LookAsync(Cancelled);

        Assert.Equal([FindingState.Failed, FindingState.Passed], round.Findings.Select(finding => finding.State));
        Assert.Equal(("broken", "no such thing"), (round.Findings[0].Subject, round.Findings[0].Message));
    }

    [Fact]
    public async Task LookAsync_StepHangsAndHeedsNoToken_EndsAfterItsTime()
    {
        var asked = new TaskCompletionSource();
        _part.Add("silent", _ =>
        {
            asked.SetResult();
            return new TaskCompletionSource<IReadOnlyList<Finding>>().Task;
        });
        _part.Add("fine", Passed);
        var looking = new HostDiagnosis([_part], _time).LookAsync(Cancelled);
        await asked.Task.WaitAsync(Cancelled);

        while (!looking.IsCompleted)
        {
            Cancelled.ThrowIfCancellationRequested();
            _time.Advance(HostDiagnosis.StepTimeout);
            await Task.Yield();
        }

        Assert.Equal([FindingState.Failed, FindingState.Passed], (await looking).Findings.Select(finding => finding.State));
        Assert.Contains("no answer within 15 s", (await looking).Findings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LookAsync_AskedAgainSoon_TheSameRoundAndLaterAnother()
    {
        _part.Add("counted", Counted);
        var diagnosis = new HostDiagnosis([_part], _time);

        var rounds = await Task.WhenAll(diagnosis.LookAsync(Cancelled), diagnosis.LookAsync(Cancelled));
        await diagnosis.LookAsync(Cancelled);
        Assert.Equal((1, true), (_looks, ReferenceEquals(rounds[0], rounds[1])));

        _time.Advance(HostDiagnosis.Freshness);
        await diagnosis.LookAsync(Cancelled);
        Assert.Equal(2, _looks);
    }

    [Fact]
    public async Task LookAsync_CallerGoesAway_TheRoundGoesOnForOthers()
    {
        var slow = new TaskCompletionSource<IReadOnlyList<Finding>>();
        _part.Add("slow", _ => slow.Task);
        var diagnosis = new HostDiagnosis([_part], _time);
        using var gone = new CancellationTokenSource();
        var first = diagnosis.LookAsync(gone.Token);
        var second = diagnosis.LookAsync(Cancelled);

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        slow.SetResult([new("slow", FindingState.Passed, "fine")]);

        Assert.Equal(FindingState.Passed, (await second).Worst);
    }

    private Task<IReadOnlyList<Finding>> Counted(CancellationToken token)
    {
        Interlocked.Increment(ref _looks);
        return Passed(token);
    }

    private static Task<IReadOnlyList<Finding>> Passed(CancellationToken token) => Task.FromResult<IReadOnlyList<Finding>>([new("fine", FindingState.Passed, "fine")]);

    private sealed class Part : IDiagnosis
    {
        private readonly List<DiagnosisStep> _steps = [];

        public void Add(string subject, Func<CancellationToken, Task<IReadOnlyList<Finding>>> look) => _steps.Add(new(subject, look));

        public IEnumerable<DiagnosisStep> Steps() => _steps;
    }
}
