using System.Net.Sockets;
using FleetSystem.LocalCloud.Hosting;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace FleetSystem.LocalCloud;

/// <summary>Tells why a start failed, as lines for people, where the fault is one that they can mend.</summary>
internal static class StartFault
{
    /// <summary>The lines, or null when the fault is ours.</summary>
    public static IReadOnlyList<string>? Explain(Exception fault) => fault switch
    {
        OptionsValidationException invalid => [.. invalid.Failures],
        PortTakenException taken => [taken.Message],
        LocalCloudException cloud => [cloud.Message],
        InvalidDataException or FormatException or InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } => [$"The configuration cannot be read: {fault.Message}"],
        IOException { InnerException: SocketException } busy => [busy.Message],
        _ => null,
    };

    /// <summary>Shows the lines.</summary>
    public static void Show(IReadOnlyList<string> lines)
    {
        AnsiConsole.MarkupLine("[red]The local cloud could not start:[/]");
        foreach (var line in lines) Console.WriteLine($"  {line}");
    }
}
