using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using FleetSystem.FleetModel.Matching.Queues;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Tests.Matching.Queues;

public sealed class SegmentSizeTests
{
    // As grain states are written.
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        IgnoreReadOnlyProperties = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    [Fact]
    public void Of_AnySegment_IsNeverBelowTheBytesStored()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var segment = new TicketSegment
            {
                Tickets = [.. Many(random, () => Ticket(random))],
                Matches = [.. Many(random, () => Match(random))],
                Backfills = [.. Many(random, () => Backfill(random))],
                Changes = [.. Many(random, () => new TicketChange(Text(random), Event(random)))],
            };
            var empty = JsonSerializer.SerializeToUtf8Bytes(new TicketSegment(), Json).Length;

            var stored = JsonSerializer.SerializeToUtf8Bytes(segment, Json).Length - empty;

            Assert.True(SegmentSize.Of(segment) >= stored, $"Seed {seed}: {stored} bytes are stored and {SegmentSize.Of(segment)} counted.");
        }
    }

    [Fact]
    public void Of_OrdinaryTicket_IsNotMuchMoreThanTheBytesStored()
    {
        var ticket = TicketTransitions.Create(
            new MatchmakingTicket(
                "t-00112233445566778899aabbccddeeff.arena",
                DateTimeOffset.UnixEpoch,
                DateTimeOffset.UnixEpoch.AddMinutes(5),
                [new MatchmakingPlayer("player-1", new Dictionary<string, AttributeValue> { ["skill"] = 1500.5 }, new Dictionary<string, int> { ["ap-northeast-2"] = 20, ["us-east-1"] = 180 })]),
            "00112233445566778899aabbccddeeff");

        var stored = JsonSerializer.SerializeToUtf8Bytes(ticket, Json).Length;

        Assert.InRange(SegmentSize.Of(ticket), stored, stored * 1.5);
    }

    private static IEnumerable<T> Many<T>(Random random, Func<T> one) => Enumerable.Range(0, random.Next(3)).Select(_ => one());

    private static TicketRecord Ticket(Random random) => new()
    {
        Ticket = new MatchmakingTicket(Text(random), At(random), At(random), [.. Many(random, () => Player(random))]),
        Fingerprint = Text(random),
        Status = TicketStatus.RequiresAcceptance,
        MatchId = MayBe(random),
        Events = [.. Many(random, () => Event(random))],
        ClosedAt = random.Next(2) == 0 ? null : At(random),
    };

    private static MatchRecord Match(Random random) => new()
    {
        Id = Text(random),
        Tickets = [.. Many(random, () => Text(random))],
        Teams = [.. Many(random, () => new MatchedTeam(Text(random), [.. Many(random, () => Text(random))]))],
        Regions = [.. Many(random, () => Text(random))],
        Status = MatchStatus.RequiresAcceptance,
        FormedAt = At(random),
        AcceptBy = At(random),
        AcceptedBy = [.. Many(random, () => Text(random))],
        SessionId = MayBe(random),
        Backfill = MayBe(random),
    };

    private static BackfillRecord Backfill(Random random) => new()
    {
        Ticket = new BackfillTicket(
            Text(random), At(random), At(random), MayBe(random), Many(random, () => Text(random)).Distinct().ToDictionary(team => team, _ => (IReadOnlyList<MatchmakingPlayer>)[.. Many(random, () => Player(random))])),
        SessionId = Text(random),
        Fingerprint = Text(random),
        Status = TicketStatus.RequiresAcceptance,
        Origin = BackfillOrigin.GameServer,
        ClosedAt = At(random),
        Reason = MayBe(random),
        MatchId = MayBe(random),
    };

    private static MatchmakingPlayer Player(Random random) => new(
        Text(random),
        Many(random, () => Text(random)).Distinct().ToDictionary(name => name, _ => random.Next(4) switch
        {
            0 => AttributeValue.FromDouble(-double.MaxValue / (1 + random.NextDouble())),
            1 => AttributeValue.FromString(Text(random)),
            2 => new AttributeValue(Texts: [.. Many(random, () => Text(random))]),
            _ => new AttributeValue(Numbers: Many(random, () => Text(random)).Distinct().ToDictionary(name => name, _ => -1.2345678901234567e-300)),
        }),
        Many(random, () => Text(random)).Distinct().ToDictionary(region => region, _ => int.MinValue));

    private static TicketEvent Event(Random random) => new(long.MinValue, At(random), TicketStatus.RequiresAcceptance, MayBe(random), MayBe(random), MayBe(random));

    private static DateTimeOffset At(Random random) => new(random.NextInt64(DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay), TimeSpan.FromHours(9));

    private static string? MayBe(Random random) => random.Next(2) == 0 ? null : Text(random);

    private static string Text(Random random) => string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => random.Next(8) switch
    {
        0 => "\u0001",
        1 => "\"",
        2 => "\\",
        3 => "한",
        4 => "😀",
        5 => "\u2028",
        6 => "\ud800",
        _ => "a",
    }));
}
