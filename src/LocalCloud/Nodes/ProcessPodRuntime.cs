using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using FleetSystem.LocalCloud.Sdk;

namespace FleetSystem.LocalCloud.Nodes;

/// <summary>Runs pods as processes of this machine, each with an SDK sidecar. A process ends with this one, however this one ends.</summary>
internal sealed partial class ProcessPodRuntime(
    ProcessPodRuntimeOptions options, SdkServer sdk, TimeProvider time, ILogger<ProcessPodRuntime> logger) : IPodRuntime
{
    // What a .NET process needs of the machine; nothing else of this process's environment is a pod's business.
    private static readonly string[] Inherited =
        ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "USERPROFILE", "SystemRoot", "LANG", "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64"];

    public async Task<IPod> StartAsync(PodStart start, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var executable = options.Executables.GetValueOrDefault(start.Image) ?? options.DefaultExecutable
            ?? throw new PodStartException($"Pod {start.Name}: image '{start.Image}' is unknown: give its executable in {nameof(ProcessPodRuntimeOptions.Executables)}");
        if (!File.Exists(executable))
            throw new PodStartException($"Pod {start.Name}: the executable of image '{start.Image}', {executable}, does not exist: build it, or give another path");
        if (start.Ports.Count == 0)
            throw new PodStartException($"Pod {start.Name} has no port: give its GameServer one in spec.ports");

        var sidecar = sdk.Add(start.GameServer);
        try
        {
            var process = new Process { StartInfo = Describe(start, executable, sidecar.Port), EnableRaisingEvents = true };
            var log = PodLog.Open(options.LogDirectory, start.Name, options.LogBytesMax);
            var pod = new ProcessPod(process, sidecar, log, time);
            try
            {
                pod.Start();
            }
            catch (Exception exception) when (exception is Win32Exception or InvalidOperationException)
            {
                process.Dispose();
                await log.DisposeAsync();
                throw new PodStartException($"Pod {start.Name}: {executable} cannot be started: {exception.Message}");
            }

            LogStarted(start.Name, pod.ProcessId!.Value, log.Path);
            return pod;
        }
        catch
        {
            await sidecar.DisposeAsync();
            throw;
        }
    }

    private ProcessStartInfo Describe(PodStart start, string executable, int sdkPort)
    {
        var info = new ProcessStartInfo
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetExtension(executable).Equals(".dll", StringComparison.OrdinalIgnoreCase))
        {
            info.FileName = DotnetHost.Path;
            info.ArgumentList.Add("exec");
            info.ArgumentList.Add(executable);
        }
        else
        {
            info.FileName = executable;
        }

        foreach (var argument in start.Arguments)
            info.ArgumentList.Add(argument);

        info.Environment.Clear();
        foreach (var name in Inherited)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
                info.Environment[name] = value;
        }

        // A killed process would leave the runtime's diagnostics socket behind.
        info.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach (var (name, value) in options.Environment.Concat(start.Environment))
            info.Environment[name] = value;
        info.Environment["GAMESERVER_ADDRESS"] = start.NodeAddress.ToString();
        info.Environment["GAMESERVER_PORT"] = start.Ports[0].HostPort.ToString(CultureInfo.InvariantCulture);
        info.Environment["GAMESERVER_EXIT_ON_STDIN_CLOSE"] = "1";
        info.Environment["AGONES_SDK_GRPC_HOST"] = "127.0.0.1";
        info.Environment["AGONES_SDK_GRPC_PORT"] = sdkPort.ToString(CultureInfo.InvariantCulture);
        return info;
    }

    [LoggerMessage(1, LogLevel.Debug, "Pod {GameServerName} runs as process {ProcessId}; its output goes to {LogFile}")]
    private partial void LogStarted(string gameServerName, int processId, string logFile);
}
