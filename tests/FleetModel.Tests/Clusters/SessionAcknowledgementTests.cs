using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetModel.Tests.Clusters;

public sealed class SessionAcknowledgementTests
{
    [Theory]
    [InlineData("s-1/2", SessionTagState.Acknowledged)]
    [InlineData("s-1/2/ended", SessionTagState.Ended)]
    [InlineData("s-1/1", SessionTagState.Claimed)]
    [InlineData("s-1/22", SessionTagState.Claimed)]
    [InlineData("s-12/2", SessionTagState.Claimed)]
    [InlineData("s-1", SessionTagState.Claimed)]
    [InlineData("s-1/", SessionTagState.Claimed)]
    [InlineData("s-1/+2", SessionTagState.Claimed)]
    [InlineData("s-1/2/other", SessionTagState.Claimed)]
    [InlineData("", SessionTagState.Claimed)]
    public void Read_ByText_OnlyTheExactIncarnationCounts(string text, SessionTagState state) =>
        Assert.Equal(state, SessionAcknowledgement.Read(text, "s-1", 2));

    [Fact]
    public void Of_AndEnded_AreReadBack()
    {
        Assert.Equal(SessionTagState.Acknowledged, SessionAcknowledgement.Read(SessionAcknowledgement.Of("s-1", 2), "s-1", 2));
        Assert.Equal(SessionTagState.Ended, SessionAcknowledgement.Read(SessionAcknowledgement.Ended("s-1", 2), "s-1", 2));
    }
}
