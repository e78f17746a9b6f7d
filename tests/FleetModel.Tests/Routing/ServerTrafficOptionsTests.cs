using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Tests.Configuration;

namespace FleetSystem.FleetModel.Tests.Routing;

public sealed class ServerTrafficOptionsTests
{
    [Fact]
    public void Check_Defaults_NoFault() => Assert.Empty(Faults.Of(new ServerTrafficOptions().Check));

    [Fact]
    public void Check_EverythingWrong_NamesEach() =>
        Assert.Equal(
            ["Interval", "CallsPerRound", "ReopenAfter"],
            Faults.Of(new ServerTrafficOptions { Interval = TimeSpan.Zero, CallsPerRound = 0, ReopenAfter = TimeSpan.FromHours(2) }.Check).Select(fault => fault.Key));
}
