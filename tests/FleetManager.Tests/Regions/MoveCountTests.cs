using FleetSystem.FleetManager.Regions;

namespace FleetSystem.FleetManager.Tests.Regions;

/// <summary>What is counted of moving sessions.</summary>
public sealed class MoveCountTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 26, 3, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Tally_SeveralRoundsOfALook_StayedIsOfTheLastWholeLookAndMovedOfAll()
    {
        var count = new MoveCount(new MoveOrder("a", Start, "why"), Start);
        count.Add("blue", 3, 1, 0, Start.AddSeconds(1));
        count.Add("blue", 2, 1, 4, Start.AddSeconds(2));
        count.Add("green", 0, 5, 0, Start.AddSeconds(2));
        Assert.Equal((5L, 7, 4, Start.AddSeconds(2)), Of(count));

        // The next look at blue finds fewer; until it is whole the last one is told.
        count.EndLook("blue");
        count.Add("blue", 0, 1, 0, Start.AddSeconds(3));
        Assert.Equal((5L, 7, 4, Start.AddSeconds(2)), Of(count));
        count.EndLook("blue");
        Assert.Equal((5L, 6, 0, Start.AddSeconds(2)), Of(count));
        count.EndLook("blue");
        count.EndLook("green");
        count.EndLook("green");
        Assert.Equal((5L, 0, 0, Start.AddSeconds(2)), Of(count));
    }

    [Fact]
    public void IsOf_AnotherWordOnTheSameZone_IsAnotherOrder()
    {
        var count = new MoveCount(new MoveOrder("a", Start, "why"), Start);
        Assert.True(count.IsOf(new MoveOrder("a", Start, "other words")));
        Assert.False(count.IsOf(new MoveOrder("a", Start.AddSeconds(1), "why")));
        Assert.False(count.IsOf(new MoveOrder(null, Start, "why")));
    }

    [Fact]
    public void Tally_LongFailure_IsCut()
    {
        var count = new MoveCount(new MoveOrder(null, Start, "why"), Start) { LastFailure = new string('x', 5000) };
        Assert.Equal(300, count.Tally().LastFailure!.Length);
    }

    private static (long, int, int, DateTimeOffset?) Of(MoveCount count) => count.Tally() is var tally ? (tally.Moved, tally.NoRoom, tally.Failed, tally.LastMovedAt) : default;
}
