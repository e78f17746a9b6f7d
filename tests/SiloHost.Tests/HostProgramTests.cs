using System.Net;
using System.Net.Sockets;
using FleetSystem.FleetManager;
using FleetSystem.Matchmaker;
using Microsoft.AspNetCore.Builder;

namespace FleetSystem.SiloHost.Tests;

/// <summary>What an operator reads when a host cannot start.</summary>
public sealed class HostProgramTests
{
    private readonly string _directory = Directory.CreateTempSubdirectory("host-test-").FullName;

    public static TheoryData<string> Hosts => ["FleetManager", "Matchmaker"];

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Run_FaultyConfiguration_TellsEveryFaultAtOnceWithItsKey(string host)
    {
        var (exit, told) = await RunAsync(host, """{ "Silo": { "Port": 99999 }, "FleetSystem": { "Regions": [{ "Id": "Not A Name", "Zones": [] }] } }""");

        Assert.Equal(1, exit);
        foreach (var key in new[] { "Silo:Port", "FleetSystem:Regions:0:Id", "FleetSystem:Regions:0:Zones", "FleetSystem:Clusters", "FleetSystem:Fleets" })
            Assert.Contains(key, told, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", told, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Run_NotJson_NamesTheFile(string host)
    {
        var (exit, told) = await RunAsync(host, "{ this is no JSON");

        Assert.Equal(1, exit);
        Assert.Contains("cell.json", told, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NoSuchFile_NamesIt()
    {
        var errors = new StringWriter();
        var exit = await HostProgram.RunAsync("Matchmaker", () => MatchmakerHost.Build(["--config", "/no/such/file.json"]), errors);

        Assert.Equal(1, exit);
        Assert.Contains("/no/such/file.json", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PortTaken_NamesItAndTheSetting()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var silo = FreePort();
        var (exit, told) = await RunAsync("Matchmaker", $$"""
            {
              "Silo": { "Port": {{silo}} },
              "Matchmaker": { "Url": "http://127.0.0.1:{{port}}" },
              "FleetSystem": {
                "Regions": [{ "Id": "here", "Zones": ["here-a"] }],
                "Clusters": [{ "Id": "blue", "Region": "here" }],
                "Fleets": [{ "Id": "arena" }]
              }
            }
            """);

        Assert.Equal(1, exit);
        Assert.Contains($"{port}", told, StringComparison.Ordinal);
        Assert.Contains("Matchmaker:Url", told, StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<(int Exit, string Told)> RunAsync(string host, string configuration)
    {
        var file = Path.Combine(_directory, "cell.json");
        await File.WriteAllTextAsync(file, configuration, TestContext.Current.CancellationToken);
        Func<string[], Action<WebApplicationBuilder>?, WebApplication> build = host == "FleetManager" ? FleetManagerHost.Build : MatchmakerHost.Build;
        var errors = new StringWriter();
        return (await HostProgram.RunAsync(host, () => build(["--config", file], null), errors), errors.ToString());
    }
}
