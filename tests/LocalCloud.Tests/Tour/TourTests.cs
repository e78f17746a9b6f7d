using System.Diagnostics;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Nodes;

namespace FleetSystem.LocalCloud.Tests.Tour;

/// <summary>The tour as a newcomer runs it: the program as a process, its report as a file.</summary>
[Collection(WholeSystem.Name)]
public sealed class TourTests(ITestOutputHelper output)
{
    private static readonly string[] Steps =
    [
        "start", "allocate-in-zone", "allocate-other-zone", "idempotent", "matchmake", "play-via-accelerator", "flapping-path", "accelerator-dies", "accelerator-returns", "server-dies",
        "region-drained", "aws-control-plane-dies", "stop",
    ];

    [Fact]
    public async Task Tour_OnFreePorts_EveryStepHolds()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var report = Path.Combine(Directory.CreateTempSubdirectory("tour-test-").FullName, "tour.json");
        var (exit, text) = await RunAsync(cancellation, "tour", "--json", report, "--api-port", "0", "--ops-port", "0", "--grpc-port", "0", "--allocator-port", "0", "--accelerator-port", "0", "--kubernetes-port", "0", "--nlb-port", "0", "--silo-port", "0");
        output.WriteLine(text);

        var told = JsonNode.Parse(await File.ReadAllTextAsync(report, cancellation))!;
        Assert.Equal(Steps, told["steps"]!.AsArray().Select(step => (string)step!["name"]!));
        Assert.All(told["steps"]!.AsArray(), step => Assert.True((bool)step!["ok"]!, step!.ToJsonString()));
        Assert.True((bool)told["ok"]!);
        Assert.Equal(0, exit);

        var steps = told["steps"]!.AsArray().ToDictionary(step => (string)step!["name"]!, step => step!["detail"]!);
        Assert.Equal(2, (int)steps["allocate-other-zone"]["preferenceServed"]!);
        Assert.NotEqual((string)steps["allocate-other-zone"]["askedZone"]!, (string)steps["allocate-other-zone"]["servedZone"]!);
        Assert.Equal((40, 10), ((int)steps["matchmake"]["players"]!, (int)steps["matchmake"]["sessions"]!));
        Assert.Equal(4, steps["play-via-accelerator"]["datagramsAnswered"]!.AsArray().Count(count => (int)count! >= 200));
        Assert.All(steps["accelerator-dies"]["seconds"]!.AsArray(), seconds => Assert.InRange((double)seconds!, 0.01, 3));
    }

    [Fact]
    public async Task Start_PortTaken_NamesItAndHowToChooseAnother()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;

        var (exit, text) = await RunAsync(TestContext.Current.CancellationToken, "--api-port", port.ToString(System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(1, exit);
        Assert.Contains($"{port}", text, StringComparison.Ordinal);
        Assert.Contains("--api-port", text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_InvalidConfiguration_TellsEveryFaultWithItsKey()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("tour-test-").FullName, "bad.json");
        await File.WriteAllTextAsync(file, """{"LocalCloud":{"Regions":["eu-west-1","eu-west-1"],"ZonesPerRegion":99,"SimulatedServers":-1}}""", TestContext.Current.CancellationToken);

        var (exit, text) = await RunAsync(TestContext.Current.CancellationToken, "--config", file);

        Assert.Equal(1, exit);
        Assert.Contains("LocalCloud:Regions", text, StringComparison.Ordinal);
        Assert.Contains("LocalCloud:ZonesPerRegion", text, StringComparison.Ordinal);
        Assert.Contains("LocalCloud:SimulatedServers", text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
    }

    private static async Task<(int Exit, string Text)> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ProcessStartInfo(DotnetHost.Path) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments.Prepend(typeof(RunLog).Assembly.Location)) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        try
        {
            var written = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var faults = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await written + await faults);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
