using FleetSystem.FleetModel.Matching.Queues;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Tests.Matching.Queues;

public sealed class DueHeapTests
{
    [Fact]
    public void TakeDue_AnyMixOfSetAndRemove_GivesTheEarliestFirst()
    {
        const int Seed = 5;
        var (random, start) = (new Random(Seed), new DateTimeOffset(2026, 11, 26, 9, 0, 0, TimeSpan.Zero));
        var heap = new DueHeap();
        var held = Enumerable.Range(0, 200).Select(i => new HeldMatch(new MatchRecord { Id = $"{i}", Tickets = [], Teams = [], Regions = [] })).ToList();
        var expected = new Dictionary<HeldMatch, DateTimeOffset>();
        for (var i = 0; i < 2000; i++)
        {
            var one = held[random.Next(held.Count)];
            if (random.Next(3) > 0)
            {
                expected[one] = start.AddSeconds(random.Next(1000));
                heap.Set(one, expected[one]);
            }
            else
            {
                expected.Remove(one);
                heap.Remove(one);
            }
        }

        Assert.Equal(expected.Count, heap.Count);
        Assert.Null(heap.TakeDue(start.AddSeconds(-1)));
        var order = new List<DateTimeOffset>();
        while (heap.TakeDue(start.AddSeconds(1000)) is HeldMatch due) order.Add(expected[due]);
        Assert.Equal(expected.Values.Order(), order);
    }
}
