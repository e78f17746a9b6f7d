using System.Diagnostics;
using FleetSystem.LocalCloud.Tests.Sdk;

namespace FleetSystem.LocalCloud.Tests.Nodes;

public sealed class ProcessPodRuntimeTests
{
    [Fact(Timeout = 30_000)]
    public async Task StartAsync_RealGameServer_BecomesReadyAndTakesASessionUp()
    {
        var cancelled = TestContext.Current.CancellationToken;
        await using var fixture = await ProcessPodRuntimeFixture.CreateAsync();
        var gameServer = InMemoryGameServer.Named("arena-1");
        var pod = await fixture.StartAsync(gameServer, ProcessPodRuntimeFixture.FreeUdpPort());

        await gameServer.UntilStateAsync("RequestReady", cancelled);
        using var process = Process.GetProcessById(pod.ProcessId!.Value);
        TestContext.Current.SendDiagnosticMessage($"RSS {process.WorkingSet64 / 1048576} MiB, CPU {process.TotalProcessorTime.TotalSeconds} s");
        gameServer.Allocate("s-1");

        await gameServer.UntilAnnotatedAsync("agones.dev/sdk-session-ready", "s-1/1", cancelled);
        await gameServer.UntilAsync(now => now["status"]!["counters"]!["rooms"]!["count"]!.ToString() == "1", cancelled);
    }

    [Fact(Timeout = 30_000)]
    public async Task StopAsync_RunningGameServer_AsksForShutdownAndExitsWithZero()
    {
        var cancelled = TestContext.Current.CancellationToken;
        await using var fixture = await ProcessPodRuntimeFixture.CreateAsync();
        var gameServer = InMemoryGameServer.Named("arena-1");
        var pod = await fixture.StartAsync(gameServer, ProcessPodRuntimeFixture.FreeUdpPort());
        await gameServer.UntilStateAsync("RequestReady", cancelled);

        await pod.StopAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(0, await pod.Exited);
        Assert.Equal("Shutdown", gameServer.State);
    }

    [Fact(Timeout = 30_000)]
    public async Task Kill_RunningGameServer_ExitsAsKilled()
    {
        var cancelled = TestContext.Current.CancellationToken;
        await using var fixture = await ProcessPodRuntimeFixture.CreateAsync();
        var gameServer = InMemoryGameServer.Named("arena-1");
        var pod = await fixture.StartAsync(gameServer, ProcessPodRuntimeFixture.FreeUdpPort());
        await gameServer.UntilStateAsync("RequestReady", cancelled);

        pod.Kill();

        Assert.NotEqual(0, await pod.Exited);
        Assert.Equal("RequestReady", gameServer.State);
    }
}
