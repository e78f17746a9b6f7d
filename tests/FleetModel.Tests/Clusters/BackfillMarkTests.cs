using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetModel.Tests.Clusters;

public sealed class BackfillMarkTests
{
    [Theory]
    [InlineData("s-1/2/7", 7)]
    [InlineData("s-1/2/0", 0)]
    [InlineData("s-1/1/7", 0)]
    [InlineData("s-12/2/7", 0)]
    [InlineData("s-1/2", 0)]
    [InlineData("s-1/2/", 0)]
    [InlineData("s-1/2/-7", 0)]
    [InlineData("s-1/2/99999999999", 0)]
    [InlineData("s-1/2/ended", 0)]
    [InlineData("/7", 0)]
    [InlineData("", 0)]
    public void Read_ByText_OnlyTheExactIncarnationCounts(string text, int number) => Assert.Equal(number, BackfillMark.Read(text, "s-1", 2));

    [Fact]
    public void Of_IsReadBack() => Assert.Equal(12, BackfillMark.Read(BackfillMark.Of("s-1", 2, 12), "s-1", 2));
}
