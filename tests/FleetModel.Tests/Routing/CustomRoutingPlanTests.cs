using System.Net;
using CsCheck;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Tests.Configuration;

namespace FleetSystem.FleetModel.Tests.Routing;

public sealed class CustomRoutingPlanTests
{
    [Fact]
    public void Check_OneThousandAndOnePortsInOneSlash26_Fit()
    {
        var plan = Plan(["10.0.0.0/26"], [new(7000, 8000)], [new(1024, 65535)]);

        Assert.Empty(Faults.Of(plan.Check));
        Assert.Equal(64_064, plan.PortsNeeded);
    }

    [Fact]
    public void Check_OneThousandAndOnePortsInTwoSlash26_AreToldWithTheSum()
    {
        var fault = Assert.Single(Faults.Of(Plan(["10.0.0.0/26", "10.0.1.0/26"], [new(7000, 8000)], [new(1024, 65535)]).Check));

        Assert.Equal("Subnets", fault.Key);
        Assert.Contains("64 + 64 = 128 addresses x 1001 destination ports = 128128 accelerator ports", fault.Fault, StringComparison.Ordinal);
        Assert.Contains("at most 65535", fault.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_ListenerTooNarrowForThePlan_NamesTheListener()
    {
        var fault = Assert.Single(Faults.Of(Plan(["10.0.0.0/28"], [new(7000, 7099)], [new(20000, 20099)]).Check));

        Assert.Equal("ListenerPorts", fault.Key);
        Assert.Contains("= 1600 accelerator ports; the listener has 100", fault.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_EveryLimitBroken_TellsEachWithItsKey()
    {
        var subnets = Enumerable.Range(0, 11).Select(number => $"10.0.{number}.0/29").Append("10.0.0.0/24").ToArray();
        var ranges = Enumerable.Range(0, 11).Select(number => new PortRange(1000 + (number * 20), 1009 + (number * 20))).ToArray();
        var keys = Faults.Of(Plan(subnets, ranges, [.. ranges, new(1005, 1030)]).Check).Select(fault => fault.Key).ToHashSet();

        Assert.Superset(new HashSet<string> { "Subnets", "Subnets:0", "Subnets:11", "DestinationPorts", "ListenerPorts", "ListenerPorts:0", "ListenerPorts:11" }, keys);
    }

    [Fact]
    public void Check_NoPorts_AreTold() =>
        Assert.Equal(["DestinationPorts", "ListenerPorts"], Faults.Of(Plan(["10.0.0.0/28"], [], []).Check).Select(fault => fault.Key));

    [Fact]
    public void Check_AnyPlanWithoutOne_NeedsNoMorePortsThanItHas() =>
        Gen.Select(Gen.Int[17, 28].Array[1, 4], Gen.Select(Gen.Int[1, 60000], Gen.Int[0, 2000]), Gen.Select(Gen.Int[1, 60000], Gen.Int[0, 65000])).Sample((prefixes, destination, listener) =>
        {
            var plan = new CustomRoutingPlan(
                [.. prefixes.Select((prefix, number) => IPNetwork.Parse($"10.{number}.0.0/{prefix}"))],
                [new(destination.Item1, Math.Min(65535, destination.Item1 + destination.Item2))],
                [new(listener.Item1, Math.Min(65535, listener.Item1 + listener.Item2))]);
            if (Faults.Of(plan.Check).Count > 0) return;
            Assert.True(plan.PortsNeeded <= plan.PortsGiven && plan.PortsNeeded <= CustomRoutingPlan.MaxPorts, plan.Arithmetic);
        });

    [Theory]
    [InlineData("7000-7100", 7000, 7100)]
    [InlineData("80", 80, 80)]
    [InlineData("1-65535", 1, 65535)]
    public void TryParse_Ranges_AreRead(string text, int from, int to)
    {
        Assert.True(PortRange.TryParse(text, out var range));
        Assert.Equal(new PortRange(from, to), range);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("0-10")]
    [InlineData("10-9")]
    [InlineData("1-65536")]
    [InlineData("1-2-3")]
    [InlineData(" 1-2")]
    [InlineData("-5")]
    public void TryParse_AnythingElse_IsNot(string? text) => Assert.False(PortRange.TryParse(text, out _));

    private static CustomRoutingPlan Plan(string[] subnets, PortRange[] destinations, PortRange[] listener) =>
        new([.. subnets.Select(subnet => IPNetwork.Parse(subnet))], destinations, listener);
}
