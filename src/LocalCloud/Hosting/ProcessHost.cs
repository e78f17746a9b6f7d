using System.Diagnostics;
using FleetSystem.LocalCloud.Nodes;

namespace FleetSystem.LocalCloud.Hosting;

/// <summary>A host of the cell as a process of its own. It ends when this process does, however this one ends: its standard input closes.</summary>
internal sealed class ProcessHost : ICellHost
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly TimeProvider _time;

    private ProcessHost(Process process, TimeProvider time) => (_process, _time) = (process, time);

    public int? ProcessId => _process.Id;

    /// <summary>Starts a host on its configuration file and returns when it serves.</summary>
    /// <exception cref="LocalCloudException">It ended or did not serve in time.</exception>
    public static async Task<ProcessHost> StartAsync(HostKind kind, string configFile, Uri address, string logDirectory, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(DotnetHost.Path) { UseShellExecute = false, RedirectStandardInput = true };
        foreach (var argument in new[] { typeof(ProcessHost).Assembly.Location, HostCommand.Name, kind.Name, "--config", configFile, "--data", logDirectory }) start.ArgumentList.Add(argument);
        var process = Process.Start(start) ?? throw new LocalCloudException($"{kind.Name} could not be started.");
        var host = new ProcessHost(process, time);
        try
        {
            await host.UntilServingAsync(kind, address, logDirectory, cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the process as a crash would (SIGKILL).</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // The process takes the end of its input for Ctrl-C.
            _process.StandardInput.Close();
            try
            {
                await _process.WaitForExitAsync().WaitAsync(StopTimeout, _time);
            }
            catch (TimeoutException)
            {
                await KillAsync();
            }
        }

        _process.Dispose();
    }

    private async Task UntilServingAsync(HostKind kind, Uri address, string logDirectory, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        using var late = new CancellationTokenSource(StartTimeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using var timer = new PeriodicTimer(PollInterval, _time);
        try
        {
            while (true)
            {
                if (_process.HasExited) throw new LocalCloudException($"{kind.Name} ended with exit code {_process.ExitCode} while it started. Its log is in {logDirectory}.");
                try
                {
                    using var answer = await http.GetAsync(new Uri(address, "/livez"), both.Token);
                    if (answer.IsSuccessStatusCode) return;
                }
                catch (HttpRequestException)
                {
                    // Not listening yet.
                }

                await timer.WaitForNextTickAsync(both.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LocalCloudException($"{kind.Name} did not serve {address} within {StartTimeout.TotalSeconds:0} s. Its log is in {logDirectory}.");
        }
    }
}
