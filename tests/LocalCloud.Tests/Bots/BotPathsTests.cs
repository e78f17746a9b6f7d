using FleetSystem.LocalCloud.Bots;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.LocalCloud.Tests.Bots;

public sealed class BotPathsTests
{
    private static readonly BotConnection Connection = new(
        [
            new BotRoute(BotRouteKind.Accelerator, ["127.100.0.1", "127.100.0.2"], 1000),
            new BotRoute(BotRouteKind.NetworkLoadBalancer, ["127.101.0.1"], 7777, "BwcH"),
            new BotRoute(BotRouteKind.Direct, ["127.0.10.1"], 7302),
        ],
        "token");

    private readonly FakeTimeProvider _time = new();
    private readonly BotPaths _paths;
    private long _answeredAt;

    public BotPathsTests()
    {
        _paths = new BotPaths(Connection, new BotOptions(), _time);
        _answeredAt = _time.GetTimestamp();
    }

    [Fact]
    public void ChangeWhenSilent_AnswersKeepComing_Stays()
    {
        for (var i = 0; i < 100; i++)
        {
            Pass(milliseconds: 500);
            _answeredAt = _time.GetTimestamp();
            Assert.False(_paths.ChangeWhenSilent(_answeredAt));
        }

        Assert.Equal("127.100.0.1:1000", _paths.Current.EndPoint.ToString());
    }

    [Fact]
    public void ChangeWhenSilent_NothingKnown_TriesAllInOrderAndAround()
    {
        var tried = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            tried.Add(_paths.Current.EndPoint.Address.ToString());
            Pass(milliseconds: 599);
            Assert.False(_paths.ChangeWhenSilent(_answeredAt));
            Pass(milliseconds: 1);
            Assert.True(_paths.ChangeWhenSilent(_answeredAt));
        }

        Assert.Equal(["127.100.0.1", "127.100.0.2", "127.101.0.1", "127.0.10.1", "127.100.0.1"], tried);
    }

    [Fact]
    public void ChangeWhenSilent_ProbesAnswered_TakesTheBestThatWorks()
    {
        Pass(milliseconds: 50);
        _paths.Answered(_paths.All[1].EndPoint);
        Pass(milliseconds: 350);
        _paths.Answered(_paths.All[2].EndPoint);
        _paths.Answered(_paths.All[3].EndPoint);
        Pass(milliseconds: 200);

        // The other accelerator address answered a probe once, but not the last two: it has died with the first.
        Assert.True(_paths.ChangeWhenSilent(_answeredAt));
        Assert.Equal(BotRouteKind.NetworkLoadBalancer, _paths.Current.Kind);
    }

    [Fact]
    public void Answered_OnlyThePathInUse_IsCurrent()
    {
        Assert.True(_paths.Answered(_paths.All[0].EndPoint));
        Assert.False(_paths.Answered(_paths.All[2].EndPoint));
        Assert.False(_paths.Answered(new System.Net.IPEndPoint(1, 1)));
    }

    [Fact]
    public void All_RoutingToken_IsOnItsRouteOnly()
    {
        Assert.Equal([7, 7, 7], _paths.All[2].RoutingToken);
        Assert.All(_paths.All.Where(path => path.Kind != BotRouteKind.NetworkLoadBalancer), path => Assert.Empty(path.RoutingToken));
    }

    private void Pass(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
}
