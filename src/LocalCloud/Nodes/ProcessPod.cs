using System.Diagnostics;
using System.Runtime.InteropServices;
using FleetSystem.LocalCloud.Sdk;

namespace FleetSystem.LocalCloud.Nodes;

/// <summary>A game server process, its sidecar and its log.</summary>
internal sealed class ProcessPod(Process process, SdkSidecar sidecar, PodLog log, TimeProvider time) : IPod
{
    private const int SignalTerminate = 15;

    /// <summary>How long the rest of the output may take once the process has ended: a child of it might hold the pipe.</summary>
    private static readonly TimeSpan OutputDrain = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private Task _watching = Task.CompletedTask;
    private bool _disposed;

    public int? ProcessId { get; private set; }

    public Task<int> Exited => _exited.Task;

    /// <summary>Port of the pod's SDK sidecar.</summary>
    public int SdkPort => sidecar.Port;

    /// <summary>File with the newest output.</summary>
    public string LogFile => log.Path;

    internal void Start()
    {
        process.Start();
        ProcessId = process.Id;
        _watching = WatchAsync(Task.WhenAll(log.CopyAsync(process.StandardOutput.BaseStream), log.CopyAsync(process.StandardError.BaseStream)));
    }

    /// <summary>Ends the process with SIGKILL, as a crash does.</summary>
    public void Kill()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            try
            {
                process.Kill();
            }
            catch (InvalidOperationException)
            {
                // It has ended already.
            }
        }
    }

    public async Task StopAsync(TimeSpan gracePeriod)
    {
        if (gracePeriod > TimeSpan.Zero)
        {
            Terminate();
            try
            {
                await Exited.WaitAsync(gracePeriod, time);
                return;
            }
            catch (TimeoutException)
            {
            }
        }

        Kill();
        await Exited;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        await _watching;
    }

    private void Terminate()
    {
        lock (_gate)
        {
            // Once it has been waited for, its id may be another's.
            if (_disposed || process.HasExited)
                return;
            if (OperatingSystem.IsWindows())
                process.StandardInput.Close();
            else
                _ = SendSignal(process.Id, SignalTerminate);
        }
    }

    private async Task WatchAsync(Task output)
    {
        await process.WaitForExitAsync();
        await sidecar.DisposeAsync();
        _exited.SetResult(process.ExitCode);
        try
        {
            await output.WaitAsync(OutputDrain, time);
        }
        catch (TimeoutException)
        {
        }

        process.StandardOutput.Dispose();
        process.StandardError.Dispose();
        await output;
        await log.DisposeAsync();
        lock (_gate)
        {
            _disposed = true;
            process.StandardInput.Dispose();
            process.Dispose();
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
