using FleetSystem.LocalCloud.Bots;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.LocalCloud.Tests.Bots;

public sealed class BotLedgerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly BotLedger _ledger;

    public BotLedgerTests() => _ledger = new BotLedger(_time, TimeSpan.FromMilliseconds(600));

    [Fact]
    public void State_EverythingAnswered_NothingLostOrViolated()
    {
        _ledger.Welcome(10, 100, sameServer: false);
        for (uint i = 1; i <= 3000; i++)
        {
            Assert.Equal(i, _ledger.Next());
            _ledger.State(i, 10 + i, 100 + 2 * i);
        }

        Settle();
        Assert.Equal((3000L, 0L), (_ledger.Answered, _ledger.Lost));
        Assert.Empty(_ledger.Violations);
    }

    [Fact]
    public void Settle_InputsWithoutAnswer_AreLostAfterTheirTime()
    {
        Send(10);
        _ledger.State(3, 3, 3);
        _ledger.Settle();
        Assert.Equal(0, _ledger.Lost);

        Settle();
        Assert.Equal((1L, 9L), (_ledger.Answered, _ledger.Lost));
    }

    [Fact]
    public void Next_NothingEverAnswered_LosesTheOldestOnceTheWindowIsFull()
    {
        Send(1024);
        Assert.Equal(0, _ledger.Lost);
        Send(10);
        Assert.Equal(10, _ledger.Lost);
    }

    [Fact]
    public void State_AnswerAfterItsTime_IsNoLossAfterAll()
    {
        Send(2);
        Settle();
        _ledger.State(2, 2, 2);
        Assert.Equal((1L, 1L), (_ledger.Answered, _ledger.Lost));
    }

    [Fact]
    public void State_AnswersOvertakeEachOther_IsNoViolation()
    {
        Send(3);
        _ledger.State(3, 3, 9);
        _ledger.State(2, 2, 8);
        Assert.Empty(_ledger.Violations);
        Assert.Equal(3UL, _ledger.Counter);
    }

    [Theory]
    [InlineData(5, 4, 4)]
    [InlineData(4, 2, 9)]
    [InlineData(4, 5, 9)]
    [InlineData(4, 3, 2)]
    [InlineData(4, 3, 7)]
    public void State_CannotBeTrue_IsAViolation(uint acknowledged, ulong counter, ulong total)
    {
        Send(4);
        _ledger.State(3, 3, 8);

        _ledger.State(acknowledged, counter, total);

        Assert.NotEmpty(_ledger.Violations);
    }

    [Fact]
    public void Welcome_SameServerForgot_IsAViolationAndAnotherServerIsNot()
    {
        Send(4);
        _ledger.State(4, 4, 4);

        _ledger.Welcome(0, 0, sameServer: false);
        Assert.Empty(_ledger.Violations);

        Send(4);
        _ledger.State(4, 4, 4);
        _ledger.Welcome(0, 4, sameServer: true);
        Assert.Single(_ledger.Violations);
    }

    private void Send(int inputs)
    {
        for (var i = 0; i < inputs; i++)
            _ledger.Next();
    }

    private void Settle()
    {
        _time.Advance(TimeSpan.FromMilliseconds(600));
        _ledger.Settle();
    }
}
