using System.Diagnostics;
using System.Globalization;

namespace FleetSystem.LocalCloud.DynamoDB;

/// <summary>Sends signals that .NET has no call for. Unix only.</summary>
internal static class ProcessSignal
{
    /// <summary>Freezes a process (SIGSTOP): it keeps its memory and its connections, and does nothing.</summary>
    public static Task StopAsync(int processId, CancellationToken cancellationToken = default) => SendAsync("STOP", processId, cancellationToken);

    /// <summary>Lets a frozen process go on (SIGCONT).</summary>
    public static Task ContinueAsync(int processId, CancellationToken cancellationToken = default) => SendAsync("CONT", processId, cancellationToken);

    private static async Task SendAsync(string signal, int processId, CancellationToken cancellationToken)
    {
        // The shell's own kill: not every system has a program of that name.
        var command = string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {processId}");
        using var shell = Process.Start(new ProcessStartInfo("bash") { ArgumentList = { "-c", command } })!;
        await shell.WaitForExitAsync(cancellationToken);
        if (shell.ExitCode != 0) throw new InvalidOperationException($"'{command}' ended with exit code {shell.ExitCode}: the process is gone.");
    }
}
