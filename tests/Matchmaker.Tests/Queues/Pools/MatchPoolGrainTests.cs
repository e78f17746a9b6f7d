using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.Matchmaker.Queues.Pools;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace FleetSystem.Matchmaker.Tests.Queues.Pools;

/// <summary>Pools on three silos.</summary>
public sealed class PoolSilos : IAsyncLifetime
{
    internal const int Silos = 3;
    internal static readonly string[] Regions = ["north", "south"];
    internal static readonly string[] Queues = ["ranked", "casual"];

    private InProcessTestCluster? _orleans;

    internal IGrainFactory Grains => _orleans!.Client;

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(Silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddMatchPools().AddSingleton(TimeProvider.System);
            silo.Services.Configure<FleetSystemOptions>(system =>
            {
                foreach (var region in Regions) system.Regions.Add(new RegionOptions { Id = region });
                system.Fleets.Add(new FleetOptions { Id = "arena" });
                foreach (var queue in Queues) system.Queues.Add(new MatchmakingQueueOptions { Id = queue, Fleet = "arena" });
            });
        });
        _orleans = builder.Build();
        await _orleans.DeployAsync(TestContext.Current.CancellationToken);
        await _orleans.WaitForLivenessToStabilizeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_orleans is not null) await _orleans.DisposeAsync();
    }
}

public sealed class MatchPoolGrainTests(PoolSilos silos) : IClassFixture<PoolSilos>
{
    private const string OneOnOne = """
        { "ruleLanguageVersion": "1.0", "playerAttributes": [{ "name": "skill", "type": "number" }],
          "teams": [{ "name": "red", "minPlayers": 1, "maxPlayers": 1 }, { "name": "blue", "minPlayers": 1, "maxPlayers": 1 }],
          "rules": [{ "name": "Near", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 10 }] }
        """;

    private static readonly DateTimeOffset Now = new(2026, 11, 26, 9, 0, 0, TimeSpan.Zero);

    private readonly IMatchPoolGrain _pool = silos.Grains.GetGrain<IMatchPoolGrain>("ranked/north");
    private readonly string _epoch = TestContext.Current.Test!.UniqueID;

    [Fact]
    public async Task Pass_TicketsInSeveralOrders_AreMatchedOnce()
    {
        var first = await _pool.Pass(First() with { Tickets = [Ticket("a", 1), Ticket("far", 500)] });
        var second = await _pool.Pass(Order(2) with { Tickets = [Ticket("b", 5)] });
        var third = await _pool.Pass(Order(3));

        Assert.Empty(first.Matches);
        Assert.Equal(2, first.Waiting);
        Assert.Equal(["a", "b"], Assert.Single(second.Matches).Teams.SelectMany(team => team.Tickets).Select(ticket => ticket.Id).Order());
        Assert.Equal((0, 1, true), (third.Matches.Count, third.Waiting, third.IsComplete));
    }

    [Fact]
    public async Task Pass_PartialOrder_TakesInAndFormsNothing()
    {
        var partial = await _pool.Pass(First() with { Tickets = [Ticket("a", 1), Ticket("b", 1)], IsPartial = true });
        var whole = await _pool.Pass(Order(2));

        Assert.Equal((0, 2, false), (partial.Matches.Count, partial.Waiting, partial.IsComplete));
        Assert.Single(whole.Matches);
    }

    [Fact]
    public async Task Pass_OrderThatFollowsNone_IsLostAndChangesNothing()
    {
        Assert.True((await _pool.Pass(Order(2))).IsLost);
        Assert.True((await _pool.Pass(Order(1))).IsLost);
        await _pool.Pass(First() with { Tickets = [Ticket("a", 1)] });
        Assert.True((await _pool.Pass(First() with { Tickets = [Ticket("b", 1)] })).IsLost);
        Assert.True((await _pool.Pass(Order(3) with { Tickets = [Ticket("b", 1)] })).IsLost);
        Assert.True((await _pool.Pass(Order(2) with { Epoch = "another", Tickets = [Ticket("b", 1)] })).IsLost);

        var pass = await _pool.Pass(Order(2));

        Assert.Equal((false, 0, 1), (pass.IsLost, pass.Matches.Count, pass.Waiting));
    }

