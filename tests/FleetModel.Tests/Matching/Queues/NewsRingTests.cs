using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Queues;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Tests.Matching.Queues;

public sealed class NewsRingTests
{
    [Fact]
    public void Since_WithinTheRing_TellsAllInParts()
    {
        var ring = Ring(8, 6);
        var first = ring.Since(new(1, 2), 3, _ => null);
        Assert.Equal((false, new NewsCursor(1, 5)), (first.HasGap, first.Next));
        Assert.Equal(["2", "3", "4"], first.Changes.Select(change => change.Ticket));
        var rest = ring.Since(first.Next, 3, _ => null);
        Assert.Equal(["5"], rest.Changes.Select(change => change.Ticket));
        Assert.False(ring.HasNews(rest.Next));
    }

    [Fact]
    public void Since_FallenOffOrOfAnotherLife_SaysSo()
    {
        var ring = Ring(4, 10);
        var late = ring.Since(new(1, 2), 100, _ => null);
        Assert.True(late.HasGap);
        Assert.Equal(["6", "7", "8", "9"], late.Changes.Select(change => change.Ticket));
        Assert.Equal((true, new NewsCursor(1, 10)), (ring.Since(new(0, 9), 100, _ => null).HasGap, ring.Since(new(0, 9), 100, _ => null).Next));
        Assert.True(ring.Since(new(1, 11), 100, _ => null).HasGap);
    }

    private static NewsRing Ring(int capacity, int count)
    {
        var ring = new NewsRing(1, capacity);
        for (var i = 0; i < count; i++) ring.Add(new($"{i}", new(1, DateTimeOffset.UnixEpoch, TicketStatus.Queued, null, null, null)));
        return ring;
    }
}
