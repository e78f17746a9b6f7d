using System.Diagnostics;
using FleetSystem.LocalCloud.DynamoDB;
using FleetSystem.LocalCloud.Nodes;

namespace FleetSystem.LocalCloud.Hosting;

/// <summary>A host of the cell as a process of its own. It ends when this process does, however this one ends: its standard input closes.</summary>
internal sealed class ProcessHost : ICellHost
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly TimeProvider _time;
    private bool _disposed;

    private ProcessHost(Process process, TimeProvider time) => (_process, _time) = (process, time);

    public int? ProcessId => _disposed || _process.HasExited ? null : _process.Id;

    /// <summary>Starts a host on its configuration file and returns when it serves.</summary>
    /// <exception cref="LocalCloudException">It ended or did not serve in time.</exception>
    public static async Task<ProcessHost> StartAsync(HostInstance instance, string configFile, Uri address, string logDirectory, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(DotnetHost.Path) { UseShellExecute = false, RedirectStandardInput = true };
        foreach (var argument in new[] { typeof(ProcessHost).Assembly.Location, HostCommand.Name, instance.Kind.Name, "--config", configFile, "--data", logDirectory }) start.ArgumentList.Add(argument);
        var process = Process.Start(start) ?? throw new LocalCloudException($"{instance.Name} could not be started.");
        var host = new ProcessHost(process, time);
        try
        {
            await host.UntilServingAsync(instance, address, logDirectory, cancellationToken);
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

    /// <summary>Freezes the process (SIGSTOP).</summary>
    public Task SuspendAsync() => ProcessSignal.StopAsync(_process.Id);

    /// <summary>Lets it go on (SIGCONT).</summary>
    public Task ResumeAsync() => ProcessSignal.ContinueAsync(_process.Id);

    /// <summary>Waits until it has ended by itself.</summary>
    public Task UntilEndedAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
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

    private async Task UntilServingAsync(HostInstance instance, Uri address, string logDirectory, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        using var late = new CancellationTokenSource(StartTimeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using var timer = new PeriodicTimer(PollInterval, _time);
        try
        {
            while (true)
            {
                if (_process.HasExited) throw new LocalCloudException($"{instance.Name} ended with exit code {_process.ExitCode} while it started. Its log is in {logDirectory}.");
                try
                {
                    using var answer = await http.GetAsync(new Uri(address, "/readyz"), both.Token);
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
            throw new LocalCloudException($"{instance.Name} did not serve {address} within {StartTimeout.TotalSeconds:0} s. Its log is in {logDirectory}.");
        }
    }
}
