using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;
using static FleetSystem.FleetModel.Clusters.ClusterChange;

namespace FleetSystem.FleetModel.Tests.Clusters;

public sealed class ClusterStateTests
{
    private static readonly GameServerSnapshot Ready = new() { Name = "gs-1", Uid = "u-1", Fleet = "arena", State = GameServerState.Ready, Node = "n1" };
    private static readonly GameServerSnapshot Held = Ready with { State = GameServerState.Allocated, Sessions = [new("s-1", 1)] };

    private readonly ClusterState _state = new();

    [Fact]
    public void Apply_ListsOfBothKinds_SyncedOnlyThen()
    {
        Assert.False(_state.Synced);
        _state.Apply(new GameServersListed([Ready]));
        Assert.False(_state.Synced);
        Assert.Equal(ServerSighting.NotKnown, _state.Sight("gs-1", "s-1", 1));
        _state.Apply(new NodesListed([Node("n1")]));
        Assert.True(_state.Synced);
    }

    [Fact]
    public void Apply_SourceLost_ClearsNothing()
    {
        Sync([Ready]);
        Assert.Empty(_state.Apply(new SourceLost("gameservers", "cut")));
        Assert.Equal(["gameservers"], _state.LostSources);
        Assert.Equal((1, 1), (_state.Servers.Count, _state.ReadyIn("arena", "a")));
        _state.Apply(new SourceRestored("gameservers"));
        Assert.Empty(_state.LostSources);
    }

    [Fact]
    public void Apply_NodeNotReady_ServersExcludedAndSessionsToldOnce()
    {
        Sync([Ready, Held with { Name = "gs-2" }]);
        var told = _state.Apply(new NodeChanged(Node("n1") with { Ready = false }));
        Assert.Equal(("gs-2", ServerNoticeKind.Lost, "node n1 is not ready"), Seen(Assert.Single(told)));
        Assert.Equal(["n1"], _state.DeadNodes);
        Assert.Equal(0, _state.ReadyIn("arena", "a"));

        Assert.Empty(_state.Apply(new NodeChanged(Node("n1") with { Ready = false, Unschedulable = true })));
        Assert.Empty(_state.Apply(new GameServerChanged(Held with { Name = "gs-2", Deleting = true })));
        Assert.Empty(_state.Apply(new GameServerDeleted("gs-2", "u-1")));
    }

    [Fact]
    public void Apply_ServerAsksForPlayers_ToldOncePerWishAndWhenItIsTakenBack()
    {
        Sync([Held]);
        Assert.Equal([ServerNoticeKind.BackfillAsked], Kinds(Wish(1)));
        Assert.Empty(Wish(1));
        Assert.Equal([ServerNoticeKind.BackfillAsked], Kinds(Wish(2)));
        Assert.Equal([ServerNoticeKind.BackfillWithdrawn], Kinds(Wish(0)));
        Assert.Equal([ServerNoticeKind.Lost], Kinds(_state.Apply(new GameServerChanged(Held with { Deleting = true, Sessions = [new("s-1", 1) { Backfill = 3 }] }))));

        IReadOnlyList<ServerObservation> Wish(int number) => _state.Apply(new GameServerChanged(Held with { Sessions = [new("s-1", 1) { Backfill = number }] }));
        static IEnumerable<ServerNoticeKind> Kinds(IEnumerable<ServerObservation> told) => told.Select(seen => seen.Kind);
    }

    [Fact]
    public void Apply_NodeReadyAgain_ServersCanBeClaimedAgain()
    {
        Sync([Ready]);
        _state.Apply(new NodeChanged(Node("n1") with { Ready = false }));
        _state.Apply(new NodeChanged(Node("n1")));
        Assert.Empty(_state.DeadNodes);
        Assert.Equal(1, _state.ReadyIn("arena", "a"));
    }

