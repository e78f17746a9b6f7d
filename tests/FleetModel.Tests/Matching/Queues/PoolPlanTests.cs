namespace FleetSystem.FleetModel.Tests.Matching.Queues;

public sealed class PoolPlanTests
{
    [Fact]
    public void Rebalance_EnoughFreshTicketsOfARegion_OpenAPoolThatTheNextGoTo()
    {
        var queue = new QueueFixture();
        queue.CreateStored("a", "b", "c");
        queue.State.Elapse(queue.Now);
        Assert.Single(queue.State.Pools.Lines);
        queue.CreateStored("d");
        queue.State.Elapse(queue.Now);
        queue.CreateStored("e");
        var region = queue.State.Pools.Lines.Last();
        Assert.Equal(("seoul", 1, 4), (region.Pool, region.Count, queue.Common.Count));
    }

    [Fact]
    public void Rebalance_PatienceIsOver_MovesToTheCommonPoolOnceThePoolHasAnswered()
    {
        var queue = Open();
        var region = queue.State.Pools.Lines.Last();
        var order = queue.Order(region);
        queue.Now += TimeSpan.FromSeconds(6);
        queue.State.Elapse(queue.Now);

        // It is being asked: whoever it has may be in a match already.
        Assert.Equal(4, region.Count);
        queue.State.NoteAnswer(region, order, new(), queue.Now);
        queue.State.Elapse(queue.Now);
        Assert.Equal((0, 8), (region.Count, queue.Common.Count));
    }

    [Fact]
    public void Rebalance_FewerThanHalf_ClosesThePool()
    {
        var queue = Open();
        foreach (var id in new[] { "a", "b", "c", "d", "e", "f", "g" }) queue.State.Cancel(id, "left", queue.Now);
        queue.State.Elapse(queue.Now);
        queue.Store();
        Assert.Equal(["", 1], queue.State.Pools.Lines.SelectMany(line => new object[] { line.Pool, line.Count }));
        queue.CreateStored("i");
        Assert.Equal(2, queue.Common.Count);
    }

    [Fact]
    public void Rebalance_BetweenHalfAndFull_KeepsThePool()
    {
        var queue = Open();
        foreach (var id in new[] { "a", "b", "c", "d", "e", "f" }) queue.State.Cancel(id, "left", queue.Now);
        queue.State.Elapse(queue.Now);
        Assert.Equal(2, queue.State.Pools.Lines.Count());
    }

    [Fact]
    public void Join_OlderThanPatience_GoesToTheCommonPoolAtOnce()
    {
        var queue = Open();
        var before = queue.Common.Count;
        queue.Create("late");
        queue.Now += TimeSpan.FromSeconds(5);
        queue.Store();
        Assert.Equal(before + 1, queue.Common.Count);
    }

    /// <summary>The region has a pool of its own with four tickets; four more are in the common one.</summary>
    private static QueueFixture Open()
    {
        var queue = new QueueFixture();
        queue.CreateStored("a", "b", "c", "d");
        queue.State.Elapse(queue.Now);
        queue.CreateStored("e", "f", "g", "h");
        return queue;
    }
}
