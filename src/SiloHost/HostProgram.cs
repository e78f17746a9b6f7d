using System.Net.Sockets;
using FleetSystem.SiloHost.Diagnosis;
using FleetSystem.SiloHost.DynamoDB;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost;

/// <summary>Runs a host as a program: a start that fails for a reason that an operator can mend is told in lines, not in a stack trace.</summary>
public static class HostProgram
{
    /// <summary>Switch by which a host only checks its configuration, tells what it makes of it, and ends.</summary>
    public const string CheckSwitch = "--check-config";

    /// <summary>Switch beside <see cref="CheckSwitch"/>: the configuration alone is checked, and nobody is asked.</summary>
    public const string OfflineSwitch = "--offline";

    /// <summary>Runs as a program: on standard output and error.</summary>
    /// <param name="name">Name of the host, for messages.</param>
    /// <param name="args">Command line.</param>
    /// <param name="build">Builds the host on the rest of the command line.</param>
    public static Task<int> RunAsync(string name, string[] args, Func<string[], WebApplication> build) => RunAsync(
        name, () => build([.. args.Where(arg => arg is not (CheckSwitch or OfflineSwitch))]), Console.Error, args.Contains(CheckSwitch) ? Console.Out : null, args.Contains(OfflineSwitch));

    /// <summary>Runs until the host is told to stop.</summary>
    /// <param name="name">Name of the host, for messages.</param>
    /// <param name="build">Builds the host.</param>
    /// <param name="errors">Where faults are told.</param>
    /// <param name="check">Where to tell what the configuration says, instead of running; null to run.</param>
    /// <param name="offline">Whether a check asks nobody.</param>
    /// <returns>0 at a regular end, 1 when it could not start, the configuration has faults, or what it names cannot be used.</returns>
    public static async Task<int> RunAsync(string name, Func<WebApplication> build, TextWriter errors, TextWriter? check = null, bool offline = false)
    {
        try
        {
            await using var host = build();

            // Before anything else is made of the configuration, so that every fault is told at once.
            host.Services.GetService<IStartupValidator>()?.Validate();
            if (check is not null) return await CheckAsync(host.Services, check, offline);
            await host.RunAsync();
            return 0;
        }
        catch (Exception fault) when (Explain(fault) is { } faults)
        {
            await errors.WriteLineAsync($"{name} could not start:");
            foreach (var line in faults) await errors.WriteLineAsync($"  {line}");
            return 1;
        }
    }

    private static async Task<int> CheckAsync(IServiceProvider services, TextWriter told, bool offline)
    {
        foreach (var line in ConfigurationSummary.Of(services)) await told.WriteLineAsync(line);
        if (offline || services.GetService<HostDiagnosis>() is not { } diagnosis) return 0;
        var round = await diagnosis.LookAsync(CancellationToken.None);
        foreach (var (subject, state, message) in round.Findings) await told.WriteLineAsync($"{Word(state)} {subject} {message}");
        return round.Worst == FindingState.Failed ? 1 : 0;

        static string Word(FindingState state) => state switch { FindingState.Passed => "ok     ", FindingState.Warning => "warning", _ => "FAILED " };
    }

    /// <summary>Why a start failed, in lines for people; null when the fault is ours.</summary>
    public static IReadOnlyList<string>? Explain(Exception fault) => fault switch
    {
        OptionsValidationException invalid => [.. invalid.Failures],
        AggregateException { InnerExceptions: var all } when all.All(inner => Explain(inner) is not null) => [.. all.SelectMany(inner => Explain(inner)!)],
        OrleansConfigurationException or DynamoDBTableException => [fault.Message],
        FileNotFoundException missing => [missing.Message],
        InvalidDataException unreadable => [$"{unreadable.Message} {unreadable.InnerException?.Message}".Trim()],
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } unbound => [$"{unbound.Message} {unbound.InnerException?.Message}".Trim()],
        IOException { InnerException: AddressInUseException } busy => [$"{busy.Message} Another process may be listening there: choose another address in the configuration (Urls, Matchmaker:Url, Matchmaker:GrpcUrl)."],
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } busy => [$"{busy.Message}: a silo's port is in use. Choose another in Silo:Port or Silo:GatewayPort."],
        { InnerException: { } inner } => Explain(inner),
        _ => null,
    };
}
