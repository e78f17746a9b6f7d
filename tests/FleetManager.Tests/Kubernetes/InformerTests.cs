using FleetSystem.FleetModel.Clusters;
using static FleetSystem.FleetManager.Tests.Kubernetes.ClusterFixture;

namespace FleetSystem.FleetManager.Tests.Kubernetes;

public sealed class InformerTests
{
    [Fact]
    public async Task WatchAsync_RecordedFleetComingUp_TellsEveryChange()
    {
        await using var fixture = await StartAsync();
        var recording = Recording.Load("04-fleet-up-watch-gameservers");
        fixture.Server.On("LIST gameservers", Answers.List("291")).On("WATCH gameservers", Answers.Watch(WatchEnd.Hold, recording.Lines));
        fixture.Watch();

        Assert.Empty(Assert.IsType<ClusterChange.GameServersListed>(await fixture.NextOfGameServersAsync()).Items);
        Assert.IsType<ClusterChange.SourceRestored>(await fixture.NextOfGameServersAsync());
        var last = new Dictionary<string, GameServerSnapshot>();
        foreach (var _ in recording.Lines)
        {
            var changed = Assert.IsType<ClusterChange.GameServerChanged>(await fixture.NextOfGameServersAsync()).Item;
            last[changed.Name] = changed;
        }

        Assert.Equal(6, last.Count);
        Assert.All(last.Values, server => Assert.Equal(GameServerState.Ready, server.State));
        var list = Assert.Single(fixture.Server.Seen("LIST gameservers"));
        Assert.Equal("/apis/agones.dev/v1/namespaces/default/gameservers?limit=500", list.Path);
        Assert.Equal("Bearer secret-token", list.Authorization);
        Assert.Equal("application/json", list.Accept);
        Assert.Contains("watch=true&allowWatchBookmarks=true&resourceVersion=291&timeoutSeconds=", Assert.Single(fixture.Server.Seen("WATCH gameservers")).Path);
    }

    [Fact]
    public async Task WatchAsync_ListInPages_IsOneList()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On(
            "LIST gameservers",
            Answers.List("7", [GameServer("a", 1), GameServer("b", 2)], next: "page/2="),
            Answers.List("7", [GameServer("c", 3)]));
        fixture.Watch();

        var listed = await fixture.NextAsync<ClusterChange.GameServersListed>();
        await fixture.NextAsync<ClusterChange.SourceRestored>(restored => restored.Kind == "gameservers");

