using System.Collections.Concurrent;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Queues;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.FleetModel.Operations;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.Matchmaker.Tests.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace FleetSystem.Matchmaker.Tests.Queues;

/// <summary>The queue's and the pools' own grains in a silo, with the FleetManager's grains stood for.</summary>
public sealed class QueueSiloTests : IAsyncLifetime
{
    private readonly SharedJournal _journal = new();
    private readonly Script _script = new();
    private WebApplication _host = null!;

    private IMatchmakingQueueGrain Queue => _host.Services.GetRequiredService<IGrainFactory>().GetGrain<IMatchmakingQueueGrain>("duel");

    public async ValueTask InitializeAsync()
    {
        string[] settings =
        [
            "Matchmaker:Url=http://127.0.0.1:0", "Matchmaker:GrpcUrl=", $"Silo:Port={FreePorts.NextTcp()}",
            "FleetSystem:Regions:0:Id=seoul", "FleetSystem:Regions:0:Zones:0=seoul-a", "FleetSystem:Clusters:0:Id=blue", "FleetSystem:Clusters:0:Region=seoul",
            "FleetSystem:Fleets:0:Id=arena", "FleetSystem:Queues:0:Id=duel", "FleetSystem:Queues:0:Fleet=arena", "FleetSystem:Queues:0:RuleSetFile=duel.json", "FleetSystem:Queues:0:PassInterval=00:00:00.05",
        ];
        _host = MatchmakerHost.Build([.. settings.Select(setting => "--" + setting)], builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton(_script);
            builder.Services.AddSingleton(_journal);
            builder.Services.PostConfigure<GrainTypeOptions>(types => types.Classes.UnionWith([typeof(ScriptedSessionGrain), typeof(ScriptedRegionGrain), typeof(SharedJournalGrain), typeof(FixedRuleSetGrain)]));
        });
        await _host.StartAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Create_ManyPairs_AllGetSessionsAndNews()
    {
        var start = (await Queue.GetNews(null)).Next;
        var created = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Queue.Create(SimulatedQueue.Request($"t-{i}", SimulatedQueue.Player($"p-{i}")))));
        Assert.All(created, reply => Assert.Equal(TicketOutcome.Created, reply.Outcome));

        var completed = new HashSet<string>();
        while (completed.Count < 200)
        {
            var news = await Queue.GetNews(start);
            Assert.False(news.HasGap);
            completed.UnionWith(news.Changes.Where(change => change.Event.Status == TicketStatus.Completed).Select(change => change.Ticket));
            start = news.Next;
        }

        Assert.Equal(200, _script.Created.SelectMany(session => session.Request.Players).Select(player => player.Id).Distinct().Count());
        var status = await Queue.GetStatus();
        Assert.Equal(0, status.Tickets.Values.Sum());
        Assert.NotNull(status.WaitMedian);
        Assert.True(_journal.Segments.Count < 400, "writes were not grouped");
    }

    [Fact]
    public async Task Create_JournalOpenedByAnother_GoesOnInANewLife()
    {
        await Queue.Create(SimulatedQueue.Request("t-1", SimulatedQueue.Player("ann")));
        _journal.Epoch++;
        await RepeatAsync(() => Queue.Create(SimulatedQueue.Request("t-2", SimulatedQueue.Player("bob"))));
        var view = await RepeatAsync(() => Queue.Get("t-1"));
        while (view!.Ticket.Status != TicketStatus.Completed) view = await RepeatAsync(() => Queue.Get("t-1"));
        Assert.Equal(["t-1", "t-2"], view.Match!.Tickets.Order());
    }

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    private static async Task<T> RepeatAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            try
            {
                return await call();
            }
            catch (QueueUnavailableException)
            {
            }
        }
    }
}

/// <summary>What the store would have.</summary>
internal sealed class SharedJournal
{
    public ConcurrentDictionary<long, TicketSegment> Segments { get; } = new();

    public long Epoch { get; set; }
}

/// <summary>A journal in memory.</summary>
internal sealed class SharedJournalGrain(SharedJournal journal) : Grain, ITicketJournalGrain
{
    public Task<JournalOpening> Open() => Task.FromResult(new JournalOpening(++journal.Epoch, 0, Next));

    public Task<IReadOnlyList<NumberedSegment>> Read(long epoch, long from)
    {
        Check(epoch);
        return Task.FromResult<IReadOnlyList<NumberedSegment>>([.. journal.Segments.Where(segment => segment.Key >= from).OrderBy(segment => segment.Key).Take(3).Select(segment => new NumberedSegment(segment.Key, segment.Value))]);
    }

    public Task Append(long epoch, long number, TicketSegment segment)
    {
        Check(epoch);
        Assert.Equal(Next, number);
        journal.Segments[number] = segment;
        return Task.CompletedTask;
    }

    public Task Trim(long epoch, long before) => Task.CompletedTask;

    private long Next => journal.Segments.IsEmpty ? 0 : journal.Segments.Keys.Max() + 1;

    private void Check(long epoch)
    {
        if (epoch != journal.Epoch) throw new JournalClosedException($"Epoch {journal.Epoch} has opened it since {epoch}.");
    }
}

/// <summary>A rule set that never changes.</summary>
internal sealed class FixedRuleSetGrain : Grain, IRuleSetGrain
{
    public Task<RuleSetVersion?> GetSince(string known) => Task.FromResult(known == "1" ? null : new RuleSetVersion("1", SimulatedQueue.Rules.Replace("\"maxPlayers\": 2", "\"maxPlayers\": 1", StringComparison.Ordinal), null, null));

    public Task<RuleSetReply> Set(string text, string by, string reason) => throw new NotSupportedException();

    public Task<RuleSetReply> Reset(string by, string reason) => throw new NotSupportedException();

    public Task<AuditPage> ReadAudit(long before, int most) => throw new NotSupportedException();
}
