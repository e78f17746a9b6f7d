using System.Text.Json;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.LocalCloud.Tour;
using Spectre.Console;

namespace FleetSystem.LocalCloud;

/// <summary>Runs the tour, shows each step as it ends, and writes the report.</summary>
internal static class TourCommand
{
    private static readonly TimeSpan StepTimeout = TimeSpan.FromSeconds(60);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Runs the tour.</summary>
    /// <returns>0 when every step held, 1 otherwise.</returns>
    public static async Task<int> RunAsync(LocalCloudOptions options, FileInfo? report, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        IReadOnlyList<TourResult> results;
        using (var logs = RunLog.Create(options.DataDirectory))
        {
            await using var steps = new TourSteps(options, new Progress<string>(), logs, time);
            results = await new TourRunner(time, StepTimeout).RunAsync(steps.All, Show, cancellationToken);
        }

        var ok = results.All(result => result.Ok);
        AnsiConsole.MarkupLine(ok
            ? $"[green]All {results.Count} steps hold[/], {time.GetElapsedTime(started).TotalSeconds:0.0} s in all."
            : $"[red]Step '{Markup.Escape(results.First(result => !result.Ok).Name)}' does not hold.[/] Logs are in {Markup.Escape(options.DataDirectory)}.");
        if (report is not null) await File.WriteAllTextAsync(report.FullName, TourRunner.Report(results).ToJsonString(Indented) + "\n", CancellationToken.None);
        if (ok && options.DataDirectory.Contains("fleetsystem-tour-", StringComparison.Ordinal)) Directory.Delete(options.DataDirectory, recursive: true);
        return ok ? 0 : 1;
    }

    private static void Show(TourResult result)
    {
        AnsiConsole.MarkupLine($"{(result.Ok ? "[green]ok  [/]" : "[red]FAIL[/]")} [bold]{Markup.Escape(result.Name),-22}[/] [grey]{result.Milliseconds,6} ms[/]");
        foreach (var (name, value) in result.Detail)
        {
            // Plain lines: a report is read in terminals of any width, and in logs.
            Console.WriteLine($"       {name}: {value?.ToJsonString().Trim('"')}");
        }
    }
}
