using CsCheck;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;

namespace FleetSystem.FleetModel.Tests.Clusters;

/// <summary>Whatever an informer tells in whatever order, the state kept step by step is the one that a fresh count gives.</summary>
public sealed class ClusterStatePropertyTests
{
    private static readonly string[] Servers = ["gs-1", "gs-2", "gs-3", "gs-4"];
    private static readonly string[] Nodes = ["n1", "n2", "n3"];

    private static readonly Gen<GameServerSnapshot> Server =
        Gen.Select(OneOf(Servers), OneOf("u-1", "u-2"), OneOf("arena", "duel"), Gen.Enum<GameServerState>(), OneOf("", "n1", "n2", "n3"), Gen.Int[0, 15])
            .Select((name, uid, fleet, state, node, bits) => new GameServerSnapshot
            {
                Name = name,
                Uid = uid,
                Fleet = fleet,
                State = state,
                Node = node,
                ZoneLabel = (bits & 1) == 0 ? "" : "a",
                NodeLabelled = (bits & 8) != 0,
                Deleting = bits == 15,
                Version = (bits & 4) == 0 ? "arena:1" : "arena:2",
            })
            .SelectMany(server => Tags(server.Name).Select(tags => server.State is GameServerState.Allocated or GameServerState.Shutdown or GameServerState.Unhealthy ? server with { Sessions = [.. tags] } : server));

