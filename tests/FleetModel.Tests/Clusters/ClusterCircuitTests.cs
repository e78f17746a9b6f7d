using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.FleetModel.Tests.Clusters;

public sealed class ClusterCircuitTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly CircuitOptions _options = new();
    private DateTimeOffset _now = Start;
    private ClusterCircuit? _made;

    private ClusterCircuit Circuit => _made ??= new ClusterCircuit(_options, seed: 1, Start);

    [Fact]
    public void Leave_FailuresInARow_OpensAtTheLimitWithTheLastReason()
    {
        Claims(_options.FailuresToOpen - 1, CallResult.Failed);
        Assert.Equal(CircuitState.Closed, Circuit.State);
        Claim(CallResult.Failed, "503: away");
        Assert.Equal((CircuitState.Open, "503: away", _now), (Circuit.State, Circuit.Reason, Circuit.Since));
        Assert.Null(Circuit.TryEnter(_now));
    }

    [Fact]
    public void Leave_ASuccessInBetween_TheRowBeginsAnew()
    {
        Claims(_options.FailuresToOpen - 1, CallResult.Failed);
        Claim(CallResult.Succeeded);
        Claims(_options.FailuresToOpen - 1, CallResult.Failed);
        Assert.Equal(CircuitState.Closed, Circuit.State);
    }

    [Fact]
    public void Leave_TimeoutThenUnansweredRead_OpensForTheNextRequestAlready()
    {
        Claim(CallResult.TimedOut);
        Assert.Equal(CircuitState.Closed, Circuit.State);
        Circuit.ReadFailed(timedOut: true, "no answer", _now);
        Assert.Equal(CircuitState.Open, Circuit.State);
    }

    [Fact]
    public void Leave_AnsweredReadsBetweenTimeouts_OpensAllTheSame()
    {
        // Agones is away behind an API server that answers.
        Claim(CallResult.TimedOut);
        Circuit.ReadAnswered(_now);
        Claim(CallResult.TimedOut);
        Assert.Equal(CircuitState.Open, Circuit.State);
    }

    [Fact]
    public void Leave_NeutralResults_NeverOpen()
    {
        Claims(1_000, CallResult.Neutral);
        Assert.Equal(CircuitState.Closed, Circuit.State);
    }

    [Theory]
    [InlineData(CallResult.Failed, false)]
    [InlineData(CallResult.Succeeded, true)]
    public void Leave_HalfOfTheWindowFailedOrSlow_Opens(CallResult bad, bool slow)
    {
        for (var i = 1; i < _options.WindowMinCalls / 2; i++)
        {
            Claim(bad, took: slow ? _options.SlowCall * 1.01 : TimeSpan.Zero);
            Claim(CallResult.Succeeded);
            _now = Start;
        }

        Claim(CallResult.Succeeded);
        Assert.Equal(CircuitState.Closed, Circuit.State);
        Claim(bad, took: slow ? _options.SlowCall * 1.01 : TimeSpan.Zero);
        Assert.Equal(CircuitState.Open, Circuit.State);
    }

    [Fact]
    public void Leave_BadCallsOlderThanTheWindow_DoNotCount()
    {
        for (var i = 0; i < _options.WindowMinCalls / 2; i++)
        {
            if (i > 0) Claim(CallResult.Succeeded);
            Claim(CallResult.Failed);
        }

        _now += _options.Window;
        Claims(_options.WindowMinCalls - 1, CallResult.Succeeded);
        Claim(CallResult.Failed);
        Assert.Equal(CircuitState.Closed, Circuit.State);
    }

    [Fact]
    public void ReadAnswered_Open_HalfOpenForAFewClaimsAtOnceAndTheFirstSuccessCloses()
    {
        Open();
        Circuit.ReadAnswered(_now);
        Assert.Equal(CircuitState.HalfOpen, Circuit.State);
        var passes = Enumerable.Range(0, _options.HalfOpenClaims).Select(_ => Circuit.TryEnter(_now)!.Value).ToList();
        Assert.Null(Circuit.TryEnter(_now));
        Circuit.Leave(passes[0], CallResult.Neutral, "", _now);
        Assert.NotNull(Circuit.TryEnter(_now));
        Circuit.Leave(passes[1], CallResult.Succeeded, "", _now);
        Assert.Equal((CircuitState.Closed, "", DateTimeOffset.MaxValue), (Circuit.State, Circuit.Reason, Circuit.ProbeAt));
    }

    [Fact]
    public void ReadAnswered_NobodyClaims_ClosesByProbesAloneAndOneFailureOpensAgain()
    {
        Open();
        for (var probe = 1; probe <= _options.ProbesToClose; probe++)
        {
            Assert.NotEqual(CircuitState.Closed, Circuit.State);
            _now = Circuit.ProbeAt;
            Circuit.ReadAnswered(_now);
        }

        Assert.Equal(CircuitState.Closed, Circuit.State);
        Claim(CallResult.Failed);
        Assert.Equal(CircuitState.Open, Circuit.State);
    }

    [Fact]
    public void ReadAnswered_AClaimIsUnderWay_ProbesDoNotClose()
    {
        Open();
        Circuit.ReadAnswered(_now);
        Circuit.TryEnter(_now);
        for (var probe = 0; probe < 10; probe++) Circuit.ReadAnswered(_now);
        Assert.Equal(CircuitState.HalfOpen, Circuit.State);
    }

    [Fact]
    public void Leave_CallFromBeforeTheOpening_SaysNothing()
    {
        var late = Circuit.TryEnter(_now)!.Value;
        Open();
        Circuit.ReadAnswered(_now);
        Circuit.Leave(late, CallResult.Succeeded, "", _now);
        Assert.Equal(CircuitState.HalfOpen, Circuit.State);
        Circuit.Leave(late, CallResult.TimedOut, "", _now);
        Assert.Equal(CircuitState.HalfOpen, Circuit.State);
    }

    [Fact]
    public void ReadFailed_AgainAndAgain_TheWaitDoublesUpToItsLimitUntilAClaimSucceeds()
    {
        Open();
        var limit = _options.OpenMin;
        for (var round = 0; round < 12; round++)
        {
            Assert.InRange(Circuit.ProbeAt - _now, limit / 2, limit);
            limit = limit * 2 < _options.OpenMax ? limit * 2 : _options.OpenMax;
            _now = Circuit.ProbeAt;

            // Also when a probe is answered in between: Agones may be away behind it.
            if (round % 3 == 0) Circuit.ReadAnswered(_now);
            Circuit.ReadFailed(timedOut: false, "still away", _now);
        }

        Circuit.ReadAnswered(_now);
        Claim(CallResult.Succeeded);
        Open();
        Assert.InRange(Circuit.ProbeAt - _now, _options.OpenMin / 2, _options.OpenMin);
    }

    [Fact]
    public void Check_EveryLimitOutOfRange_EachToldWithItsKey()
    {
        var faults = new FaultList("FleetManager");
        new CircuitOptions
        {
            FailuresToOpen = 0,
            TimeoutsToOpen = 101,
            BadShareToOpen = double.NaN,
            Window = TimeSpan.Zero,
            WindowMinCalls = 1,
            SlowCall = TimeSpan.Zero,
            OpenMin = TimeSpan.FromMinutes(11),
            OpenMax = TimeSpan.FromMinutes(1),
            HalfOpenClaims = 0,
            ProbesToClose = 0,
            ProbeInterval = TimeSpan.Zero,
            ProbeTimeout = TimeSpan.FromHours(1),
        }.Check(faults, "Circuit");
        var told = faults.ToResult().Failures!.ToList();
        Assert.Equal(typeof(CircuitOptions).GetProperties().Length, told.Count);
        Assert.All(typeof(CircuitOptions).GetProperties(), property => Assert.Contains(told, fault => fault.StartsWith($"FleetManager:Circuit:{property.Name} ", StringComparison.Ordinal)));
    }

    private void Open()
    {
        Claims(_options.FailuresToOpen, CallResult.Failed);
        Assert.Equal(CircuitState.Open, Circuit.State);
    }

    private void Claims(int count, CallResult result)
    {
        for (var i = 0; i < count; i++) Claim(result);
    }

    private void Claim(CallResult result, string reason = "a reason", TimeSpan took = default)
    {
        var pass = Circuit.TryEnter(_now)!.Value;
        _now += took;
        Circuit.Leave(pass, result, reason, _now);
    }
}
