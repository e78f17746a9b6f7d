using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using FleetSystem.FleetManager;
using FleetSystem.LocalCloud.Hosting;
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

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Run_KeysThatNothingReads_AreToldBesideTheOtherFaults(string host)
    {
        var (exit, told) = await RunAsync(host, $$"""
            {
              "Silo": { "Port": 99999, "Prot": 1 },
              "FleetSytem": {},
              "{{host}}": { "Sede": 2 },
              "FleetSystem": { "Regions": [{ "Id": "here", "Zones": ["here-a"], "Echo": { "Adress": "127.0.0.1" } }] }
            }
            """);

        Assert.Equal(1, exit);
        foreach (var key in new[] { "Silo:Prot is no setting", "FleetSytem is no setting", $"{host}:Sede is no setting", "FleetSystem:Regions:0:Echo:Adress is no setting", "Silo:Port is 99999" })
            Assert.Contains(key, told, StringComparison.Ordinal);
        Assert.DoesNotContain("Zones:0 is no setting", told, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Run_SectionsOfTheOtherHostAndOfTheFramework_AreNoFaults(string host)
    {
        var (_, told) = await RunAsync(host, """
            {
              "Silo": { "Port": 99999 }, "Urls": "http://127.0.0.1:0", "Logging": { "LogLevel": { "Default": "Warning" } },
              "FleetManager": { "Kubernetes": { "PageSize": 100 }, "PathHealth": { "LossesToDown": 15 } }, "Matchmaker": { "MaxEventStreams": 5 },
              "Storage": { "Sqlite": { "Path": "cell.db" } }, "Kestrel": { "Limits": { "MaxConcurrentConnections": 5 } }
            }
            """);

        Assert.DoesNotContain("is no setting", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.0/26", 0, "64 addresses x 1001 destination ports = 64064 accelerator ports")]
    [InlineData("10.0.0.0/25", 1, "128 addresses x 1001 destination ports = 128128 accelerator ports")]
    [InlineData("10.0.0.7/25", 1, "FleetSystem:Regions:0:Accelerator:Subnets:0 is '10.0.0.7/25'")]
    public async Task Run_CheckConfig_TellsTheAcceleratorsArithmeticAndDoesNotStart(string subnet, int exit, string said)
    {
        var file = Path.Combine(_directory, "cell.json");
        await File.WriteAllTextAsync(file, $$"""
            {
              "Silo": { "Port": 11111 }, "Matchmaker": { "Url": "http://127.0.0.1:1" },
              "FleetSystem": {
                "Regions": [{ "Id": "here", "Zones": ["here-a"], "Accelerator": { "Arn": "arn:aws:x", "Subnets": ["{{subnet}}"], "DestinationPorts": ["7000-8000"], "ListenerPorts": ["1024-65535"] } }],
                "Clusters": [{ "Id": "blue", "Region": "here" }], "Fleets": [{ "Id": "arena" }]
              }
            }
            """, TestContext.Current.CancellationToken);
        var told = new StringWriter();

        Assert.Equal(exit, await HostProgram.RunAsync("Matchmaker", () => MatchmakerHost.Build(["--config", file]), told, check: told));
        Assert.Contains(said, told.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task Run_CheckConfig_AsksWhatItNeedsUnlessOffline(bool offline, int exit)
    {
        var kubeConfig = Path.Combine(_directory, "kubeconfig");
        await File.WriteAllTextAsync(
            kubeConfig,
            """
            apiVersion: v1
            kind: Config
            current-context: here
            clusters: [{name: here, cluster: {server: "http://127.0.0.1:1"}}]
            users: [{name: here, user: {token: very-secret}}]
            contexts: [{name: here, context: {cluster: here, user: here}}]
            """,
            TestContext.Current.CancellationToken);
        var file = Path.Combine(_directory, "cell.json");
        await File.WriteAllTextAsync(file, $$"""
            {
              "Silo": { "Port": 11111 }, "Urls": "http://127.0.0.1:1", "Storage": { "Sqlite": { "Path": "{{Path.Combine(_directory, "later", "cell.db")}}" } },
              "FleetSystem": {
                "Regions": [{ "Id": "here", "Zones": ["here-a"] }],
                "Clusters": [{ "Id": "blue", "Region": "here", "KubeConfig": "{{kubeConfig}}" }], "Fleets": [{ "Id": "arena" }]
              },
              "FleetManager": { "JoinTokenKeyFile": "{{await KeyFileAsync()}}" }
            }
            """, TestContext.Current.CancellationToken);
        var told = new StringWriter();

        Assert.Equal(exit, await HostProgram.RunAsync("FleetManager", () => FleetManagerHost.Build(["--config", file]), told, check: told, offline));

        // Both are looked at, and what is in order is said too.
        Assert.Equal(!offline, told.ToString().Contains("FAILED  cluster blue cannot be asked", StringComparison.Ordinal));
        Assert.Equal(!offline, told.ToString().Contains("ok      state file", StringComparison.Ordinal));
        Assert.DoesNotContain("very-secret", told.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_directory, "later")));
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
        var silo = FreePorts.NextTcp();
        var (exit, told) = await RunAsync("Matchmaker", $$"""
            {
              "Silo": { "Port": {{silo}} },
              "Matchmaker": { "Url": "http://127.0.0.1:{{port}}", "GrpcUrl": "" },
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

    private async Task<string> KeyFileAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var file = Path.Combine(_directory, "join.pem");
        await File.WriteAllTextAsync(file, key.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        return file;
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
