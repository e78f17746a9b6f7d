using FleetSystem.FleetManager.Events;
using FleetSystem.FleetManager.Ops;
using static FleetSystem.FleetManager.Tests.Dashboard.Readings;
using Severity = FleetSystem.FleetManager.Dashboard.Views.Severity;

namespace FleetSystem.FleetManager.Tests.Events;

public sealed class SiloEventsTests
{
    private static readonly OpsSilo One = new("one", "10.0.0.1:1@1", "host-1", SiloStatus.Active, Now, Now, null, null, null);

    [Theory]
    [InlineData(SiloStatus.Active, SiloStatus.Dead, Severity.Critical, "was declared dead")]
    [InlineData(SiloStatus.Active, SiloStatus.ShuttingDown, Severity.Notice, "is leaving")]
    [InlineData(SiloStatus.ShuttingDown, SiloStatus.Dead, Severity.Notice, "has left")]
    [InlineData(SiloStatus.Joining, SiloStatus.Active, Severity.Good, "joined")]
    public void Between_ItsStatusChanges_Told(SiloStatus before, SiloStatus after, Severity severity, string what)
    {
        var happened = Assert.Single(SiloEvents.Between([One with { Status = before }], [One with { Status = after }], Now));

        Assert.Equal((EventKind.Silo, severity, "one", ""), (happened.Kind, happened.Severity, happened.Subject, happened.Region));
        Assert.Contains(what, happened.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Between_OneComesAndOneIsGone_BothTold()
    {
        var two = One with { Name = "two", Address = "10.0.0.2:1@1" };

        Assert.Equal([("two", Severity.Good), ("one", Severity.Warning)], SiloEvents.Between([One], [two], Now).Select(happened => (happened.Subject, happened.Severity)));
        Assert.Empty(SiloEvents.Between([One], [One], Now));

        // A dead one of before this host's time is no news.
        Assert.Empty(SiloEvents.Between([One], [One, two with { Status = SiloStatus.Dead }], Now));
    }
}
