using FleetSystem.FleetModel.Grains;

namespace FleetSystem.FleetModel.Tests.Matching.Queues;

public sealed class PoolLineTests
{
    [Fact]
    public void IsDue_NothingChanged_OnlyWhenTimeBringsAnotherStage()
    {
        var queue = new QueueFixture();
        queue.CreateStored("a");
        Assert.True(queue.Common.IsDue(queue.Now));
        queue.Answer(queue.Order());
        Assert.False(queue.Common.IsDue(queue.Now));
        Assert.False(queue.Common.IsDue(queue.Now.AddSeconds(4.9)));
        Assert.True(queue.Common.IsDue(queue.Now.AddSeconds(5)));
        queue.Answer(queue.Order());
        Assert.False(queue.Common.IsDue(queue.Now.AddSeconds(60)));
    }

    [Fact]
    public void IsDue_PassNotComplete_IsAtOnce()
    {
        var queue = new QueueFixture();
        queue.CreateStored("a");
        queue.State.NoteAnswer(queue.Common, queue.Order(), new PoolPass { IsComplete = false }, queue.Now);
        Assert.True(queue.Common.IsDue(queue.Now));
    }

    [Fact]
    public void Take_MoreTicketsThanAnOrderHolds_SendsSeveral()
    {
        var queue = new QueueFixture(limits: new() { MaxOrderTickets = 2 });
        queue.CreateStored("a", "b", "c");
        var first = queue.Order();
        Assert.Equal((true, 2, 1), (first.IsPartial, first.Tickets.Count, first.Sequence));
        queue.Answer(first);
        var second = queue.Order();
        Assert.Equal((false, 1, 2), (second.IsPartial, second.Tickets.Count, second.Sequence));
    }

    [Fact]
    public void Take_CameAndWentBeforeTheOrder_IsNotToldOf()
    {
        var queue = new QueueFixture();
        queue.CreateStored("a");
        queue.State.Cancel("a", "left", queue.Now);
        var order = queue.Order();
        Assert.Empty(order.Tickets);
        Assert.Empty(order.Leave);
    }
}
