using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.Matchmaker.Api;
using FleetSystem.Matchmaker.Tests.Grpc;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.Matchmaker.Tests.Api;

/// <summary>A caller gets his answer though the session's silo goes away.</summary>
public sealed class SessionCallsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _clock = new();
    private readonly FakeSessions _sessions = new();
    private readonly SessionCalls _calls;

    public SessionCallsTests() =>
        _calls = new SessionCalls(_sessions.AsGrains(), Options.Create(new MatchmakerOptions { CallPatience = Patience }), _clock, NullLogger<SessionCalls>.Instance);

    public static TheoryData<Exception> PassingFaults => new(new Exception[] { new SiloUnavailableException("dead"), new SessionUnavailableException("read again", null) });

    [Theory]
    [MemberData(nameof(PassingFaults))]
    public async Task AskAsync_SiloGoneForAMoment_AnswerOfTheNextTry(Exception fault)
    {
        _sessions.Broken = fault;
        var asking = Create(TimeSpan.Zero);
        Assert.False(asking.IsCompleted);
        _clock.Advance(Patience / 4);
        Assert.False(asking.IsCompleted);
        _sessions.Broken = null;
        await Until(asking);
        Assert.Equal(CreateOutcome.Created, (await asking).Outcome);
    }

    [Fact]
    public async Task AskAsync_SiloStaysGone_ToldAfterThePatienceAlone()
    {
        _sessions.Broken = new SiloUnavailableException("gone");
        var began = _clock.GetUtcNow();
        var asking = Create(TimeSpan.FromMinutes(2));
        await Until(asking);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => asking);
        Assert.InRange(_clock.GetUtcNow() - began, Patience - TimeSpan.FromSeconds(2), Patience);
    }

    [Fact]
    public async Task AskAsync_TryFailsWhenNoTimeIsLeftForAnother_ToldWhyItFailed()
    {
        var call = new TaskCompletionSource<int>();
        var asking = _calls.AskAsync("s", TimeSpan.Zero, _ => call.Task);
        _clock.Advance(Patience - TimeSpan.FromMilliseconds(20));
        call.SetException(new SessionUnavailableException("read again", null));
        await Until(asking);
        Assert.Equal("read again", (await Assert.ThrowsAsync<SessionUnavailableException>(() => asking)).Message);
    }

    [Fact]
    public async Task AskAsync_NoAnswer_TimeOutOnceTheOperationCannotLastLonger()
    {
        var began = _clock.GetUtcNow();
        var asking = _calls.AskAsync("s", TimeSpan.FromSeconds(30), _ => new TaskCompletionSource<int>().Task);
        await Until(asking);
        await Assert.ThrowsAsync<TimeoutException>(() => asking);
        Assert.Equal(TimeSpan.FromSeconds(30) + Patience, _clock.GetUtcNow() - began);
    }

    [Fact]
    public async Task AskAsync_FaultOfTheSession_NotAskedAgain()
    {
        var asked = 0;
        await Assert.ThrowsAsync<InvalidOperationException>(() => _calls.AskAsync<int>("s", TimeSpan.Zero, _ =>
        {
            asked++;
            throw new InvalidOperationException("broken");
        }));
        Assert.Equal(1, asked);
    }

    private Task<CreateReply> Create(TimeSpan lasts) => _calls.AskAsync("s", lasts, session => session.Create(
        new SessionRequest { Fleet = "arena", Players = [], WaitFor = WaitFor.Allocated, Deadline = TimeSpan.FromSeconds(1), Lifetime = TimeSpan.FromHours(1) }, "print"));

    private async Task Until(Task task)
    {
        for (var step = 0; step < 1000 && !task.IsCompleted; step++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Yield();
        }

        Assert.True(task.IsCompleted);
    }
}
