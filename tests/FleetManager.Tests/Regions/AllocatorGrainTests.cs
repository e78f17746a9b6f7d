using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Zones;

namespace FleetSystem.FleetManager.Tests.Regions;

public sealed class AllocatorGrainTests(CellFixture fixture) : IClassFixture<CellFixture>
{
    private static readonly TimeSpan Grace = new FleetManagerOptions().OrphanGrace;
    private readonly TestCell _cell = fixture.Cell;
    private readonly Lane _lane = fixture.Cell.NewLane();

    [Fact]
    public async Task Allocate_ServerFree_IsClaimedTaggedAndNoSessions()
    {
        var server = (await _lane.AddServers(_lane.ZoneA, 1))[0];
        var claim = Claim() with { Order = Order(Fleet) with { Labels = new Dictionary<string, string> { ["via"] = "director" } } };

        var outcome = await Allocate(claim);

        Assert.Equal((DirectorResult.Claimed, server, _lane.Blue.Id, _lane.ZoneA), (outcome.Result, outcome.Server?.Name, outcome.Cluster, outcome.Zone));
        Assert.Equal(("director", claim.Tag), (outcome.Status!.Labels["via"], outcome.Status.Labels[AllocationTags.KeyOf(claim.Tag)]));
        Assert.Equal("print", outcome.Status.Annotations[AllocationTags.KeyOf(claim.Tag)]);
        Assert.Empty(_lane.Blue.Server(server).Sessions);
        Assert.Equal("game", Assert.Single(outcome.Status.Ports).Name);
    }

    [Fact]
    public async Task Allocate_ZonePreferred_IsServedWhileItHasServers()
    {
        await _lane.AddServers(_lane.ZoneA, 2);
        await _lane.AddServers(_lane.ZoneB, 1);

        Assert.Equal(_lane.ZoneB, (await Allocate(Claim() with { PreferredZone = _lane.ZoneB })).Zone);
        Assert.Equal(_lane.ZoneA, (await Allocate(Claim() with { PreferredZone = _lane.ZoneB })).Zone);
    }

    [Fact]
    public async Task Allocate_AnswerLostAfterTheClaim_IsFoundByItsTag()
    {
        await _lane.AddServers(_lane.ZoneA, 2);
        _lane.Blue.OnAllocate = (_, _) => Task.FromResult(AllocationFault.UnknownAfterClaim);

        var outcome = await Allocate(Claim());

        Assert.Equal(DirectorResult.Claimed, outcome.Result);
        Assert.Equal(outcome.Server!.Name, Assert.Single(_lane.Blue.Claims).Name);
    }

    [Fact]
    public async Task Allocate_ClaimLandsAfterItsAnswerWasGivenUp_IsFoundByItsTag()
    {
        await _lane.AddServers(_lane.ZoneA, 2);
        _lane.Blue.OnAllocate = (_, _) => Task.FromResult(AllocationFault.UnknownBeforeClaim);

        var outcome = await Allocate(Claim());

        Assert.Equal(DirectorResult.Claimed, outcome.Result);
        Assert.Equal(outcome.Server!.Name, Assert.Single(_lane.Blue.Claims).Name);
    }