    [Fact]
    public void Apply_NodeCordoned_NoNewSessionsAndNobodyIsTold()
    {
        Sync([Ready, Held with { Name = "gs-2" }]);
        Assert.Empty(_state.Apply(new NodeChanged(Node("n1") with { Unschedulable = true })));
        Assert.Equal(["n1"], _state.ExcludedNodes);
        Assert.Empty(_state.DeadNodes);
        Assert.Equal(0, _state.ReadyIn("arena", "a"));
        Assert.Equal(ServerSighting.Running, _state.Sight("gs-2", "s-1", 1));
        Assert.Empty(_state.Apply(new NodeChanged(Node("n1"))));
        Assert.Equal(1, _state.ReadyIn("arena", "a"));
    }

    [Fact]
    public void Apply_CordonedNodeInterrupted_SessionsToldOnce()
    {
        Sync([Held]);
        _state.Apply(new NodeChanged(Node("n1") with { Unschedulable = true }));
        var interrupted = Node("n1") with { Unschedulable = true, Taints = ["aws-node-termination-handler/spot-itn"] };
        Assert.Equal("node n1 bears taint aws-node-termination-handler/spot-itn", Assert.Single(_state.Apply(new NodeChanged(interrupted))).Reason);
        Assert.Equal(ServerSighting.Lost, _state.Sight("gs-1", "s-1", 1));
        Assert.Empty(_state.Apply(new NodeChanged(interrupted with { Ready = false })));
    }

    [Fact]
    public void ZoneOf_NodeDeleted_RememberedWhileServersNameIt()
    {
        Sync([Ready]);
        _state.Apply(new NodeDeleted("n1"));
        Assert.Equal("a", _state.ZoneOf("n1"));
        _state.Apply(new GameServerDeleted("gs-1", "u-1"));
        _state.Apply(new NodeChanged(Node("n3")));
        Assert.Equal("", _state.ZoneOf("n1"));
    }

    [Fact]
    public void AllocatedIn_ClaimThatTheWatchHasNotShown_CountsOnce()
    {
        Sync([Ready, Held with { Name = "gs-2" }]);
        _state.NoteClaim("gs-1", "s-2", 1);
        Assert.Equal(2, _state.AllocatedIn("arena", "a"));
        _state.Apply(new GameServerChanged(Held with { Name = "gs-1", Sessions = [new("s-2", 1)] }));
        Assert.Equal(2, _state.AllocatedIn("arena", "a"));
    }

    [Fact]
    public void HasStrays_UnlabelledServerWhereNoneMayBeHandedOut_True()
    {
        Sync([Ready]);
        Assert.False(_state.HasStrays([]));
        Assert.False(_state.HasStrays(["b"]));
        Assert.True(_state.HasStrays(["a"]));
        _state.Apply(new NodeChanged(Node("n1") with { Ready = false }));
        Assert.True(_state.HasStrays([]));
        _state.Apply(new GameServerChanged(Ready with { ZoneLabel = "a", NodeLabelled = true }));
        Assert.False(_state.HasStrays(["a"]));
    }

    [Fact]
    public void Unlabelled_TemplateCarriesTheZoneAlone_TheNodeIsStillLacking()
    {
        Sync([Ready with { ZoneLabel = "a" }]);
        Assert.Single(_state.Unlabelled(10));
    }

