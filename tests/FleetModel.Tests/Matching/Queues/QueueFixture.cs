using System.Text;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Formation;
using FleetSystem.FleetModel.Matching.Queues;
using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Tests.Matching.Queues;

/// <summary>A queue whose journal stores at once, and whose pools are asked by hand.</summary>
internal sealed class QueueFixture
{
    public const string Text = """
        {
          "ruleLanguageVersion": "1.0",
          "playerAttributes": [{ "name": "skill", "type": "number", "default": 10 }],
          "teams": [{ "name": "red", "minPlayers": 1, "maxPlayers": 1 }, { "name": "blue", "minPlayers": 1, "maxPlayers": 1 }],
          "rules": [{ "name": "close", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 10 }],
          "expansions": [{ "target": "rules[close].maxDistance", "steps": [{ "waitTimeSeconds": 5, "value": 50 }] }]
        }
        """;

    public static readonly string[] Regions = ["seoul", "oregon"];
    public static readonly RuleSet RuleSet = RuleSetReader.Read(Encoding.UTF8.GetBytes(Text)).RuleSet!;

    public QueueFixture(Action<MatchmakingQueueOptions>? configure = null, TicketQueueLimits? limits = null)
    {
        Options = new() { Id = "duel", Fleet = "arena", PoolPatience = TimeSpan.FromSeconds(5), MinPoolTickets = 4 };
        configure?.Invoke(Options);
        State = new(Options, limits ?? new(), Regions);
        State.Open(new(0, 0));
        State.Begin("1", RuleSet, Text, Now);
    }

    public MatchmakingQueueOptions Options { get; }

    public QueueState State { get; }

    public DateTimeOffset Now { get; set; } = new(2026, 11, 26, 9, 0, 0, TimeSpan.Zero);

    public SortedDictionary<long, TicketSegment> Journal { get; } = [];

    public PoolLine Common => State.Pools.Common;

    public TicketReply Create(string id, int seoul = 20, int oregon = 90) => State.Create(
        new TicketRequest { Id = id, Fingerprint = id, Players = [new("p-" + id, new Dictionary<string, AttributeValue>(), new Dictionary<string, int> { ["seoul"] = seoul, ["oregon"] = oregon })] }, Now);

    /// <summary>Creates tickets that are in the journal.</summary>
    public void CreateStored(params string[] ids)
    {
        foreach (var id in ids) Create(id);
        Store();
    }

    public List<HeldMatch> Store()
    {
        var toPlace = new List<HeldMatch>();
        while (State.TakeSegment() is { } draft)
        {
            Journal.Add(draft.Number, draft.Segment);
            toPlace.AddRange(State.NoteStored(draft, Now));
        }

        if (State.TakeTrim() is { } first)
        {
            foreach (var number in Journal.Keys.Where(number => number < first).ToList()) Journal.Remove(number);
        }

        return toPlace;
    }

    public PoolOrder Order(PoolLine? line = null) => State.TakeOrder(line ?? Common, 1, explain: false, Now);

    public IReadOnlyList<HeldMatch> Answer(PoolOrder order, params FormedMatch[] matches) => State.NoteAnswer(Common, order, new PoolPass { Matches = matches }, Now);

    public static FormedMatch Match(params string[] ids) => new([.. ids.Select((id, i) => new FormedTeam(i % 2 == 0 ? "red" : "blue", [new(id, ["p-" + id])]))], ["seoul"], 0, TimeSpan.Zero);

    public TicketStatus? StatusOf(string id) => State.Get(id)?.Ticket.Status;
}
