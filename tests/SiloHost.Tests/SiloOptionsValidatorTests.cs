namespace FleetSystem.SiloHost.Tests;

public sealed class SiloOptionsValidatorTests
{
    [Fact]
    public void Validate_Good_Succeeds() => Assert.True(new SiloOptionsValidator().Validate(null, new SiloOptions { Port = 11111 }).Succeeded);

    [Fact]
    public void Validate_EveryFault_EachIsToldWithItsKey()
    {
        var options = new SiloOptions { ClusterId = "", Address = "here", Port = 0, GatewayPort = -1, PrimarySilo = "127.0.0.1", Drain = new() { Delay = TimeSpan.FromHours(1), StopTimeout = TimeSpan.Zero } };
        var faults = new SiloOptionsValidator().Validate(null, options).Failures ?? [];
        Assert.Equal(
            ["Silo:Address", "Silo:ClusterId", "Silo:Drain:Delay", "Silo:Drain:StopTimeout", "Silo:GatewayPort", "Silo:Port", "Silo:PrimarySilo"],
            faults.Select(fault => fault[..fault.IndexOf(' ', StringComparison.Ordinal)]).Order());
    }

    [Fact]
    public void Validate_MembershipOutOfBounds_EachIsToldWithItsKey()
    {
        var never = TimeSpan.Zero;
        var options = new SiloOptions
        {
            Port = 11111,
            Clustering = ClusteringProvider.DynamoDB,
            MembershipTable = "x",
            PrimarySilo = "127.0.0.1:11111",
            Membership = new MembershipOptions { ProbeTimeout = never, MaxProbeTimeout = TimeSpan.FromHours(1), MissedProbes = 0, Votes = 6, TableRefresh = never, IAmAliveInterval = never },
        };

        var faults = new SiloOptionsValidator().Validate(null, options).Failures!.ToList();

        foreach (var property in typeof(MembershipOptions).GetProperties())
            Assert.Contains(faults, fault => fault.StartsWith($"Silo:Membership:{property.Name} ", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("Silo:MembershipTable ", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("Silo:PrimarySilo ", StringComparison.Ordinal));
    }
}