    /// <summary>None, one alone, or up to three that share the server.</summary>
    private static Gen<IReadOnlyList<SessionTag>> Tags(string server) =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[1, 2].Array[3], Gen.Enum<SessionTagState>().Array[3]).Select((count, incarnations, states) => (IReadOnlyList<SessionTag>)(count switch
        {
            0 => [],
            1 => [new SessionTag($"s-{server}", incarnations[0], states[0] == SessionTagState.Ended ? SessionTagState.Claimed : states[0])],
            _ => [.. Enumerable.Range(0, count - 1).Select(i => new SessionTag($"s-{server}-{i}", incarnations[i], states[i], Shared: true))],
        }));

    private static readonly Gen<NodeSnapshot> Node =
        Gen.Select(OneOf(Nodes), OneOf("a", "b", ""), Gen.Bool, Gen.Int[0, 5]).Select((name, zone, ready, sign) => new NodeSnapshot
        {
            Name = name,
            Zone = zone,
            Ready = ready,
            Unschedulable = sign == 1,
            Taints = sign switch { 2 => ["aws-node-termination-handler/spot-itn"], 3 => ["ToBeDeletedByClusterAutoscaler"], _ => [] },
        });

    private static readonly Gen<ClusterChange> Change = Gen.Frequency<ClusterChange>(
        (2, Server.Array[0, 5].Select(items => (ClusterChange)new ClusterChange.GameServersListed([.. items.DistinctBy(item => item.Name)]))),
        (10, Server.Select(item => (ClusterChange)new ClusterChange.GameServerChanged(item))),
        (3, Gen.Select(OneOf(Servers), OneOf("u-1", "u-2", "")).Select((name, uid) => (ClusterChange)new ClusterChange.GameServerDeleted(name, uid))),
        (2, Node.Array[0, 4].Select(items => (ClusterChange)new ClusterChange.NodesListed([.. items.DistinctBy(item => item.Name)]))),
        (6, Node.Select(item => (ClusterChange)new ClusterChange.NodeChanged(item))),
        (2, OneOf(Nodes).Select(name => (ClusterChange)new ClusterChange.NodeDeleted(name))),
        (1, OneOf("gameservers", "nodes").Select(kind => (ClusterChange)new ClusterChange.SourceLost(kind, "cut"))),
        (1, OneOf("gameservers", "nodes").Select(kind => (ClusterChange)new ClusterChange.SourceRestored(kind))));

    private static HashSet<ServerCount> Alike(ClusterState state) =>
        [.. state.Servers.GroupBy(server => (server.Fleet, Zone: state.ZoneOf(server.Node), server.State, server.Version, server.AgonesVersion, IsFit: !state.ExcludedNodes.Contains(server.Node)))
            .Select(alike => new ServerCount(
                alike.Key.Fleet, alike.Key.Zone, alike.Key.State, alike.Key.Version, alike.Key.IsFit, alike.Count(), alike.Sum(server => server.Sessions.Count(tag => tag.State != SessionTagState.Ended))) { AgonesVersion = alike.Key.AgonesVersion })];

    [Fact]
    public void Apply_AnyChanges_CountsEqualARecount() =>
        Change.Array[1, 60].Sample(changes =>
        {
            var state = new ClusterState();
            foreach (var change in changes)
            {
                state.Apply(change);
                Assert.Equal(Recount(state), state.Capacity());
                Assert.Equal(Alike(state), state.Counts().ToHashSet());
                foreach (var capacity in state.Capacity()) Assert.Equal(capacity.Ready, state.ReadyIn(capacity.Fleet, capacity.Zone));
                Assert.Equal(
                    state.Servers.Where(server => server is { State: GameServerState.Ready, LacksLabels: true, Deleting: false } && state.ZoneOf(server.Node).Length > 0).Select(server => server.Name).Order(),
                    state.Unlabelled(100).Select(pair => pair.Server.Name).Order());
            }
        });

    [Fact]
    public void NoteClaim_AmongAnyChanges_NothingIsCountedTwiceOrForgotten() =>
        Gen.Select(Change, OneOf([.. Servers, ""])).Array[1, 60].Sample(steps =>
        {
            var state = new ClusterState();
            foreach (var (change, claimed) in steps)
            {
                state.Apply(change);
                if (claimed.Length > 0) state.NoteClaim(claimed, $"s-{claimed}", 7);
                Assert.All(state.Capacity(), capacity => Assert.True(capacity.Ready >= 0 && capacity.Allocated >= 0, $"{capacity}"));
                Assert.True(state.Capacity().Sum(capacity => capacity.Ready) <= Recount(state).Sum(capacity => capacity.Ready), "More are free than are Ready.");
            }

            state.Apply(new ClusterChange.GameServersListed([]));
            Assert.Empty(state.Capacity());
        });

    [Fact]
    public void Apply_AnyChanges_StateEqualsTheLastWordOnEachObject() =>
        Change.Array[1, 60].Sample(changes =>
        {
            var state = new ClusterState();
            var expected = new Dictionary<string, GameServerSnapshot>();
            foreach (var change in changes)
            {
                state.Apply(change);
                switch (change)
                {
                    case ClusterChange.GameServersListed(var items):
                        expected = items.ToDictionary(item => item.Name);
                        break;
                    case ClusterChange.GameServerChanged(var item):
                        expected[item.Name] = item;
                        break;
                    case ClusterChange.GameServerDeleted(var name, var uid) when uid.Length == 0 || (expected.TryGetValue(name, out var known) && known.Uid == uid):
                        expected.Remove(name);
                        break;
                    default:
                        break;
                }

                Assert.Equal(expected.Values.OrderBy(server => server.Name), state.Servers.OrderBy(server => server.Name));
            }
        });

    [Fact]
    public void Apply_AnyChanges_ALossIsToldExactlyOnce() =>
        Change.Array[1, 80].Sample(changes =>
        {
            var state = new ClusterState();
            var told = new HashSet<(string Server, string Uid, string Session, int Incarnation)>();
            HashSet<string> deadBefore = [];
            foreach (var change in changes)
            {
                var before = state.Servers.ToList();
                var seen = state.Apply(change);
                foreach (var loss in seen.Where(one => one.Kind != ServerNoticeKind.Acknowledged).Select(one => Key(one.Server, one.Session)))
                    Assert.True(told.Add(loss), $"{loss} was told twice");

                foreach (var (server, tag) in Held(before).Where(held => !held.Server.IsGone && !deadBefore.Contains(held.Server.Node) && held.Tag.State != SessionTagState.Ended))
                {
                    var now = state.Find(server.Name);
                    var isLost = now is null || now.Uid != server.Uid
                        || (now.Sessions.Find(tag.Session, tag.Incarnation) is { } still && (now.IsGone || state.IsDead(now.Node) || still.State == SessionTagState.Ended));
                    if (isLost) Assert.Contains(Key(server, tag), told);
                }

                // What befalls one session of a server that hosts several is not told to the others.
                foreach (var one in seen.Where(one => one.Kind == ServerNoticeKind.Shutdown && one.Session.Shared)) Assert.Equal(SessionTagState.Ended, one.Session.State);

                // A tag that comes back to a server is a new claim of it; a name that is free again as well.
                var present = Held(state.Servers).Select(held => Key(held.Server, held.Tag)).ToHashSet();
                told.IntersectWith(present);
                deadBefore = [.. state.DeadNodes];
            }
        });

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static IEnumerable<(GameServerSnapshot Server, SessionTag Tag)> Held(IEnumerable<GameServerSnapshot> servers) =>
        servers.SelectMany(server => server.Sessions.Select(tag => (server, tag)));

    private static (string Server, string Uid, string Session, int Incarnation) Key(GameServerSnapshot server, SessionTag tag) =>
        (server.Name, server.Uid, tag.Session, tag.Incarnation);

    private static IReadOnlyList<ZoneCapacity> Recount(ClusterState state) =>
        [.. state.Servers
            .Select(server => (server.Fleet, Zone: state.ZoneOf(server.Node),
                Ready: server is { State: GameServerState.Ready, Deleting: false } && !state.ExcludedNodes.Contains(server.Node) ? 1 : 0,
                Allocated: server is { State: GameServerState.Allocated, Deleting: false } ? 1 : 0))
            .Where(one => one.Ready + one.Allocated > 0)
            .GroupBy(one => (one.Fleet, one.Zone))
            .Select(group => new ZoneCapacity(group.Key.Fleet, group.Key.Zone, group.Sum(one => one.Ready), group.Sum(one => one.Allocated)))
            .OrderBy(capacity => capacity.Fleet, StringComparer.Ordinal).ThenBy(capacity => capacity.Zone, StringComparer.Ordinal)];
}
