using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;

namespace FleetSystem.FleetModel.Tests.Clusters.Allocation;

public sealed class AllocationTagsTests
{
    [Fact]
    public void FromKey_SameCallerAndKey_SameTag()
    {
        var tag = AllocationTags.FromKey("CN=director", "k-1");

        Assert.Equal(tag, AllocationTags.FromKey("CN=director", "k-1"));
        Assert.NotEqual(tag, AllocationTags.FromKey("CN=other", "k-1"));
        Assert.NotEqual(tag, AllocationTags.FromKey("CN=director", "k-2"));
        Assert.NotEqual(AllocationTags.FromKey("a", "bc"), AllocationTags.FromKey("ab", "c"));
        Assert.True(AllocationTags.IsWellFormed(tag));
        Assert.True(LabelSyntax.IsValue(tag));
    }

    [Fact]
    public void OneOff_Twice_TwoTags()
    {
        Assert.NotEqual(AllocationTags.OneOff(), AllocationTags.OneOff());
        Assert.True(AllocationTags.IsWellFormed(AllocationTags.OneOff()));
    }

    [Fact]
    public void KeyOf_ManyTags_AtMostSoManyValidKeys()
    {
        var keys = Enumerable.Range(0, 2_000).Select(i => AllocationTags.KeyOf(AllocationTags.FromKey("", $"k-{i}"))).ToHashSet();

        Assert.Equal(AllocationTags.Slots, keys.Count);
        Assert.All(keys, key => Assert.Null(LabelSyntax.KeyFault(key)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("s-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("a-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1")]
    public void KeyOf_NoTag_Throws(string text) => Assert.Throws<ArgumentException>(() => AllocationTags.KeyOf(text));
}
