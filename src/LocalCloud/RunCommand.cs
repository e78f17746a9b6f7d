using FleetSystem.LocalCloud.Hosting;
using Spectre.Console;

namespace FleetSystem.LocalCloud;

/// <summary>Starts the whole system and keeps it up until Ctrl-C.</summary>
internal static class RunCommand
{
    /// <summary>Runs until cancelled.</summary>
    /// <returns>0 at a regular end, 1 when it could not start.</returns>
    public static async Task<int> RunAsync(LocalCloudOptions options, CancellationToken cancellationToken)
    {
        using var logs = RunLog.Create(options.DataDirectory);
        try
        {
            LocalCloudSystem? cloud = null;
            await Progress.ShowAsync("Starting", async progress => cloud = await LocalCloudSystem.StartAsync(options, progress, logs, TimeProvider.System, cancellationToken));
            await using (cloud)
            {
                Show(cloud!, options);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                AnsiConsole.MarkupLine("[grey]Stopping …[/]");
            }

            return 0;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
    }

    private static void Show(LocalCloudSystem cloud, LocalCloudOptions options)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("What").AddColumn("Where");
        foreach (var (what, where) in cloud.Addresses()) table.AddRow(Markup.Escape(what), Markup.Escape(where));
        AnsiConsole.Write(table);
        foreach (var (who, credential) in cloud.Credentials()) Console.WriteLine($"{who + ":",-18} Authorization: Bearer {credential}");
        if (cloud.Access is { } access) AnsiConsole.WriteLine($"Keys are new at each start, and are in {Path.GetDirectoryName(access.BackendKeyFile)} too.");
        AnsiConsole.WriteLine();
        AnsiConsole.WriteLine("Ask for a session:");
        AnsiConsole.WriteLine();
        Console.WriteLine(cloud.ExampleCurl());
        AnsiConsole.WriteLine();
        AnsiConsole.MarkupLineInterpolated($"[grey]Logs, keys and the store are in {options.DataDirectory}. Ctrl-C ends everything.[/]");
    }
}
