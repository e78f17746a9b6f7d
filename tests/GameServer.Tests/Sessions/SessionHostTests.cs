using System.Net;
using FleetSystem.GameServer.Options;
using FleetSystem.GameServer.Protocol;
using FleetSystem.GameServer.Sessions;
using FleetSystem.GameServer.Tests.Join;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.GameServer.Tests.Sessions;

public sealed class SessionHostTests : IDisposable
{
    private static readonly SessionClaim Claim = new("s-1", 1, "arena", "arena-1", null, null);
    private static readonly GameServerOptions Options = new()
    {
        PlayersMax = 2,
        PlayerTimeout = TimeSpan.FromSeconds(10),
        IdleEnd = TimeSpan.FromSeconds(30),
        JoinsPerSecondMax = 50,
        SessionsMax = 2,
    };

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 1, 0, 0, TimeSpan.Zero));
    private readonly TokenSigner _signer;
    private readonly SessionHost _host;

    public SessionHostTests()
    {
        _signer = new TokenSigner(_time);
        _host = new SessionHost(Options, _signer.Verifier, _time);
    }

    public void Dispose() => _signer.Dispose();

    [Fact]
    public async Task AnswerAsync_JoinAndInputs_CountForPlayerAndSession()
    {
        TakeUp();
        var first = (await JoinAsync(1, "p1")).ConnectionId;
        var second = (await JoinAsync(2, "p2", port: 2)).ConnectionId;

        await InputAsync(first, 1);
        await InputAsync(first, 2);
        var answer = await InputAsync(second, 1, port: 2);

        Assert.Equal((1U, 1UL, 3UL), (answer!.Acknowledged, answer.Counter, answer.Total));
    }

    [Fact]
    public async Task AnswerAsync_JoinRepeated_SameConnectionAndState()
    {
        TakeUp();
        var first = await JoinAsync(1, "p1");
        await InputAsync(first.ConnectionId, 1);

        var again = await JoinAsync(1, "p1");

        Assert.Equal(first.ConnectionId, again.ConnectionId);
        Assert.Equal(1UL, again.WelcomeCounter);
        Assert.Single(_host.PlayerIds);
    }

    [Fact]
    public async Task AnswerAsync_JoinAnewAfterRestart_NewConnectionStateKept()
    {
        TakeUp();
        var first = await JoinAsync(1, "p1");
        await InputAsync(first.ConnectionId, 1);

        var restarted = await JoinAsync(2, "p1");
        var old = await InputAsync(first.ConnectionId, 2);
        var state = await InputAsync(restarted.ConnectionId, 1);

        Assert.NotEqual(first.ConnectionId, restarted.ConnectionId);
        Assert.Equal(MessageType.UnknownConnection, old!.Type);
        Assert.Equal(2UL, state!.Counter);
    }

    [Fact]
    public async Task AnswerAsync_InputFromAnotherAddress_StateGoesOnAndNoticesFollow()
    {
        TakeUp();
        var connection = (await JoinAsync(1, "p1", port: 1000)).ConnectionId;
        await InputAsync(connection, 1, port: 1000);

        var moved = await InputAsync(connection, 2, port: 2000);

        Assert.Equal((2U, 2UL), (moved!.Acknowledged, moved.Counter));
        Assert.Equal(2000, PortOf(Assert.Single(_host.Close(ClosingReason.Stopping)).To));
    }

    [Fact]
    public async Task AnswerAsync_OldInputReplayedFromElsewhere_ChangesNothing()
    {
        TakeUp();
        var connection = (await JoinAsync(1, "p1", port: 1000)).ConnectionId;
        await InputAsync(connection, 5, port: 1000);

        var replayed = await InputAsync(connection, 5, port: 6666);

        Assert.Equal((5U, 1UL, 1UL), (replayed!.Acknowledged, replayed.Counter, replayed.Total));
        Assert.Equal(1000, PortOf(Assert.Single(_host.Close(ClosingReason.Stopping)).To));
    }

    [Fact]
    public async Task AnswerAsync_RefusedJoins_AreCountedAndChangeNothing()
    {
        Assert.Equal(RefusalCode.NoSession, (await JoinAsync(1, "p1")).Refusal);
        TakeUp();
        Assert.Equal(RefusalCode.TokenMissing, (await SendAsync(PlayerMessages.Join(1, "")))!.Refusal);
        Assert.Equal(RefusalCode.TokenInvalid, (await SendAsync(PlayerMessages.Join(1, "rubbish")))!.Refusal);
        Assert.Equal(RefusalCode.OtherSession, (await SendAsync(PlayerMessages.Join(1, _signer.Sign(session: "s-2"))))!.Refusal);

        Assert.Empty(_host.PlayerIds);
        Assert.Equal(4, _host.Traffic.RefusedTotal);
        Assert.Equal(1, _host.Traffic.Refused(RefusalCode.OtherSession));
    }

    [Fact]
    public async Task AnswerAsync_MorePlayersThanPlaces_FullUntilOneLeaves()
    {
        TakeUp();
        var first = await JoinAsync(1, "p1");
        await JoinAsync(2, "p2");
        Assert.Equal(RefusalCode.Full, (await JoinAsync(3, "p3")).Refusal);

        Assert.Null(await SendAsync(PlayerMessages.Leave(first.ConnectionId)));

        Assert.Equal(MessageType.Welcome, (await JoinAsync(3, "p3")).Type);
        Assert.Equal(RefusalCode.Full, (await JoinAsync(4, "p1")).Refusal);
    }

    [Fact]
    public async Task AnswerAsync_MoreJoinsThanTheBudget_BusyUntilTheNextSecond()
    {
        TakeUp();
        for (var i = 0; i < Options.JoinsPerSecondMax; i++)
            await JoinAsync(1, "p1");
        Assert.Equal(RefusalCode.Busy, (await JoinAsync(1, "p1")).Refusal);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(MessageType.Welcome, (await JoinAsync(1, "p1")).Type);
    }

    [Fact]
    public async Task Tick_SilentPlayer_LosesItsPlaceAndKeepsItsState()
    {
        TakeUp();
        var connection = (await JoinAsync(1, "p1")).ConnectionId;
        await InputAsync(connection, 1);

        _time.Advance(Options.PlayerTimeout);
        Assert.Null(_host.Tick());
        Assert.Single(_host.PlayerIds);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(_host.Tick());

        Assert.Empty(_host.PlayerIds);
        Assert.Equal(MessageType.UnknownConnection, (await InputAsync(connection, 2))!.Type);
        Assert.Equal(1UL, (await JoinAsync(2, "p1")).WelcomeCounter);
    }

    [Fact]
    public void Tick_NobodyEverJoined_IdleAfterItsTime()
    {
        TakeUp();
        _time.Advance(Options.IdleEnd - TimeSpan.FromSeconds(1));
        Assert.Null(_host.Tick());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ClosingReason.Idle, _host.Tick());
    }

    [Fact]
    public async Task Tick_LastPlayerLeft_IdleCountsFromThen()
    {
        TakeUp();
        var connection = (await JoinAsync(1, "p1")).ConnectionId;
        for (uint i = 1; i <= 12; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await InputAsync(connection, i);
            Assert.Null(_host.Tick());
        }

        await SendAsync(PlayerMessages.Leave(connection));
        _time.Advance(Options.IdleEnd - TimeSpan.FromSeconds(1));
        Assert.Null(_host.Tick());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ClosingReason.Idle, _host.Tick());
    }

    [Fact]
    public void Tick_NoSession_NeverIdle()
    {
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Null(_host.Tick());
    }

    [Fact]
    public async Task Tick_ExpiryReached_EndsWithPlayersInIt()
    {
        _host.TakeUp(Claim with { Expires = _time.GetUtcNow() + TimeSpan.FromSeconds(5) }, out _);
        await JoinAsync(1, "p1");
        Assert.Null(_host.Tick());

        // The allocation moved the end: the newer word counts.
        _host.TakeUp(Claim with { Expires = _time.GetUtcNow() + TimeSpan.FromSeconds(8) }, out _);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(_host.Tick());
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(ClosingReason.Expired, _host.Tick());
    }

    [Fact]
    public async Task TellRoutes_OrderedAnew_EachPlayerIsToldSoManyTimes()
    {
        TakeUp();
        Assert.Empty(_host.TellRoutes());
        var first = (await JoinAsync(1, "p1")).ConnectionId;
        var second = (await JoinAsync(2, "p2", port: 2)).ConnectionId;

        _host.Reroute([2, 3, 1]);

        for (var telling = 0; telling < SessionHost.RouteTellings; telling++)
        {
            var told = _host.TellRoutes().Select(notice => Answer.Read(notice.Datagram)).ToList();
            Assert.Equal([first, second], told.Select(answer => answer.Id));
            Assert.All(told, answer => Assert.Equal((MessageType.Routes, "03020301"), (answer.Type, Convert.ToHexString(answer.Body))));
        }

        Assert.Empty(_host.TellRoutes());
    }

    [Fact]
    public async Task Close_WithPlayers_TellsThemAndRefusesJoins()
    {
        TakeUp();
        var connection = (await JoinAsync(1, "p1")).ConnectionId;

        var notice = Answer.Read(Assert.Single(_host.Close(ClosingReason.Stopping)).Datagram);

        Assert.Equal((MessageType.Closing, connection, (byte)ClosingReason.Stopping), (notice.Type, notice.Id, notice.Body[0]));
        Assert.Equal(RefusalCode.Closing, (await JoinAsync(2, "p2")).Refusal);
        Assert.Equal(MessageType.Closing, (await InputAsync(connection, 1))!.Type);
        Assert.False(_host.TakeUp(Claim with { Session = "s-2" }, out _));
    }

    [Fact]
    public async Task TakeUp_AnotherSession_TellsTheFormerPlayersAndStartsAnew()
    {
        TakeUp();
        await JoinAsync(1, "p1");

        Assert.True(_host.TakeUp(Claim with { Session = "s-2" }, out var notices));

        Assert.Equal((byte)ClosingReason.Replaced, Answer.Read(Assert.Single(notices).Datagram).Body[0]);
        Assert.Empty(_host.PlayerIds);
        Assert.Equal(RefusalCode.OtherSession, (await JoinAsync(2, "p1")).Refusal);
    }

    [Fact]
    public async Task AnswerAsync_Probe_IsAnsweredWithoutASession()
    {
        var reply = await SendAsync(PlayerMessages.Probe(99));

        Assert.Equal((MessageType.ProbeReply, 99UL), (reply!.Type, reply.Id));
    }

    [Fact]
    public async Task AnswerAsync_Rubbish_IsIgnoredAndCounted()
    {
        TakeUp();
        Assert.Null(await SendAsync([1, 2, 3]));
        Assert.Null(await SendAsync([]));

        Assert.Equal(2, _host.Traffic.Ignored);
    }

    [Fact]
    public async Task AnswerAsync_SeveralSessions_EachWithItsOwnPlayersAndState()
    {
        Share("s-1");
        Share("s-2");
        var first = (await JoinAsync(1, "p1")).ConnectionId;
        var second = (await JoinAsync(2, "p2", port: 2, session: "s-2")).ConnectionId;

        // The same player may play in both: its state is the session's.
        var both = (await JoinAsync(3, "p1", port: 3, session: "s-2")).ConnectionId;
        await InputAsync(first, 1);
        await InputAsync(second, 1, port: 2);
        var answer = await InputAsync(both, 1, port: 3);

        Assert.Equal((1UL, 2UL), (answer!.Counter, answer.Total));
        Assert.Equal(1UL, (await InputAsync(first, 1))!.Total);
        Assert.Equal(["p1", "p2"], _host.PlayerIds.Order());
    }

    [Fact]
    public async Task AnswerAsync_SessionNotHereAmongSeveral_WorthAnotherTry()
    {
        Share("s-1");

        // It may be about to be given to this server.
        Assert.Equal(RefusalCode.NoSession, (await JoinAsync(1, "p1", session: "s-2")).Refusal);
        Share("s-2");
        Assert.Equal(MessageType.Welcome, (await JoinAsync(1, "p1", session: "s-2")).Type);
    }

    [Fact]
    public void TakeUp_MoreSessionsThanPlaces_NotTakenUpUntilOneEnds()
    {
        Share("s-1");
        Share("s-2");
        Assert.False(_host.TakeUp(Claim with { Session = "s-3", Shared = true }, out _));

        _time.Advance(Options.IdleEnd);
        Assert.Equal(2, _host.EndDue().Count);

        Share("s-3");
    }

    [Fact]
    public async Task EndDue_OneOfSeveral_EndsAloneAndIsNotTakenUpAgain()
    {
        Share("s-1");
        Share("s-2", _time.GetUtcNow() + TimeSpan.FromSeconds(8));
        var playing = (await JoinAsync(1, "p1")).ConnectionId;
        var ending = (await JoinAsync(2, "p2", port: 2, session: "s-2")).ConnectionId;
        _time.Advance(TimeSpan.FromSeconds(8));
        await InputAsync(playing, 1);
        Assert.Null(_host.Tick());

        var ended = Assert.Single(_host.EndDue());

        Assert.Equal(("s-2", ClosingReason.Expired), (ended.Claim.Session, ended.Reason));
        Assert.Equal(ending, Answer.Read(Assert.Single(ended.Notices).Datagram).Id);
        Assert.Empty(_host.EndDue());
        Assert.False(_host.TakeUp(ended.Claim, out _));
        Assert.Equal(MessageType.Closing, (await InputAsync(ending, 1, port: 2))!.Type);
        Assert.Equal(RefusalCode.Closing, (await JoinAsync(3, "p3", session: "s-2")).Refusal);
        Assert.Equal(MessageType.State, (await InputAsync(playing, 2))!.Type);
        Assert.Equal(["p1"], _host.PlayerIds);
    }

    [Fact]
    public async Task Withdraw_ClaimGone_ItsPlayersAreToldAndTheOthersPlayOn()
    {
        Share("s-1");
        Share("s-2");
        var playing = (await JoinAsync(1, "p1")).ConnectionId;
        var gone = (await JoinAsync(2, "p2", port: 2, session: "s-2")).ConnectionId;

        var withdrawn = Assert.Single(_host.Withdraw(["s-1", "s-9"]));

        Assert.Equal(("s-2", ClosingReason.Withdrawn), (withdrawn.Claim.Session, withdrawn.Reason));
        Assert.Equal((byte)ClosingReason.Withdrawn, Answer.Read(Assert.Single(withdrawn.Notices).Datagram).Body[0]);
        Assert.Equal(MessageType.UnknownConnection, (await InputAsync(gone, 1, port: 2))!.Type);
        Assert.Equal(MessageType.State, (await InputAsync(playing, 1))!.Type);
        Assert.Equal(1, _host.SessionCount);
    }

    [Fact]
    public async Task TakeUp_NextIncarnationOfOneOfSeveral_StartsAnewAndLeavesTheOthersAlone()
    {
        Share("s-1");
        Share("s-2");
        var playing = (await JoinAsync(1, "p1")).ConnectionId;
        var former = (await JoinAsync(2, "p2", port: 2, session: "s-2")).ConnectionId;

        Assert.True(_host.TakeUp(Claim with { Session = "s-2", Incarnation = 2, Shared = true }, out var notices));

        Assert.Equal((byte)ClosingReason.Replaced, Answer.Read(Assert.Single(notices).Datagram).Body[0]);
        Assert.Equal(MessageType.UnknownConnection, (await InputAsync(former, 1, port: 2))!.Type);
        Assert.Equal(MessageType.State, (await InputAsync(playing, 1))!.Type);
    }

    private static int PortOf(SocketAddress address) => ((IPEndPoint)new IPEndPoint(IPAddress.Any, 0).Create(address)).Port;

    private void TakeUp() => Assert.True(_host.TakeUp(Claim, out _));

    private void Share(string session, DateTimeOffset? expires = null) =>
        Assert.True(_host.TakeUp(Claim with { Session = session, Expires = expires, Shared = true }, out _));

    private async Task<Answer> JoinAsync(ulong nonce, string player, int port = 1, string session = "s-1") =>
        (await SendAsync(PlayerMessages.Join(nonce, _signer.Sign(player, session)), port))!;

    private Task<Answer?> InputAsync(ulong connectionId, uint sequence, int port = 1) => SendAsync(PlayerMessages.Input(connectionId, sequence), port);

    private async Task<Answer?> SendAsync(byte[] datagram, int port = 1)
    {
        var reply = new byte[ServerMessage.LengthMax];
        var length = await _host.AnswerAsync(datagram, new IPEndPoint(IPAddress.Loopback, port).Serialize(), reply);
        return length == 0 ? null : Answer.Read(reply.AsSpan(0, length));
    }
}
