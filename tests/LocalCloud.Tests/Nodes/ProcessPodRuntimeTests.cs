using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FleetSystem.GameClient;
using FleetSystem.LocalCloud.Bots;
using FleetSystem.LocalCloud.Nodes;
using FleetSystem.LocalCloud.Tests.Sdk;

namespace FleetSystem.LocalCloud.Tests.Nodes;

public sealed class ProcessPodRuntimeTests
{
    [Fact]
    public async Task StartAsync_RealGameServer_BecomesReadyAndTakesASessionUp()
    {
        using var deadline = new TestDeadline();
        var cancelled = deadline.Token;
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

    [Fact]
    public async Task StopAsync_RunningGameServer_AsksForShutdownAndExitsWithZero()
    {
        using var deadline = new TestDeadline();
        var cancelled = deadline.Token;
        await using var fixture = await ProcessPodRuntimeFixture.CreateAsync();
        var gameServer = InMemoryGameServer.Named("arena-1");
        var pod = await fixture.StartAsync(gameServer, ProcessPodRuntimeFixture.FreeUdpPort());
        await gameServer.UntilStateAsync("RequestReady", cancelled);

        await pod.StopAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(0, await pod.Exited.WaitAsync(deadline.Token));
        Assert.Equal("Shutdown", gameServer.State);
    }

    [Fact]
    public async Task Kill_RunningGameServer_ExitsAsKilled()
    {
        using var deadline = new TestDeadline();
        var cancelled = deadline.Token;
        await using var fixture = await ProcessPodRuntimeFixture.CreateAsync();
        var gameServer = InMemoryGameServer.Named("arena-1");
        var pod = await fixture.StartAsync(gameServer, ProcessPodRuntimeFixture.FreeUdpPort());
        await gameServer.UntilStateAsync("RequestReady", cancelled);

        pod.Kill();

        Assert.NotEqual(0, await pod.Exited.WaitAsync(deadline.Token));
        Assert.Equal("RequestReady", gameServer.State);
    }

    [Fact]
    public async Task Kill_RunningGameServer_LeavesNoProcessSocketOrHandle()
    {
        using var deadline = new TestDeadline();
        var cancelled = deadline.Token;
        await using var fixture = await ProcessPodRuntimeFixture.CreateAsync();
        var port = ProcessPodRuntimeFixture.FreeUdpPort();
        var handles = 0;
        for (var round = 0; round < 4; round++)
        {
            var gameServer = InMemoryGameServer.Named("arena-1");
            var pod = await fixture.StartAsync(gameServer, port);
            await gameServer.UntilStateAsync("RequestReady", cancelled);

            pod.Kill();
            await pod.DisposeAsync();

            Assert.Throws<ArgumentException>(() => Process.GetProcessById(pod.ProcessId!.Value));
            if (OperatingSystem.IsLinux())
                Assert.False(Directory.Exists($"/proc/{pod.ProcessId}"), "a zombie is left");
            using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
                await Assert.ThrowsAsync<SocketException>(async () => await socket.ConnectAsync(IPAddress.Loopback, pod.SdkPort, cancelled));

            if (OperatingSystem.IsLinux() && round == 0)
                handles = OpenFilesOf(fixture.Directory);
        }

        if (OperatingSystem.IsLinux())
            Assert.Equal(handles, OpenFilesOf(fixture.Directory));
    }

    [Fact]
    public async Task StartAsync_StarterGone_GameServerEndsByItself()
    {
        using var deadline = new TestDeadline();
        var cancelled = deadline.Token;
        await using var fixture = await ProcessPodRuntimeFixture.CreateAsync();
        var gameServer = InMemoryGameServer.Named("arena-1");
        await using var sidecar = fixture.Sdk.Add(gameServer);
        var info = new ProcessStartInfo(DotnetHost.Path) { RedirectStandardInput = true, UseShellExecute = false, RedirectStandardOutput = true };
        info.ArgumentList.Add("exec");
        info.ArgumentList.Add(fixture.Options.DefaultExecutable!);
        info.Environment["GAMESERVER_ADDRESS"] = "127.0.0.1";
        info.Environment["GAMESERVER_PORT"] = "0";
        info.Environment["GAMESERVER_JOIN_KEYS_FILE"] = fixture.KeysFile;
        info.Environment["GAMESERVER_EXIT_ON_STDIN_CLOSE"] = "1";
        info.Environment["AGONES_SDK_GRPC_PORT"] = sidecar.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        using var process = Process.Start(info)!;
        try
        {
            await gameServer.UntilStateAsync("RequestReady", cancelled);

            // What the system does to our end of the pipe when we are killed.
            process.StandardInput.Close();

            await process.WaitForExitAsync(cancelled);
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    [Fact]
    public async Task StartAsync_SessionIdle_AsksForShutdown()
    {
        using var deadline = new TestDeadline();
        var cancelled = deadline.Token;
        await using var fixture = await ProcessPodRuntimeFixture.CreateAsync();
        var gameServer = InMemoryGameServer.Named("arena-1");
        var port = ProcessPodRuntimeFixture.FreeUdpPort();
        await fixture.StartAsync(gameServer, port, new() { ["GAMESERVER_IDLE_END_SECONDS"] = "1" });
        await gameServer.UntilStateAsync("RequestReady", cancelled);
        gameServer.Allocate("s-1");
        await gameServer.UntilAnnotatedAsync("agones.dev/sdk-session-ready", "s-1/1", cancelled);
        var connection = new SessionConnection("s-1", 1, "p1", [new SessionRoute(RouteKind.Direct, ["127.0.0.1"], port)], fixture.Token("p1", "s-1"));

        await using (var bot = new Bot(connection, new BotOptions(), TimeProvider.System))
        {
            await bot.UntilAsync(report => report.Answered >= 75, cancelled);
            Assert.Equal("Allocated", gameServer.State);
        }

        await gameServer.UntilStateAsync("Shutdown", cancelled);
    }

    [Fact]
    public async Task StartAsync_SidecarTakesTimeToWrite_ReadyAndAcknowledgedAllTheSame()
    {
        using var deadline = new TestDeadline();
        var cancelled = deadline.Token;
        await using var fixture = await ProcessPodRuntimeFixture.CreateAsync(new FleetSystem.LocalCloud.Sdk.SdkSidecarOptions());
        var gameServer = InMemoryGameServer.Named("arena-1");
        await fixture.StartAsync(gameServer, ProcessPodRuntimeFixture.FreeUdpPort());
        await gameServer.UntilStateAsync("RequestReady", cancelled);
        gameServer.Allocate("s-1", incarnation: 3);

        await gameServer.UntilAnnotatedAsync("agones.dev/sdk-session-ready", "s-1/3", cancelled);
    }

    [Fact]
    public async Task StartAsync_PortTaken_ExitsAndLogsWhatToDo()
    {
        using var deadline = new TestDeadline();
        await using var fixture = await ProcessPodRuntimeFixture.CreateAsync();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;

        var pod = await fixture.StartAsync(InMemoryGameServer.Named("arena-1"), port);

        Assert.Equal(3, await pod.Exited.WaitAsync(deadline.Token));
        await pod.DisposeAsync();
        Assert.Contains($"127.0.0.1:{port} cannot be bound", await File.ReadAllTextAsync(pod.LogFile, deadline.Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_BadSettings_ExitsAndLogsEveryFault()
    {
        using var deadline = new TestDeadline();
        await using var fixture = await ProcessPodRuntimeFixture.CreateAsync();

        var pod = await fixture.StartAsync(
            InMemoryGameServer.Named("arena-1"),
            ProcessPodRuntimeFixture.FreeUdpPort(),
            new() { ["GAMESERVER_JOIN_KEYS_FILE"] = "/nowhere", ["GAMESERVER_PLAYERS_MAX"] = "many" });

        Assert.Equal(2, await pod.Exited.WaitAsync(deadline.Token));
        await pod.DisposeAsync();
        var log = await File.ReadAllTextAsync(pod.LogFile, deadline.Token);
        Assert.Contains("GAMESERVER_JOIN_KEYS_FILE", log, StringComparison.Ordinal);
        Assert.Contains("GAMESERVER_PLAYERS_MAX", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_CannotStart_SaysWhyAndLeavesNothing()
    {
        await using var fixture = await ProcessPodRuntimeFixture.CreateAsync();
        var gameServer = InMemoryGameServer.Named("arena-1");

        fixture.Options = fixture.Options with { DefaultExecutable = null };
        Assert.Contains("example/arena:1", (await Assert.ThrowsAsync<PodStartException>(() => fixture.StartAsync(gameServer, 1))).Message, StringComparison.Ordinal);
        fixture.Options = fixture.Options with { DefaultExecutable = "/nowhere/server" };
        Assert.Contains("/nowhere/server", (await Assert.ThrowsAsync<PodStartException>(() => fixture.StartAsync(gameServer, 1))).Message, StringComparison.Ordinal);
        fixture.Options = fixture.Options with { DefaultExecutable = fixture.KeysFile };
        Assert.Contains("cannot be started", (await Assert.ThrowsAsync<PodStartException>(() => fixture.StartAsync(gameServer, 1))).Message, StringComparison.Ordinal);
    }

    private static int OpenFilesOf(string directory) =>
        Directory.GetFiles("/proc/self/fd").Count(link => new FileInfo(link).LinkTarget?.StartsWith(directory, StringComparison.Ordinal) == true);
}