    [Fact]
    public void Apply_NodeDeleted_DeadWhileServersNameIt()
    {
        Sync([Held]);
        Assert.Equal("node n1 is deleted", Assert.Single(_state.Apply(new NodeDeleted("n1"))).Reason);
        Assert.True(_state.IsDead("n1"));
        Assert.Equal(ServerSighting.Lost, _state.Sight("gs-1", "s-1", 1));
        _state.Apply(new GameServerDeleted("gs-1", "u-1"));
        _state.Apply(new NodeChanged(Node("n3")));
        Assert.Empty(_state.DeadNodes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Apply_ListsWithoutAServersNode_TheNodeDiedWhileNobodyWatched(bool serversFirst)
    {
        // Both orders of the two first lists: each kind has a watch of its own.
        ClusterChange servers = new GameServersListed([Ready, Held with { Name = "gs-2" }]), nodes = new NodesListed([Node("n2")]);
        var told = _state.Apply(serversFirst ? servers : nodes).Concat(_state.Apply(serversFirst ? nodes : servers)).ToList();
        Assert.Equal(("gs-2", ServerNoticeKind.Lost, "node n1 is deleted"), Seen(Assert.Single(told)));
        Assert.Equal(["n1"], _state.DeadNodes);
        Assert.Equal(0, _state.ReadyIn("arena", ""));
    }

    [Fact]
    public void Apply_ServerOfANodeNotKnownYet_IsNoLoss()
    {
        Sync([]);
        Assert.Empty(_state.Apply(new GameServerChanged(Held with { Node = "n9" })));
        Assert.Equal(ServerSighting.Running, _state.Sight("gs-1", "s-1", 1));
    }

    [Theory]
    [InlineData(GameServerState.Unhealthy, ServerNoticeKind.Lost)]
    [InlineData(GameServerState.Error, ServerNoticeKind.Lost)]
    [InlineData(GameServerState.Shutdown, ServerNoticeKind.Shutdown)]
    public void Apply_ServerEnds_ToldOnceAndNotAgainAtItsDeletion(GameServerState end, ServerNoticeKind kind)
    {
        Sync([Held]);
        Assert.Equal(kind, Assert.Single(_state.Apply(new GameServerChanged(Held with { State = end }))).Kind);
        Assert.Empty(_state.Apply(new GameServerChanged(Held with { State = end, Deleting = true })));
        Assert.Empty(_state.Apply(new GameServerDeleted("gs-1", "u-1")));
    }

    [Fact]
    public void Apply_DeletedWithoutWarning_Told()
    {
        Sync([Held]);
        Assert.Equal(("gs-1", ServerNoticeKind.Lost, "deleted"), Seen(Assert.Single(_state.Apply(new GameServerDeleted("gs-1", "u-1")))));
        Assert.Null(_state.Find("gs-1"));
    }

    [Fact]
    public void Apply_DeletionOfAnEarlierServerOfThatName_ChangesNothing()
    {
        Sync([Held]);
        Assert.Empty(_state.Apply(new GameServerDeleted("gs-1", "u-0")));
        Assert.NotNull(_state.Find("gs-1"));
    }

    [Fact]
    public void Apply_AnotherServerUnderTheSameName_TheFirstOnesSessionIsTold()
    {
        Sync([Held]);
        var told = _state.Apply(new GameServerChanged(Ready with { Uid = "u-2" }));
        Assert.Equal(("gs-1", ServerNoticeKind.Lost), (Assert.Single(told).Server.Name, told[0].Kind));
        Assert.Equal(1, _state.ReadyIn("arena", "a"));
    }

    [Fact]
    public void Apply_ListedAgainWithoutAServer_TheMissingOnesSessionIsTold()
    {
        Sync([Held, Ready with { Name = "gs-2" }]);
        var told = _state.Apply(new GameServersListed([Ready with { Name = "gs-2" }]));
        Assert.Equal(("gs-1", ServerNoticeKind.Lost, "not listed any more"), Seen(Assert.Single(told)));
        Assert.Empty(_state.Apply(new GameServersListed([Ready with { Name = "gs-2" }])));
    }

    [Fact]
    public void Apply_Acknowledgement_ToldOnce()
    {
        Sync([Held]);
        Assert.Empty(_state.Apply(new GameServerChanged(Held with { Address = "10.0.0.1" })));
        Assert.Equal(ServerSighting.Running, _state.Sight("gs-1", "s-1", 1));
        var acknowledged = Held with { Sessions = [new("s-1", 1, SessionTagState.Acknowledged)] };
        Assert.Equal(ServerNoticeKind.Acknowledged, Assert.Single(_state.Apply(new GameServerChanged(acknowledged))).Kind);
        Assert.Empty(_state.Apply(new GameServerChanged(acknowledged with { Address = "10.0.0.1" })));
        Assert.Equal(ServerSighting.Acknowledged, _state.Sight("gs-1", "s-1", 1));
    }

    [Theory]
    [InlineData("gs-1", "s-1", 1, ServerSighting.Running)]
    [InlineData("gs-1", "s-1", 2, ServerSighting.Lost)]
    [InlineData("gs-1", "s-2", 1, ServerSighting.Lost)]
    [InlineData("gs-9", "s-1", 1, ServerSighting.Lost)]
    public void Sight_ByServerSessionAndIncarnation_OnlyTheExactOneRuns(string server, string session, int incarnation, ServerSighting sighting)
    {
        Sync([Held]);
        Assert.Equal(sighting, _state.Sight(server, session, incarnation));
    }

    [Fact]
    public void NoteClaim_AnswerBeforeTheWatch_CountsUntilTheWatchShowsWhatBecameOfIt()
    {
        Sync([Ready]);
        _state.NoteClaim("gs-1", "s-1", 1);
        Assert.Equal(ServerSighting.Running, _state.Sight("gs-1", "s-1", 1));
        Assert.True(_state.MayRelease("gs-1", "s-1", 1));
        Assert.Equal(ServerSighting.Lost, _state.Sight("gs-1", "s-1", 2));
        Assert.False(_state.MayRelease("gs-1", "s-2", 1));

        // A list that began before the claim does not know it yet.
        _state.Apply(new GameServersListed([Ready]));
        Assert.Equal(ServerSighting.Running, _state.Sight("gs-1", "s-1", 1));

        _state.Apply(new GameServerChanged(Held));
        _state.Apply(new GameServerChanged(Held with { Sessions = [new("s-2", 1)] }));
        Assert.Equal(ServerSighting.Lost, _state.Sight("gs-1", "s-1", 1));
        Assert.False(_state.MayRelease("gs-1", "s-1", 1));
    }

    [Fact]
    public void NoteClaim_AnsweredAfterTheWatchShowedTheServersEnd_LostAndForgotten()
    {
        Sync([Ready]);
        _state.Apply(new GameServerChanged(Held));
        _state.Apply(new GameServerDeleted("gs-1", "u-1"));
        _state.NoteClaim("gs-1", "s-1", 1);
        Assert.Equal(ServerSighting.Lost, _state.Sight("gs-1", "s-1", 1));

        // A later server of the name is another one.
        _state.Apply(new GameServerChanged(Ready with { Uid = "u-2" }));
        _state.NoteClaim("gs-1", "s-2", 1);
        Assert.Equal(ServerSighting.Running, _state.Sight("gs-1", "s-2", 1));
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("listed")]
    [InlineData("unhealthy")]
    [InlineData("node")]
    public void NoteClaim_ServerGoneBeforeTheWatchShowedIt_Lost(string how)
    {
        Sync([Ready]);
        _state.NoteClaim("gs-1", "s-1", 1);
        _state.Apply(how switch
        {
            "deleted" => new GameServerDeleted("gs-1", "u-1"),
            "listed" => new GameServersListed([]),
            "unhealthy" => new GameServerChanged(Ready with { State = GameServerState.Unhealthy }),
            _ => new NodeChanged(Node("n1") with { Ready = false }),
        });
        Assert.Equal(ServerSighting.Lost, _state.Sight("gs-1", "s-1", 1));
    }

    [Fact]
    public void NoteClaim_ServerStillReadyByTheWatch_IsFreeNoMore()
    {
        Sync([Ready, Ready with { Name = "gs-2" }]);
        _state.NoteClaim("gs-1", "s-1", 1);
        Assert.Equal([1], _state.Capacity().Select(capacity => capacity.Ready));
        _state.Apply(new GameServerChanged(Ready));
        Assert.Equal([1], _state.Capacity().Select(capacity => capacity.Ready));
        _state.Apply(new GameServerChanged(Held));
        Assert.Equal([(1, 1)], _state.Capacity().Select(capacity => (capacity.Ready, capacity.Allocated)));
    }

    [Fact]
    public void MayRelease_ServerOfAnother_False()
    {
        Sync([Ready, Held with { Name = "gs-2" }]);
        Assert.False(_state.MayRelease("gs-1", "s-1", 1));
        Assert.False(_state.MayRelease("gs-2", "s-1", 2));
        Assert.True(_state.MayRelease("gs-2", "s-1", 1));
        Assert.True(_state.MayRelease("gs-3", "s-1", 1));
    }

    [Fact]
    public void Apply_OneSessionOfSeveralEnds_ToldAloneAndOnce()
    {
        Sync([Shared(new("s-1", 1), new("s-2", 1, SessionTagState.Acknowledged))]);
        var ended = Shared(new("s-1", 1, SessionTagState.Ended), new("s-2", 1, SessionTagState.Acknowledged));
        var told = Assert.Single(_state.Apply(new GameServerChanged(ended)));
        Assert.Equal(("s-1", ServerNoticeKind.Shutdown), (told.Session.Session, told.Kind));
        Assert.Equal(ServerSighting.Shutdown, _state.Sight("gs-1", "s-1", 1));
        Assert.Equal(ServerSighting.Acknowledged, _state.Sight("gs-1", "s-2", 1));
        Assert.Empty(_state.Apply(new GameServerChanged(ended with { Address = "10.0.0.1" })));

        // Its tag is taken away, the other plays on; then the server dies.
        Assert.Empty(_state.Apply(new GameServerChanged(Shared(new SessionTag("s-2", 1, SessionTagState.Acknowledged)))));
        Assert.Equal(ServerSighting.Lost, _state.Sight("gs-1", "s-1", 1));
        var lost = Assert.Single(_state.Apply(new GameServerDeleted("gs-1", "u-1")));
        Assert.Equal(("s-2", ServerNoticeKind.Lost), (lost.Session.Session, lost.Kind));
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("unhealthy")]
    [InlineData("shutdown")]
    [InlineData("node")]
    public void Apply_ServerOfSeveralSessionsEnds_EachLosesIt(string how)
    {
        var server = Shared(new("s-1", 1), new("s-2", 3, SessionTagState.Acknowledged));
        Sync([server]);
        var told = _state.Apply(how switch
        {
            "deleted" => new GameServerDeleted("gs-1", "u-1"),
            "unhealthy" => new GameServerChanged(server with { State = GameServerState.Unhealthy }),
            "shutdown" => new GameServerChanged(server with { State = GameServerState.Shutdown }),
            _ => new NodeChanged(Node("n1") with { Ready = false }),
        });
        Assert.Equal([("s-1", 1, ServerNoticeKind.Lost), ("s-2", 3, ServerNoticeKind.Lost)], told.Select(one => (one.Session.Session, one.Session.Incarnation, one.Kind)));
        Assert.Equal(ServerSighting.Lost, _state.Sight("gs-1", "s-2", 3));
    }

    [Fact]
    public void NoteClaim_ServerThatHostsOthers_CountsUntilTheWatchShowsThatTagOrItsRelease()
    {
        Sync([Shared(new SessionTag("s-1", 1))]);
        _state.NoteClaim("gs-1", "s-2", 1);
        _state.NoteClaim("gs-1", "s-3", 1);
        _state.Apply(new GameServerChanged(Shared(new SessionTag("s-1", 1, SessionTagState.Acknowledged))));
        Assert.Equal(ServerSighting.Running, _state.Sight("gs-1", "s-2", 1));

        _state.Apply(new GameServerChanged(Shared(new("s-1", 1), new("s-2", 1))));
        Assert.Equal(ServerSighting.Running, _state.Sight("gs-1", "s-3", 1));
        _state.NoteRelease("gs-1", "s-3", 1);
        Assert.Equal(ServerSighting.Lost, _state.Sight("gs-1", "s-3", 1));

        // A claim that the watch has shown is not remembered beyond that.
        _state.Apply(new GameServerChanged(Shared(new SessionTag("s-1", 1))));
        Assert.Equal(ServerSighting.Lost, _state.Sight("gs-1", "s-2", 1));
    }

    [Fact]
    public void Unlabelled_ReadyServersOnKnownNodes_UntilTheyCarryTheLabel()
    {
        Sync([Ready, Ready with { Name = "gs-2", Node = "nowhere" }, Ready with { Name = "gs-3", ZoneLabel = "a", NodeLabelled = true }, Held with { Name = "gs-4" }]);
        Assert.Equal([("gs-1", "a")], _state.Unlabelled(10).Select(pair => (pair.Server.Name, pair.Zone)));
        Assert.Empty(_state.Unlabelled(0));
        _state.Apply(new GameServerChanged(Ready with { ZoneLabel = "a", NodeLabelled = true }));
        Assert.Empty(_state.Unlabelled(10));
    }

    [Fact]
    public void Capacity_ByFleetAndZone_CountsReadyAndAllocated()
    {
        Sync([Ready, Held with { Name = "gs-2" }, Ready with { Name = "gs-3", Node = "n2" }, Ready with { Name = "gs-4", Fleet = "duel" }, Ready with { Name = "gs-5", Deleting = true }]);
        Assert.Equal([new ZoneCapacity("arena", "a", 1, 1), new ZoneCapacity("arena", "b", 1, 0), new ZoneCapacity("duel", "a", 1, 0)], _state.Capacity());
    }

    [Fact]
    public void ServersOf_PartOfAName_InLettersOfAnyCase()
    {
        Sync([Ready with { Name = "arena-x7f-1" }, Ready with { Name = "arena-x7f-2" }, Ready with { Name = "arena-b2k-1" }]);
        Assert.Equal(["arena-x7f-1", "arena-x7f-2"], _state.ServersOf(new ServerQuery { NamePart = "X7F" }).Servers.Select(listed => listed.Server.Name));
        Assert.Empty(_state.ServersOf(new ServerQuery { NamePart = "x7f", After = "arena-x7f-2" }).Servers);
    }

    [Fact]
    public void NodesOf_AFleet_CountedByNodeAndThoseWithAFaultFirst()
    {
        Sync([Ready, Held with { Name = "gs-2" }, Ready with { Name = "gs-3", Node = "n2" }, Ready with { Name = "gs-4", Fleet = "duel", Node = "n2" }, Ready with { Name = "gs-5", Node = "" }]);
        _state.Apply(new NodeChanged(Node("n2", "b") with { Ready = false }));

        var nodes = _state.NodesOf(new NodeQuery { AgonesFleets = ["arena"] }).Nodes;

        Assert.Equal([("n2", "b", "is not ready", 1), ("", "", "", 1), ("n1", "a", "", 2)], nodes.Select(node => (node.Node, node.Zone, node.Fault, node.Servers.Sum(alike => alike.Servers))));
        Assert.Equal((1, 1), (nodes[2].Servers.Single(alike => alike.State == GameServerState.Allocated).Sessions, nodes[2].Servers.Single(alike => alike.State == GameServerState.Ready).Servers));
        Assert.Equal(["n1"], _state.NodesOf(new NodeQuery { AgonesFleets = ["arena"], Zone = "a" }).Nodes.Select(node => node.Node));
    }

    [Fact]
    public void NodesOf_InPages_EachNodeOnce()
    {
        Sync([Ready, Ready with { Name = "gs-2", Node = "n2" }, Ready with { Name = "gs-3", Node = "n3" }]);
        var seen = new List<string>();
        NodePage page;
        do
        {
            page = _state.NodesOf(new NodeQuery { AgonesFleets = ["arena"], After = seen.Count == 0 ? "" : NodeServers.KeyOf(seen[^1], hasFault: seen[^1] == "n3"), Most = 1 });
            seen.Add(Assert.Single(page.Nodes).Node);
        }
        while (page.HasMore);

        // n3 does not exist, and its servers are lost.
        Assert.Equal(["n3", "n1", "n2"], seen);
    }

    private void Sync(IReadOnlyList<GameServerSnapshot> servers)
    {
        _state.Apply(new NodesListed([Node("n1"), Node("n2", "b")]));
        _state.Apply(new GameServersListed(servers));
    }

    private static GameServerSnapshot Shared(params ReadOnlySpan<SessionTag> tags) => Held with { Sessions = [.. tags.ToArray().Select(tag => tag with { Shared = true })] };

    private static NodeSnapshot Node(string name, string zone = "a") => new() { Name = name, Zone = zone, Ready = true };

    private static (string, ServerNoticeKind, string) Seen(ServerObservation seen) => (seen.Server.Name, seen.Kind, seen.Reason);
}
