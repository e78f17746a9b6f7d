using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.Matchmaker.Queues;
using FleetSystem.Matchmaker.Queues.Pools;
using FleetSystem.Matchmaker.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace FleetSystem.Matchmaker.Tests.Queues;

/// <summary>The silo that runs a queue dies; another goes on with it.</summary>
public sealed class QueueSiloDeathTests : IAsyncLifetime
{
    private const int Silos = 3;

    private readonly SharedJournal _journal = new();
    private readonly Script _script = new();
    private InProcessTestCluster _orleans = null!;

    private IMatchmakingQueueGrain Queue => _orleans.Client.GetGrain<IMatchmakingQueueGrain>("duel");

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(Silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddMatchPools().AddSingleton(TimeProvider.System).AddSingleton<QueueMetrics>().AddSingleton<QueueContexts>().AddHostedService<QueueKeeper>();
            silo.Services.AddSingleton(_journal).AddSingleton(_script);
            silo.Services.Configure<FleetSystemOptions>(system =>
            {
                system.Regions.Add(new RegionOptions { Id = "seoul" });
                system.Fleets.Add(new FleetOptions { Id = "arena" });
                system.Queues.Add(new MatchmakingQueueOptions { Id = "duel", Fleet = "arena", PassInterval = TimeSpan.FromMilliseconds(50) });
            });
            silo.Services.Configure<MatchmakerOptions>(options => options.Queues.VerifyInterval = TimeSpan.FromMilliseconds(200));
            silo.Services.PostConfigure<GrainTypeOptions>(types =>
            {
                types.Classes.RemoveWhere(type => type.Assembly.GetName().Name!.StartsWith("FleetSystem.", StringComparison.Ordinal));
                types.Classes.UnionWith([typeof(MatchmakingQueueGrain), typeof(MatchPoolGrain), typeof(ScriptedSessionGrain), typeof(SharedJournalGrain), typeof(FixedRuleSetGrain)]);
            });
            silo.Configure<ClusterMembershipOptions>(membership =>
            {
                // Two are left to say that the third is dead, and one of them suffices.
                membership.NumVotesForDeathDeclaration = 1;
                membership.ProbeTimeout = TimeSpan.FromMilliseconds(500);
                membership.NumMissedProbesLimit = 2;
            });
        });
        _orleans = builder.Build();
        await _orleans.DeployAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task KillSilo_TicketsWereAcknowledged_AreMatchedByAnother()
    {
        var tickets = Enumerable.Range(0, 20).Select(i => $"t-{i}").ToList();
        foreach (var (i, id) in tickets.Index()) Assert.Equal(TicketOutcome.Created, (await RepeatAsync(() => Queue.Create(SimulatedQueue.Request(id, SimulatedQueue.Player(id, i * 1000))))).Outcome);
        var before = await RepeatAsync(() => Queue.Get("t-0"));
        var opened = _journal.Epoch;

        var address = await _orleans.Client.GetGrain<IManagementGrain>(0).GetActivationAddress(Queue, TestContext.Current.CancellationToken);
        await _orleans.KillSiloAsync(_orleans.Silos.Single(silo => silo.SiloAddress.Equals(address)), TestContext.Current.CancellationToken);

        // Nobody calls it: the keepers wake it.
        while (_journal.Epoch == opened) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        foreach (var (i, id) in tickets.Index()) await RepeatAsync(() => Queue.Create(SimulatedQueue.Request($"mate-{id}", SimulatedQueue.Player($"mate-{id}", i * 1000))));
        foreach (var id in tickets)
        {
            TicketView? view;
            do
            {
                view = await RepeatAsync(() => Queue.Get(id));
                Assert.NotNull(view);
            }
            while (view.Ticket.Status != TicketStatus.Completed);

            Assert.Equal([id, $"mate-{id}"], view.Match!.Tickets.Order(StringComparer.Ordinal).OrderByDescending(ticket => ticket == id));
        }

        Assert.Equal(before!.Ticket.Ticket.CreatedAt, (await RepeatAsync(() => Queue.Get("t-0")))!.Ticket.Ticket.CreatedAt);
        Assert.Equal(20, _script.Sessions.Count);
    }

    public async ValueTask DisposeAsync() => await _orleans.DisposeAsync();

    private static async Task<T> RepeatAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            try
            {
                return await call();
            }
            catch (Exception fault) when (fault is QueueUnavailableException or OrleansException or TimeoutException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
            }
        }
    }
}
