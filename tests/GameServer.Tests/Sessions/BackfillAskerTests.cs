using FleetSystem.GameServer.Sessions;

namespace FleetSystem.GameServer.Tests.Sessions;

public sealed class BackfillAskerTests
{
    private const string FourPlayers = """{"teams":[{"name":"red","players":[{"playerId":"a"},{"playerId":"b"}]},{"name":"blue","players":[{"playerId":"c"},{"playerId":"d"}]}]}""";
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly BackfillAsker _asker = new(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(30));

    [Fact]
    public void Next_SomebodyHasLeftForAWhile_AskedOnceAndAgainAfterARepeat()
    {
        Assert.Null(Next(connected: 3, left: 1, at: 0));
        Assert.Null(Next(3, 1, 2));
        Assert.Equal("s-1/1/1", Next(3, 1, 3));
        Assert.Null(Next(3, 1, 32));
        Assert.Equal("s-1/1/2", Next(3, 1, 33));
    }

    [Fact]
    public void Next_AnotherLeavesWhileItAsks_AskedAnewAtOnce()
    {
        Next(3, 1, 0);
        Next(3, 1, 3);
        Assert.Equal("s-1/1/2", Next(2, 2, 4));
    }

    [Fact]
    public void Next_PlaceIsTakenAgain_WishTakenBackOnce()
    {
        Next(3, 1, 0);
        Next(3, 1, 3);
        Assert.Equal("s-1/1/0", Next(4, 1, 5));
        Assert.Null(Next(4, 1, 6));
    }

    [Fact]
    public void Next_PlayerComesBackSoon_NeverAsked()
    {
        Assert.Null(Next(3, 1, 0));
        Assert.Null(Next(4, 0, 2));
        Assert.Null(Next(3, 1, 4));
    }

    [Theory]
    [InlineData(2, 0)] // Two have not come yet: they are on their way.
    [InlineData(0, 4)] // Nobody is left to play with.
    public void Next_NobodyIsMissed_NotAsked(int connected, int left)
    {
        Assert.Null(Next(connected, left, 0));
        Assert.Null(Next(connected, left, 60));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("""{"mode":"ranked"}""")]
    [InlineData("""{"teams":{"red":1}}""")]
    [InlineData("no JSON")]
    [InlineData("[1]")]
    public void Next_NoMatch_NotAsked(string? gameData)
    {
        Assert.Null(Next(1, 1, 0, gameData));
        Assert.Null(Next(1, 1, 60, gameData));
    }

    [Fact]
    public void Next_NextSession_BeginsAnewWithANumberOfItsOwn()
    {
        Next(3, 1, 0);
        Assert.Equal("s-1/1/1", Next(3, 1, 3));
        Assert.Null(Next(3, 1, 4, session: "s-2"));
        Assert.Equal("s-2/1/2", Next(3, 1, 7, session: "s-2"));
    }

    private string? Next(int connected, int left, int at, string? gameData = FourPlayers, string session = "s-1") =>
        _asker.Next(new Attendance(new SessionClaim(session, 1, "arena", "gs-1", null, gameData), connected, left), Start.AddSeconds(at));
}
