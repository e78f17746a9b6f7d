using System.Diagnostics;
using System.Globalization;
using FleetSystem.LocalCloud.Hosting;

namespace FleetSystem.LocalCloud.DynamoDB;

/// <summary>
/// Amazon's DynamoDB Local as a process: installed at the first start, stopped with its owner, however that one ends. It takes any
/// credentials and any region, and all of them see the same tables.
/// </summary>
internal sealed class DynamoDBLocal : IAsyncDisposable
{
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly Process _runner;

    private DynamoDBLocal(Process runner, int processId, Uri endpoint) => (_runner, ProcessId, Endpoint) = (runner, processId, endpoint);

    /// <summary>Where it serves.</summary>
    public Uri Endpoint { get; }

    /// <summary>Its process.</summary>
    public int ProcessId { get; }

    /// <summary>Starts it and returns when it serves.</summary>
    /// <param name="port">Its port; 0 for any free one.</param>
    /// <param name="directory">Where its log is kept, and its data if <paramref name="durable"/>.</param>
    /// <param name="durable">Whether its data outlives it; otherwise it is in memory.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="DynamoDBLocalException">It could not be installed or started; the message says what to do.</exception>
    public static async Task<DynamoDBLocal> StartAsync(int port, string directory, bool durable, TimeProvider time, CancellationToken cancellationToken)
    {
        var folder = await InstallAsync(time, cancellationToken);
        if (port == 0) port = FreePorts.NextTcp();
        Directory.CreateDirectory(directory);
        var log = Path.Combine(Path.GetFullPath(directory), "dynamodb-local.log");
        string[] arguments = ["-sharedDb", "-port", port.ToString(CultureInfo.InvariantCulture), .. durable ? new[] { "-dbPath", Path.GetFullPath(directory) } : ["-inMemory"]];
        var runner = Start("run-dynamodb-local.sh", [folder, log, .. arguments]);
        try
        {
            var line = await runner.StandardOutput.ReadLineAsync(cancellationToken);
            var processId = int.TryParse(line, CultureInfo.InvariantCulture, out var id) ? id : throw new DynamoDBLocalException($"DynamoDB Local did not start. Its log is {log}.");
            var local = new DynamoDBLocal(runner, processId, new Uri($"http://127.0.0.1:{port}/"));
            await local.UntilServingAsync(log, time, cancellationToken);
            return local;
        }
        catch
        {
            await EndAsync(runner);
            throw;
        }
    }

    /// <summary>Freezes it: connections stay open and nothing answers, as when a network swallows packets.</summary>
    public Task SuspendAsync(CancellationToken cancellationToken) => ProcessSignal.StopAsync(ProcessId, cancellationToken);

    /// <summary>Lets it go on.</summary>
    public Task ResumeAsync(CancellationToken cancellationToken) => ProcessSignal.ContinueAsync(ProcessId, cancellationToken);

    public async ValueTask DisposeAsync() => await EndAsync(_runner);

    private static async Task<string> InstallAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(InstallTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using var installer = Start("install-dynamodb-local.sh", []);
        try
        {
            var output = await installer.StandardOutput.ReadToEndAsync(both.Token);
            await installer.WaitForExitAsync(both.Token);
            return installer.ExitCode == 0 && output.Trim() is { Length: > 0 } folder
                ? folder
                : throw new DynamoDBLocalException("DynamoDB Local could not be installed: it needs npm and Java 17. What went wrong is told above.");
        }
        catch (OperationCanceledException)
        {
            installer.Kill(entireProcessTree: true);
            if (cancellationToken.IsCancellationRequested) throw;
            throw new DynamoDBLocalException($"DynamoDB Local was not installed within {InstallTimeout.TotalMinutes:0} min.");
        }
    }

    private static Process Start(string script, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("bash") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "dynamodb-local", script));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception fault)
        {
            throw new DynamoDBLocalException($"DynamoDB Local is started by bash, which cannot be run: {fault.Message}.");
        }
    }

    private static async Task EndAsync(Process runner)
    {
        runner.StandardInput.Close();
        await runner.WaitForExitAsync();
        runner.Dispose();
    }

    private async Task UntilServingAsync(string log, TimeProvider time, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(StartTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using var timer = new PeriodicTimer(PollInterval, time);
        using var http = new HttpClient();
        try
        {
            while (true)
            {
                if (_runner.HasExited) throw new DynamoDBLocalException($"DynamoDB Local ended while it started: {LastLine(log)} Its log is {log}.");
                try
                {
                    // Any answer will do; without a signed request it is a refusal.
                    using var answer = await http.GetAsync(Endpoint, both.Token);
                    return;
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
            throw new DynamoDBLocalException($"DynamoDB Local did not serve {Endpoint} within {StartTimeout.TotalSeconds:0} s. Its log is {log}.");
        }
    }

    private static string LastLine(string log) => File.Exists(log) ? File.ReadLines(log).LastOrDefault(line => line.Length > 0) ?? "" : "";
}

/// <summary>DynamoDB Local cannot be had; the message says why and what to do.</summary>
internal sealed class DynamoDBLocalException(string message) : Exception(message);
