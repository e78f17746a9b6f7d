using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;
using static FleetSystem.FleetModel.Clusters.ClusterChange;

namespace FleetSystem.FleetModel.Tests.Routing;

/// <summary>Which of a cluster's servers the accelerator is to lead to.</summary>
public sealed class RoutableServerTests
{
    private static readonly GameServerSnapshot Ready = new()
    {
        Name = "gs-1",
        Uid = "u-1",
        Fleet = "arena",
        State = GameServerState.Ready,
        Node = "n1",
        Address = "10.0.0.1",
        Port = 7000,
    };

    private static readonly FleetOptions[] Fleets = [new() { Id = "arena" }, new() { Id = "direct", Routes = [RouteKind.Direct] }];

    [Fact]
    public void In_ReadyAndAllocatedServers_AreThereAndOthersAreNot()
    {
        Assert.Equal("10.0.0.1:7000", Assert.Single(In(Ready)).Destination.ToString());
        Assert.Single(In(Ready with { State = GameServerState.Allocated }));
        foreach (var state in Enum.GetValues<GameServerState>().Except([GameServerState.Ready, GameServerState.Allocated])) Assert.Empty(In(Ready with { State = state }));
    }

    [Fact]
    public void In_ServersThatNobodyShallReach_AreNotThere()
    {
        Assert.Empty(In(Ready with { Deleting = true }));
        Assert.Empty(In(Ready with { Fleet = "direct" }));
        Assert.Empty(In(Ready with { Fleet = "somebody-elses" }));
        Assert.Empty(In(Ready with { Port = 0 }));
        Assert.Empty(In(Ready with { Address = "" }));
        Assert.Empty(In(Ready with { State = GameServerState.Allocated, Sessions = [new("s-1", 1, SessionTagState.Ended)] }));
        var state = State(Ready);
        state.Apply(new NodeChanged(new NodeSnapshot { Name = "n1", Zone = "a" }));
        Assert.Empty(RoutableServer.In("blue", state, Fleets));
    }

    [Fact]
    public void In_ASessionClaimsTheServer_AnotherOccupantOfTheSameServer()
    {
        var before = Assert.Single(In(Ready));
        var after = Assert.Single(In(Ready with { State = GameServerState.Allocated, Sessions = [new("s-1", 1)] }));
        var next = Assert.Single(In(Ready with { State = GameServerState.Allocated, Sessions = [new("s-2", 1)] }));
        Assert.False(before.IsClaimed);
        Assert.True(after.IsClaimed);
        Assert.Equal((before.Server, before.Unclaimed), (after.Server, after.Unclaimed));
        Assert.NotEqual(after.Occupant, next.Occupant);
        Assert.Equal(before.Server, RoutableServer.KeyOf("blue", "gs-1"));
        Assert.NotEqual(before.Server, RoutableServer.KeyOf("green", "gs-1"));
    }

    [Fact]
    public void In_AServerOfSeveralSessions_OneOccupantForAsLongAsItLives()
    {
        var held = Ready with { State = GameServerState.Allocated };
        Assert.True(Assert.Single(In(held)).IsClaimed);
        Assert.Single(new[] { held, held with { Sessions = [new("s-1", 1, Shared: true)] }, held with { Sessions = [new("s-2", 1, Shared: true), new("s-3", 1, SessionTagState.Ended, Shared: true)] } }
            .Select(server => Assert.Single(In(server)).Occupant).Distinct());
    }

    [Fact]
    public void In_AServerThatIsReadyAgain_TheSessionBeforeIsNoOccupant() =>
        Assert.False(Assert.Single(In(Ready with { Sessions = [new("s-1", 1)] })).IsClaimed);

    private static IReadOnlyList<RoutableServer> In(GameServerSnapshot server) => RoutableServer.In("blue", State(server), Fleets);

    private static ClusterState State(GameServerSnapshot server)
    {
        var state = new ClusterState();
        state.Apply(new GameServersListed([server]));
        state.Apply(new NodesListed([new NodeSnapshot { Name = "n1", Zone = "a", Ready = true }]));
        return state;
    }
}
