using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetModel.Tests.Clusters;

public sealed class SessionTagsTests
{
    [Fact]
    public void Equals_ByContent()
    {
        SessionTags one = [new("s-1", 1), new("s-2", 1)], same = [new("s-1", 1), new("s-2", 1)], other = [new("s-1", 1), new("s-2", 2)];
        Assert.Equal(one, same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(one, other);
        Assert.Equal(default, (SessionTags)[]);
    }

    [Fact]
    public void Find_SessionAndIncarnation_OnlyTheExactOne()
    {
        SessionTags tags = [new("s-1", 1), new("s-2", 2)];
        Assert.Equal(new SessionTag("s-2", 2), tags.Find("s-2", 2));
        Assert.Null(tags.Find("s-2", 1));
        Assert.Null(default(SessionTags).Find("s-2", 1));
        Assert.Empty(default(SessionTags));
    }

    [Fact]
    public void Empty_CostsNothing()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        SessionTags none = [];
        var after = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(before, after);
        Assert.Empty(none);
    }
}
