using FleetSystem.FleetModel.Cells;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetModel.Tests.Cells;

public sealed class SessionHomeTests
{
    private static readonly string Id = SessionIds.FromKey("", "key-1");

    [Fact]
    public void Parse_IdWithItsCell_GivesBoth() => Assert.Equal(new SessionHome(Id, "seoul-1"), SessionHome.Parse($"{Id}.seoul-1"));

    [Fact]
    public void Parse_IdOfBefore_NamesNoCell() => Assert.Equal(new SessionHome(Id, null), SessionHome.Parse(Id));

    [Fact]
    public void ToString_OfEither_IsWhatWasParsed()
    {
        foreach (var text in new[] { Id, $"{Id}.tokyo" }) Assert.Equal(text, SessionHome.Parse(text)!.Value.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("nonsense")]
    [InlineData("nonsense.seoul")]
    [InlineData("{0}.")]
    [InlineData("{0}.Seoul")]
    [InlineData("{0}.seoul.tokyo")]
    [InlineData("{0}.seoul/../x")]
    [InlineData("{0}x.seoul")]
    public void Parse_OtherText_IsNone(string text) => Assert.Null(SessionHome.Parse(text.Replace("{0}", Id, StringComparison.Ordinal)));
}
