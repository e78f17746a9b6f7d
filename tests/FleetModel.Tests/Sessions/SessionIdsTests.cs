using CsCheck;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetModel.Tests.Sessions;

public sealed class SessionIdsTests
{
    [Fact]
    public void FromKey_AnyKey_IsWellFormedAndALabelValue() =>
        Gen.Select(Gen.String, Gen.String).Sample((caller, key) =>
        {
            var id = SessionIds.FromKey(caller, key);
            Assert.True(SessionIds.IsWellFormed(id), id);
            Assert.Matches("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", id);
            Assert.Equal(id, SessionIds.FromKey(caller, key));
        });

    [Fact]
    public void FromKey_KnownKey_NeverChanges() =>
        // Stored sessions are found by it: another value here loses every one of them.
        Assert.Equal("s-uyez2uxari6oa523p3qkb35c6v5p5crl", SessionIds.FromKey("", "key-1"));

    [Fact]
    public void FromKey_SameTextSplitDifferently_DifferentSessions() =>
        Assert.NotEqual(SessionIds.FromKey("ab", "c"), SessionIds.FromKey("a", "bc"));

    [Fact]
    public void FromKey_ManyKeys_NoTwoAlike() =>
        Assert.Equal(20_000, Enumerable.Range(0, 20_000).Select(index => SessionIds.FromKey("studio", $"match-{index}")).Distinct().Count());

    [Theory]
    [InlineData("")]
    [InlineData("s-")]
    [InlineData("s-uyez2uxari6oa523p3qkb35c6v5p5cr")]
    [InlineData("s-uyez2uxari6oa523p3qkb35c6v5p5crla")]
    [InlineData("x-uyez2uxari6oa523p3qkb35c6v5p5crl")]
    [InlineData("S-uyez2uxari6oa523p3qkb35c6v5p5crl")]
    [InlineData("s-uyez2uxari6oa523p3qkb35c6v5p5cr1")]
    [InlineData("s-uyez2uxari6oa523p3qkb35c6v5p5cr/")]
    [InlineData("s-uyez2uxari6oa523p3qkb35c6v5p5cr\n")]
    public void IsWellFormed_OtherText_False(string text) => Assert.False(SessionIds.IsWellFormed(text));
}