        Assert.Equal(["a", "b", "c"], listed.Items.Select(item => item.Name));
        Assert.EndsWith("?limit=500&continue=page%2F2%3D", fixture.Server.Seen("LIST gameservers")[1].Path);
        Assert.Contains("resourceVersion=7&", fixture.Server.Seen("WATCH gameservers")[0].Path);
    }

    [Fact]
    public async Task WatchAsync_ContinueExpires_ListsFromTheStart()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On(
            "LIST gameservers",
            Answers.List("7", [GameServer("gone", 1)], next: "old"),
            Answers.Status(410, "The provided continue parameter is too old", "Expired"),
            Answers.List("9", [GameServer("a", 8)]));
        fixture.Watch();

        Assert.Equal(["a"], Assert.IsType<ClusterChange.GameServersListed>(await fixture.NextOfGameServersAsync()).Items.Select(item => item.Name));
        Assert.EndsWith("?limit=500", fixture.Server.Seen("LIST gameservers")[2].Path);
    }

    [Fact]
    public async Task WatchAsync_PageThrottled_GoesOnWithThatPage()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On(
            "LIST gameservers",
            Answers.List("7", [GameServer("a", 1)], next: "two"),
            Answers.Status(429, "too many requests", "TooManyRequests"),
            Answers.List("7", [GameServer("b", 2)]));
        fixture.Watch();

        Assert.IsType<ClusterChange.SourceLost>(await fixture.NextOfGameServersAsync());
        var listed = Assert.IsType<ClusterChange.GameServersListed>(await fixture.NextOfGameServersAsync());
        Assert.Equal(["a", "b"], listed.Items.Select(item => item.Name));
        Assert.EndsWith("continue=two", fixture.Server.Seen("LIST gameservers")[2].Path);
    }

    [Fact]
    public async Task WatchAsync_PageBreaksOff_CountsNothingOfItTwice()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On(
            "LIST gameservers",
            Answers.List("7", [GameServer("a", 1)], next: "two"),
            Answers.Raw(200, $$"""{"items":[{{GameServer("b", 2)}},{{GameServer("c", 3)}}],"meta"""),
            Answers.List("7", [GameServer("b", 2), GameServer("c", 3)]));
        fixture.Watch();

        var listed = await fixture.NextAsync<ClusterChange.GameServersListed>();
        Assert.Equal(["a", "b", "c"], listed.Items.Select(item => item.Name));
    }

    [Fact]
    public async Task WatchAsync_EventLongerThanAllowed_IsALossThatListsAgain()
    {
        var options = FastOptions;
        options.MaxEventBytes = 64 * 1024;
        await using var fixture = await StartAsync(options);
        fixture.Server
            .On("LIST gameservers", Answers.List("5"), Answers.List("9"))
            .On("WATCH gameservers", Answers.Watch(WatchEnd.Hold, Event("ADDED", new string('x', 1_000_000), 6)));
        fixture.Watch();

        Assert.IsType<ClusterChange.GameServersListed>(await fixture.NextOfGameServersAsync());
        Assert.IsType<ClusterChange.SourceRestored>(await fixture.NextOfGameServersAsync());
        Assert.Contains("65536 bytes", Assert.IsType<ClusterChange.SourceLost>(await fixture.NextOfGameServersAsync()).Reason);
        Assert.IsType<ClusterChange.GameServersListed>(await fixture.NextOfGameServersAsync());
    }

    [Theory]
    [InlineData(WatchEnd.Cut)]
    [InlineData(WatchEnd.CutWithinEvent)]
    public async Task WatchAsync_ConnectionCut_ResumesFromTheLastVersion(WatchEnd end)
    {
        await using var fixture = await StartAsync();
        var told = new TaskCompletionSource();
        fixture.Server
            .On("LIST gameservers", Answers.List("5", [GameServer("a", 4)]))
            .On("WATCH gameservers", Answers.Watch(end, told.Task, Event("ADDED", "b", 6)), Answers.Watch(WatchEnd.Hold, Event("ADDED", "c", 7)));
        fixture.Watch();

        Assert.IsType<ClusterChange.GameServersListed>(await fixture.NextOfGameServersAsync());
        Assert.IsType<ClusterChange.SourceRestored>(await fixture.NextOfGameServersAsync());
        Assert.Equal("b", Assert.IsType<ClusterChange.GameServerChanged>(await fixture.NextOfGameServersAsync()).Item.Name);
        told.SetResult();
        Assert.IsType<ClusterChange.SourceLost>(await fixture.NextOfGameServersAsync());
        Assert.IsType<ClusterChange.SourceRestored>(await fixture.NextOfGameServersAsync());
        Assert.Equal("c", Assert.IsType<ClusterChange.GameServerChanged>(await fixture.NextOfGameServersAsync()).Item.Name);
        Assert.Single(fixture.Server.Seen("LIST gameservers"));
        Assert.Contains("resourceVersion=6&", fixture.Server.Seen("WATCH gameservers")[1].Path);
    }

    [Fact]
    public async Task WatchAsync_EndsInGoodOrder_ResumesFromTheBookmarkInSilence()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("WATCH gameservers", Answers.Watch(WatchEnd.Close, Bookmark(40)), Answers.Watch(WatchEnd.Hold, Event("ADDED", "a", 41)));
        fixture.Watch();

        Assert.IsType<ClusterChange.GameServersListed>(await fixture.NextOfGameServersAsync());
        Assert.IsType<ClusterChange.SourceRestored>(await fixture.NextOfGameServersAsync());
        Assert.IsType<ClusterChange.GameServerChanged>(await fixture.NextOfGameServersAsync());
        Assert.Contains("resourceVersion=40&", fixture.Server.Seen("WATCH gameservers")[1].Path);
    }

    [Fact]
    public async Task WatchAsync_ClosedAtOnce_IsALoss()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("WATCH gameservers", Answers.Watch(WatchEnd.Close));
        fixture.Watch();

        Assert.Contains("at once", (await fixture.NextAsync<ClusterChange.SourceLost>()).Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WatchAsync_VersionExpired_ListsAgainWithoutALoss(bool asEvent)
    {
        await using var fixture = await StartAsync();
        fixture.Server
            .On("LIST gameservers", Answers.List("5", [GameServer("a", 4)]), Answers.List("90", [GameServer("b", 80)]))
            .On("WATCH gameservers", asEvent
                ? Answers.Watch(WatchEnd.Close, Error(410, "Expired"))
                : Answers.Status(410, "too old resource version", "Expired"), Answers.Watch(WatchEnd.Hold, Event("ADDED", "c", 91)));
        fixture.Watch();

        await fixture.NextAsync<ClusterChange.GameServersListed>();
        while (await fixture.NextOfGameServersAsync() is var change)
        {
            Assert.IsNotType<ClusterChange.SourceLost>(change);
            if (change is ClusterChange.GameServersListed again)
            {
                Assert.Equal(["b"], again.Items.Select(item => item.Name));
                break;
            }
        }

        Assert.Equal("c", (await fixture.NextAsync<ClusterChange.GameServerChanged>()).Item.Name);
        Assert.Contains("resourceVersion=90&", fixture.Server.Seen("WATCH gameservers")[1].Path);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task WatchAsync_WatchThrottled_ResumesWithoutListing(int status)
    {
        await using var fixture = await StartAsync();
        fixture.Server
            .On("LIST gameservers", Answers.List("5", [GameServer("a", 4)]))
            .On("WATCH gameservers", Answers.Status(status, "storage is (re)initializing"), Answers.Watch(WatchEnd.Hold, Event("DELETED", "a", 6)));
        fixture.Watch();

        Assert.IsType<ClusterChange.GameServersListed>(await fixture.NextOfGameServersAsync());
        Assert.Contains("storage is (re)initializing", Assert.IsType<ClusterChange.SourceLost>(await fixture.NextOfGameServersAsync()).Reason);
        Assert.IsType<ClusterChange.SourceRestored>(await fixture.NextOfGameServersAsync());
        Assert.Equal(new ClusterChange.GameServerDeleted("a", "uid-a"), await fixture.NextOfGameServersAsync());
        Assert.Single(fixture.Server.Seen("LIST gameservers"));
    }

    [Theory]
    [InlineData("rubbish")]
    [InlineData("""{"type":"MODIFIED"}""")]
    [InlineData("""{"type":"MODIFIED","object":{"metadata":{"resourceVersion":"7"}}}""")]
    [InlineData("""{"type":"MODIFIED","object":{"metadata":{"name":"x","resourceVersion":"7"}}""")]
    [InlineData("\0\0\0")]
    public async Task WatchAsync_RubbishLine_ListsAgain(string line)
    {
        await using var fixture = await StartAsync();
        fixture.Server
            .On("LIST gameservers", Answers.List("5"), Answers.List("8", [GameServer("b", 8)]))
            .On("WATCH gameservers", Answers.Watch(WatchEnd.Hold, Event("ADDED", "a", 6), line));
        fixture.Watch();

        await fixture.NextAsync<ClusterChange.GameServerChanged>();
        Assert.IsType<ClusterChange.SourceLost>(await fixture.NextOfGameServersAsync());
        Assert.Equal("b", Assert.Single(Assert.IsType<ClusterChange.GameServersListed>(await fixture.NextOfGameServersAsync()).Items).Name);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"metadata":{"resourceVersion":"3"}}""")]
    [InlineData("""{"items":[]}""")]
    [InlineData("<html>welcome</html>")]
    [InlineData("""{"items":[{"metadata":{}}],"metadata":{"resourceVersion":"3"}}""")]
    public async Task WatchAsync_AnswerThatIsNoList_IsALossAndNotAnEmptyList(string body)
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("LIST gameservers", Answers.Raw(200, body), Answers.List("5", [GameServer("a", 4)]));
        fixture.Watch();

        Assert.IsType<ClusterChange.SourceLost>(await fixture.NextOfGameServersAsync());
        Assert.Single(Assert.IsType<ClusterChange.GameServersListed>(await fixture.NextOfGameServersAsync()).Items);
    }

    [Fact]
    public async Task WatchAsync_ServerStopsAndAnotherTakesItsPlace_TellsLossOnceAndThenAll()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("LIST gameservers", Answers.List("5", [GameServer("a", 4)]));
        fixture.Watch();
        Assert.IsType<ClusterChange.GameServersListed>(await fixture.NextOfGameServersAsync());
        Assert.IsType<ClusterChange.SourceRestored>(await fixture.NextOfGameServersAsync());

        var port = new Uri(fixture.Server.Address).Port;
        await fixture.Server.StopAsync();
        Assert.IsType<ClusterChange.SourceLost>(await fixture.NextOfGameServersAsync());
        await using var successor = await FakeApiServer.StartAsync(port, first => first
            .On("WATCH gameservers", Answers.Watch(WatchEnd.Close, Error(410, "Expired")))
            .On("LIST gameservers", Answers.List("50", [GameServer("b", 49)])));

        Assert.IsType<ClusterChange.SourceRestored>(await fixture.NextOfGameServersAsync());
        Assert.Equal("b", Assert.Single(Assert.IsType<ClusterChange.GameServersListed>(await fixture.NextOfGameServersAsync()).Items).Name);
    }

    [Fact]
    public async Task WatchAsync_Cancelled_LeavesNoRequestOpen()
    {
        await using var fixture = await StartAsync();
        var gone = new TaskCompletionSource();
        fixture.Server.On("WATCH nodes", async context =>
        {
            await Answers.Silence(context);
            gone.SetResult();
        });
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var change in fixture.Cluster.WatchAsync(stop.Token))
            {
                if (change is ClusterChange.SourceRestored { Kind: "nodes" }) await stop.CancelAsync();
            }
        });

        await Within(gone.Task);
    }

    [Fact]
    public async Task WatchAsync_KubeConfigMissing_IsALossThatHealsWhenTheFileComes()
    {
        await using var server = await FakeApiServer.StartAsync();
        var file = server.KubeConfig + ".late";
        await using var cluster = Connect(file);
        try
        {
            await foreach (var change in cluster.WatchAsync(Cancelled))
            {
                if (change is ClusterChange.SourceLost { Kind: "nodes" } lost)
                {
                    Assert.Contains(Path.GetFileName(file), lost.Reason);
                    File.Copy(server.KubeConfig, file);
                }

                if (change is ClusterChange.SourceRestored { Kind: "nodes" }) break;
            }
        }
        finally
        {
            File.Delete(file);
        }
    }
}
