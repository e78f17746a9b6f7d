using FleetSystem.LocalCloud.Hosting;
using FleetSystem.SiloHost;
using Spectre.Console;

namespace FleetSystem.LocalCloud;

/// <summary>Tells why a start failed, as lines for people, where the fault is one that they can mend.</summary>
internal static class StartFault
{
    /// <summary>The lines, or null when the fault is ours.</summary>
    public static IReadOnlyList<string>? Explain(Exception fault) => fault switch
    {
        PortTakenException taken => [taken.Message],
        LocalCloudException or DynamoDB.DynamoDBLocalException => [fault.Message],
        _ => HostProgram.Explain(fault),
    };

    /// <summary>Shows the lines.</summary>
    public static void Show(IReadOnlyList<string> lines)
    {
        AnsiConsole.MarkupLine("[red]The local cloud could not start:[/]");
        foreach (var line in lines) Console.WriteLine($"  {line}");
    }
}
