using FleetSystem.FleetManager.Dashboard.Views;

namespace FleetSystem.FleetManager.Tests.Dashboard.Views;

public sealed class ChartViewTests
{
    [Fact]
    public void Of_AsManyValuesAsSlots_FromLeftEdgeToRightUnderTheNextRoundNumber()
    {
        var chart = Draw(3, 0, 2.5, 5);

        Assert.Equal("M0 64L120 32L240 0", Assert.Single(chart.Lines).Path);
        Assert.Equal("5", chart.Top);
    }

    [Fact]
    public void Of_FewerValuesThanSlots_FillsFromTheRight() => Assert.Equal("M160 64L240 0", Assert.Single(Draw(4, 0, 1).Lines).Path);

    [Fact]
    public void Of_AGap_IsNotBridgedAndALoneValueIsSeen() => Assert.Equal("M0 0h0.1M120 0h0.1", Assert.Single(Draw(5, 1, null, 1, null, null).Lines).Path);

    [Fact]
    public void Of_NoValue_ADashAndNoPath()
    {
        var line = Assert.Single(Draw(3, null, null).Lines);

        Assert.Equal(("", "–"), (line.Path, line.Last));
    }

    [Theory]
    [InlineData(0.4, "1")]
    [InlineData(1.1, "2")]
    [InlineData(4.9, "5")]
    [InlineData(51, "100")]
    [InlineData(1000, "1,000")]
    public void Of_AnyMaximum_TheTopIsANumberThatIsReadAtOnce(double value, string top) => Assert.Equal(top, Draw(2, value).Top);

    [Fact]
    public void Of_Lines_SummaryTellsTheNewestInWords() =>
        Assert.Equal("Latency: p50 20 ms, p95 1.5 s", ChartView.Of("Latency", [new("p50", "accent", [0.02]), new("p95", "warning", [1.5])], 2, 1, Words.Duration).Summary);

    private static ChartView Draw(int slots, params double?[] values) => ChartView.Of("Rate", [new ChartLine("all", "good", values)], slots, 1, Words.Rate);
}