    [Fact]
    public async Task Pass_NewEpoch_BeginsEmpty()
    {
        await _pool.Pass(First() with { Tickets = [Ticket("a", 1)] });

        var pass = await _pool.Pass(First() with { Epoch = _epoch + "+", Tickets = [Ticket("b", 1)] });

        Assert.Equal((0, 1), (pass.Matches.Count, pass.Waiting));
        Assert.True((await _pool.Pass(Order(2))).IsLost);
    }

    [Fact]
    public async Task Pass_OrderThatFails_LeavesThePoolLost()
    {
        await _pool.Pass(First() with { Tickets = [Ticket("a", 1)] });
        await Assert.ThrowsAsync<InvalidOperationException>(() => _pool.Pass(First() with { Epoch = "faulty", RuleSet = "{}" }));

        Assert.True((await _pool.Pass(Order(2))).IsLost);
    }

    [Fact]
    public async Task Pass_WhoCannotBeMatchedOrHasLeftOrIsLate_IsTold()
    {
        var noSkill = Ticket("none", 1) with { Players = [new MatchmakingPlayer("none", new Dictionary<string, AttributeValue>(), new Dictionary<string, int>())] };
        var first = await _pool.Pass(First() with { Tickets = [Ticket("a", 1), noSkill, Ticket("late", 100) with { ExpiresAt = Now.AddSeconds(1) }] });

        var second = await _pool.Pass(Order(2) with { Now = Now.AddSeconds(2), Leave = ["a", "unknown"], Tickets = [Ticket("b", 1)] });

        Assert.Equal("none", Assert.Single(first.Refused).Id);
        Assert.Contains("skill", first.Refused[0].Faults[0].Path, StringComparison.Ordinal);
        Assert.Equal(["late"], second.Expired);
        Assert.Equal((0, 1), (second.Matches.Count, second.Waiting));
    }

    [Fact]
    public async Task Placement_PoolsOfAQueue_AreOnDifferentSilos()
    {
        foreach (var queue in PoolSilos.Queues)
        {
            var pools = PoolSilos.Regions.Append("").Select(region => silos.Grains.GetGrain<IMatchPoolGrain>(new PoolKey(queue, region).ToString())).ToList();
            foreach (var pool in pools) await pool.Pass(Order(9));

            var addresses = await Task.WhenAll(pools.Select(pool => silos.Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(pool).AsTask()));

            Assert.Equal(PoolSilos.Silos, addresses.Distinct().Count());
        }
    }

    [Fact]
    public async Task Pass_ManyAtOnce_KeepOffTheThreadsThatGrainsShare()
    {
        using var threads = new PassThreads();
        var (running, most) = (0, 0);
        var passes = Enumerable.Range(0, 16).Select(_ => threads.RunAsync(() =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref running));
            Thread.Yield();
            Interlocked.Decrement(ref running);
            return Thread.CurrentThread.IsThreadPoolThread;
        }));

        Assert.DoesNotContain(true, await Task.WhenAll(passes));
        Assert.InRange(most, 1, Math.Max(1, Environment.ProcessorCount - 1));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var known = Volatile.Read(ref most); value > known; known = Volatile.Read(ref most)) Interlocked.CompareExchange(ref most, value, known);
    }

    private static MatchmakingTicket Ticket(string id, double skill) => new(
        id, Now, Now.AddMinutes(5), [new MatchmakingPlayer(id, new Dictionary<string, AttributeValue> { ["skill"] = skill }, new Dictionary<string, int>())]);

    private PoolOrder First() => Order(1) with { RuleSet = OneOnOne };

    private PoolOrder Order(long sequence) => new() { Epoch = _epoch, Sequence = sequence, Now = Now };
}
