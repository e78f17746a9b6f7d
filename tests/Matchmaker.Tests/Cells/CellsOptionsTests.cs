using FleetSystem.FleetModel.Configuration;
using FleetSystem.Matchmaker.Cells;

namespace FleetSystem.Matchmaker.Tests.Cells;

public sealed class CellsOptionsTests
{
    [Fact]
    public void Check_NoPeersAndNoAddress_NothingIsLookedAt() => Assert.Empty(Faults(new CellsOptions { MaxAbandoned = -1 }));

    [Fact]
    public void Check_EveryFault_EachIsToldWithItsKey()
    {
        var options = new CellsOptions
        {
            Url = "http://127.0.0.1:8444",
            Peers = [new() { Cell = "Tokyo", Urls = [] }, new() { Cell = "seoul", Urls = ["http://plain:1"] }, new() { Cell = "oregon", Urls = ["https://a:1"] }, new() { Cell = "oregon", Urls = ["https://b:1"] }],
            ExchangeInterval = TimeSpan.FromSeconds(5),
            SnapshotMaxAge = TimeSpan.FromSeconds(1),
            ConnectTimeout = TimeSpan.Zero,
            CallTimeout = TimeSpan.Zero,
            HedgeDelay = TimeSpan.Zero,
            CreateHedgeDelay = TimeSpan.Zero,
            MaxAbandoned = 0,
            MaxLookups = 0,
        };
        options.Circuit.FailuresToOpen = 0;

        Assert.Equal(
            [
                "CallTimeout", "Circuit:FailuresToOpen", "ConnectTimeout", "CreateHedgeDelay", "HedgeDelay", "MaxAbandoned", "MaxLookups", "Peers:0:Cell", "Peers:0:Urls", "Peers:1:Cell", "Peers:1:Urls:0",
                "Peers:3:Cell", "SnapshotMaxAge", "Tls:AuthorityDirectory", "Tls:CertificateFile", "Tls:KeyFile", "Url",
            ],
            Faults(options).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Check_CellWithoutAProperName_CannotHavePeers() =>
        Assert.Contains("Peers", Faults(new CellsOptions { Peers = [new() { Cell = "tokyo", Urls = ["https://a:1"] }] }, "My Cell"));

    private static IEnumerable<string> Faults(CellsOptions options, string cell = "seoul")
    {
        const string prefix = "Matchmaker:Cells:";
        var faults = new FaultList("Matchmaker");
        options.Check(new FleetSystemOptions { Cell = cell }, faults);
        return (faults.ToResult().Failures ?? []).Select(fault => fault[prefix.Length..fault.IndexOf(' ', StringComparison.Ordinal)]);
    }
}