    [Fact]
    public async Task Allocate_ClaimLandsWhenTheNextClusterServed_TheLeftoverIsGivenBack()
    {
        await _lane.AddServers(_lane.ZoneA, 1);
        await AddToGreen();
        LandLate();

        Assert.Equal((DirectorResult.Claimed, _lane.Green.Id), await Outcome(Claim()));
        await _cell.Until(() => _lane.Blue.Claims.Count == 1, "the late claim lands");
        await _cell.Until(() => _lane.Blue.Servers.Count == 0, "the leftover is given back", TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public async Task Allocate_RepeatableClaimLandsLate_StaysUnknownAndIsFoundByItsTag()
    {
        var server = (await _lane.AddServers(_lane.ZoneA, 1))[0];
        await AddToGreen();
        LandLate();
        var claim = Claim() with { Repeatable = true };

        Assert.Equal((DirectorResult.Unknown, _lane.Blue.Id), await Outcome(claim));
        await _cell.Until(() => _lane.Blue.Claims.Count == 1, "the late claim lands");

        Assert.Equal(server, (await _cell.Wait(Grain.Find(claim.Tag))).Server?.Name);
        Assert.Empty(_lane.Green.Orders);
    }

    [Fact]
    public async Task Allocate_FirstClusterRefuses_TheNextServes()
    {
        await _lane.AddServers(_lane.ZoneA, 1);
        await AddToGreen();
        _lane.Blue.OnAllocate = (_, _) => Task.FromResult(AllocationFault.Refused);

        Assert.Equal((DirectorResult.Claimed, _lane.Green.Id), await Outcome(Claim()));
    }

    [Theory]
    [InlineData(nameof(AllocationFault.Contention), DirectorResult.Contention)]
    [InlineData(nameof(AllocationFault.FalselyFull), DirectorResult.NoServer)]
    [InlineData(nameof(AllocationFault.Refused), DirectorResult.Unavailable)]
    [InlineData(nameof(AllocationFault.Forbidden), DirectorResult.Refused)]
    public async Task Allocate_NoClusterServes_SaysWhy(string name, DirectorResult expected)
    {
        var fault = Enum.Parse<AllocationFault>(name);
        await _lane.AddServers(_lane.ZoneA, 1);
        _lane.Blue.OnAllocate = _lane.Green.OnAllocate = (_, _) => Task.FromResult(fault);

        Assert.Equal(expected, (await Allocate(Claim())).Result);
        Assert.Empty(_lane.Blue.Claims);
    }

    [Fact]
    public async Task Allocate_NamespaceOfNoCluster_AsksNone()
    {
        await _lane.AddServers(_lane.ZoneA, 1);

        var outcome = await Allocate(Claim() with { Namespace = "elsewhere" });

        Assert.Equal(DirectorResult.NoServer, outcome.Result);
        Assert.Contains("elsewhere", outcome.Reason);
        Assert.Empty(_lane.Blue.Orders);
    }

    [Fact]
    public async Task Allocate_UnlabelledServerOnADeadNode_IsNotHandedOut()
    {
        _lane.Blue.AddNode("node-ok", _lane.ZoneA);
        _lane.Blue.AddNode("node-dead", _lane.ZoneA);
        var dead = _lane.Blue.AddServer("node-dead", labelled: false);
        var alive = _lane.Blue.AddServer("node-ok");
        _lane.Blue.IsUnreachable = call => call == "label";
        _lane.Blue.PutNode(new NodeSnapshot { Name = "node-dead", Zone = _lane.ZoneA, Ready = false });
        var grain = _cell.Grains.GetGrain<IClusterGrain>(_lane.Blue.Id);
        while ((await grain.GetStatus()).Fleets.Sum(fleet => fleet.Ready) != 1) await _cell.Pass(TimeSpan.FromMilliseconds(10));

        var outcome = await Allocate(Claim());

        Assert.Equal(alive, outcome.Server?.Name);
        Assert.False(_lane.Blue.Has(dead));
    }

    [Fact]
    public async Task Allocate_ClaimsInOneZoneFail_TheZoneIsEvacuated()
    {
        await _lane.AddServers(_lane.ZoneA, 20);
        await _lane.AddServers(_lane.ZoneB, 20);
        await _cell.Until(() => _lane.Blue.Servers.All(server => server.ZoneLabel.Length > 0), "every server has the labels that selectors need");

        // In zone A three of four orders fail; those of zone B keep the cluster's circuit closed.
        var ordersInA = 0;
        _lane.Blue.OnAllocate = (order, _) =>
            Task.FromResult(order.Selectors[0].MatchLabels[AgonesKeys.Zone] == _lane.ZoneA && ++ordersInA % 4 != 0 ? AllocationFault.Refused : AllocationFault.None);
        for (var round = 0; round < 5; round++)
        {
            foreach (var zone in new[] { _lane.ZoneA, _lane.ZoneB, _lane.ZoneB, _lane.ZoneB, _lane.ZoneB })
            {
                var outcome = await Allocate(Claim() with { PreferredZone = zone });
                Assert.True(outcome.Result == DirectorResult.Claimed, $"round {round}, zone {zone}: {outcome.Result}, {outcome.Reason}");
            }
        }

        var region = _cell.Grains.GetGrain<IRegionGrain>(_lane.Region);
        await _cell.Pass(TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(50));
        Assert.Equal([_lane.ZoneA], (await region.GetStatus()).ZoneStates.Where(zone => zone.Phase == ZonePhase.Evacuated).Select(zone => zone.Zone));
    }

    [Fact]
    public async Task Find_ClaimedBefore_IsTheServerAlsoWhenAClusterIsAway()
    {
        await _lane.AddServers(_lane.ZoneA, 2);
        var claim = Claim();
        var claimed = await Allocate(claim);
        _lane.Green.IsUnreachable = _ => true;

        var found = await _cell.Wait(Grain.Find(claim.Tag));
        var other = await _cell.Wait(Grain.Find(AllocationTags.OneOff()));

        Assert.Equal((claimed.Server!.Name, _lane.Blue.Id), (found.Server?.Name, found.Cluster));
        Assert.Equal(DirectorResult.Unknown, other.Result);
    }

    [Fact]
    public async Task Reconciler_ServerOfADirector_IsLeftAlone()
    {
        var server = (await _lane.AddServers(_lane.ZoneA, 1))[0];
        await Allocate(Claim());

        await _cell.Pass(Grace * 2.5, TimeSpan.FromMilliseconds(200));

        Assert.Equal(GameServerState.Allocated, _lane.Blue.Server(server).State);
    }

    [Fact]
    public async Task Allocate_AllocatedServersAsked_ASessionsIsNotShared()
    {
        await _lane.AddServers(_lane.ZoneA, 2);
        var session = (await _lane.Create("mine")).View!.Session.Server!.Name;
        var director = (await Allocate(Claim())).Server!.Name;

        var again = Claim() with { Order = Order(Fleet with { State = GameServerState.Allocated }) };

        Assert.Equal(director, (await Allocate(again)).Server!.Name);
        Assert.NotEqual(session, director);
    }

    /// <summary>Blue's claims come to pass long after they were given up.</summary>
    private void LandLate()
    {
        _lane.Blue.LateBy = new FleetManagerOptions().UnknownOutcomeSettleTime * 2;
        _lane.Blue.OnAllocate = (_, _) => Task.FromResult(AllocationFault.UnknownBeforeClaim);
    }

    private async Task AddToGreen()
    {
        _lane.Green.AddNode("green-1", _lane.ZoneC);
        _lane.Green.AddServer("green-1");
        await _lane.UntilKnown(_lane.Green);
    }

    private static ServerSelector Fleet => new(new Dictionary<string, string> { [AgonesKeys.Fleet] = "arena" }, []);

    private IAllocatorGrain Grain => _cell.Grains.GetGrain<IAllocatorGrain>(_lane.Region);

    private DirectorClaim Claim() => new()
    {
        Namespace = "default",
        Order = Order(Fleet),
        Tag = AllocationTags.OneOff(),
        Fingerprint = "print",
        Repeatable = false,
        Deadline = _cell.Clock.GetUtcNow().AddSeconds(30),
    };

    private static AllocationOrder Order(params ServerSelector[] selectors) => new(selectors, new Dictionary<string, string>(), new Dictionary<string, string>());

    private Task<DirectorOutcome> Allocate(DirectorClaim claim) => _cell.Wait(Grain.Allocate(claim));

    private async Task<(DirectorResult, string)> Outcome(DirectorClaim claim)
    {
        var outcome = await Allocate(claim);
        return (outcome.Result, outcome.Cluster);
    }
}
