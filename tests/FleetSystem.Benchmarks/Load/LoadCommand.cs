using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace FleetSystem.Benchmarks.Load;

/// <summary><c>load</c>: how many sessions a second a running system creates and ends, and how long a caller waits.</summary>
internal static class LoadCommand
{
    private const int MaxConnections = 1_024;
    private const int MaxSeconds = 3_600;
    private const int Interrupted = 130;

    private static readonly Option<string?> Url = Text("--url", "Base URL of the players' API, for example http://127.0.0.1:8080.");
    private static readonly Option<string?> Raw = Text("--raw", "Kubernetes API to allocate from directly, by GameServerAllocation. With --url, both are measured, one after the other.");
    private static readonly Option<string?> Fleet = new("--fleet") { Description = "The fleet; with --raw the label agones.dev/fleet." };
    private static readonly Option<string?> Tickets = new("--tickets") { Description = "A matchmaking queue: tickets are created in it instead of sessions, and followed to their matches and sessions. With --url." };
    private static readonly Option<int> Rate = Number("--rate", "With --tickets: tickets a second, kept whether or not the service keeps up; 0 for as many as the connections can.", 0, 0, 1_000_000);
    private static readonly Option<int> SampleEvery = Number("--sample-every", "With --tickets: every how many tickets one is followed by a stream of its own.", 100, 1, 1_000_000);
    private static readonly Option<int> Linger = Number("--linger", "With --tickets: seconds that the last tickets may take to be matched.", 15, 0, 600);
    private static readonly Option<string?> RawFleet = new("--raw-fleet") { Description = "The Agones Fleet of --raw, when it is named otherwise than --fleet." };
    private static readonly Option<string> Namespace = new("--namespace") { Description = "Namespace of --raw.", DefaultValueFactory = _ => "default" };
    private static readonly Option<string?> Token = new("--token") { Description = "Bearer token of --raw." };
    private static readonly Option<FileInfo?> KeyFile = new("--key-file") { Description = "File with a game backend's key for --url; the local cloud writes access/backend-key in its data directory." };
    private static readonly Option<int> Connections = Number("--connections", "Connections, each with one request at a time.", 32, 1, MaxConnections);
    private static readonly Option<int> Seconds = Number("--seconds", "How long to measure.", 10, 1, MaxSeconds);
    private static readonly Option<int> WarmUp = Number("--warmup", "Seconds before that which are not measured.", 2, 0, MaxSeconds);
    private static readonly Option<int> MaxSessions = Number("--max-sessions", "The most sessions to create.", 1_000_000, 1, 100_000_000);
    private static readonly Option<int> Timeout = Number("--timeout", "Seconds after which a request counts as failed.", 10, 1, 300);
    private static readonly Option<string?> Region = new("--region") { Description = "The region to ask for." };
    private static readonly Option<bool> NoEnd = new("--no-end") { Description = "Leave the sessions, to see what happens when servers run out." };
    private static readonly Option<bool> AllowRemote = new("--allow-remote") { Description = "Allow a host that is not this machine." };
    private static readonly Option<long?> Seed = new("--seed") { Description = "Makes the idempotency keys. One seed gives the same keys, and so the same sessions, again. By default the present time." };

    public static Command Create(TimeProvider time)
    {
        var command = new Command("load", "Creates and ends sessions in a closed loop, or creates tickets, and prints what it measured as JSON.");
        foreach (var option in (Option[])[Url, Raw, Fleet, Tickets, Rate, SampleEvery, Linger, RawFleet, Namespace, Token, KeyFile, Connections, Seconds, WarmUp, MaxSessions, Timeout, Region, NoEnd, AllowRemote, Seed])
            command.Options.Add(option);
        command.Validators.Add(CheckAddresses);
        command.Validators.Add(CheckKeyFile);
        command.Validators.Add(CheckTarget);
        command.SetAction((arguments, cancellationToken) => RunAsync(arguments, time, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        var seed = arguments.GetValue(Seed) ?? time.GetUtcNow().Ticks;
        if (arguments.GetValue(Tickets) is { } queue) return await RunTicketsAsync(arguments, queue, seed, time, cancellationToken);
        var limits = new LoadLimits(
            arguments.GetValue(Connections),
            TimeSpan.FromSeconds(arguments.GetValue(WarmUp)),
            TimeSpan.FromSeconds(arguments.GetValue(Seconds)),
            arguments.GetValue(MaxSessions),
            !arguments.GetValue(NoEnd));
        var reports = new Dictionary<string, LoadReport>();
        var fleet = arguments.GetValue(Fleet)!;
        if (AddressOf(arguments.GetValue(Url)) is { } url)
        {
            using var http = LoadHttp.Create(url, limits.Connections, arguments.GetValue(Timeout), KeyOf(arguments));
            var target = new SessionsTarget(http, fleet, arguments.GetValue(Region), seed);
            reports["sessions"] = await new LoadRun(target, limits, time).RunAsync(seed, cancellationToken);
        }

        if (AddressOf(arguments.GetValue(Raw)) is { } raw && !cancellationToken.IsCancellationRequested)
        {
            using var http = LoadHttp.Create(raw, limits.Connections, arguments.GetValue(Timeout), arguments.GetValue(Token));
            var target = new AgonesTarget(http, arguments.GetValue(RawFleet) ?? fleet, arguments.GetRequiredValue(Namespace));
            reports["raw"] = await new LoadRun(target, limits, time).RunAsync(seed, cancellationToken);
        }

        object printed = reports.Count == 1 ? reports.Values.Single() : reports;
        Console.WriteLine(JsonSerializer.Serialize(printed, LoadJson.Options));
        if (cancellationToken.IsCancellationRequested)
            return Interrupted;
        return reports.Values.All(report => report.Sessions > 0) ? 0 : 1;
    }

    private static async Task<int> RunTicketsAsync(ParseResult arguments, string queue, long seed, TimeProvider time, CancellationToken cancellationToken)
    {
        var limits = new TicketLoadLimits(
            arguments.GetValue(Connections),
            arguments.GetValue(Rate),
            TimeSpan.FromSeconds(arguments.GetValue(WarmUp)),
            TimeSpan.FromSeconds(arguments.GetValue(Seconds)),
            arguments.GetValue(SampleEvery),
            TimeSpan.FromSeconds(arguments.GetValue(Linger)),
            !arguments.GetValue(NoEnd));
        var url = AddressOf(arguments.GetValue(Url))!;
        using var creating = LoadHttp.Create(url, limits.Connections, arguments.GetValue(Timeout), KeyOf(arguments));
        using var streaming = LoadHttp.Create(url, MaxConnections, arguments.GetValue(Timeout), KeyOf(arguments));
        var report = await new TicketLoadRun(creating, streaming, queue, limits, time).RunAsync(seed, cancellationToken);
        Console.WriteLine(JsonSerializer.Serialize(report, LoadJson.Options));
        return report.Interrupted ? Interrupted : report.Created > 0 ? 0 : 1;
    }

    private static string? KeyOf(ParseResult arguments) => arguments.GetValue(KeyFile) is { } file ? File.ReadAllText(file.FullName).Trim() : null;

    private static void CheckTarget(CommandResult result)
    {
        if (result.GetResult(Tickets) is null && result.GetResult(Fleet) is null) result.AddError("Give --fleet, or --tickets with a queue.");
        if (result.GetResult(Tickets) is not null && (result.GetResult(Url) is null || result.GetResult(Raw) is not null)) result.AddError("--tickets is for --url alone.");
    }

    private static void CheckAddresses(CommandResult result)
    {
        if (result.GetResult(Url) is null && result.GetResult(Raw) is null)
            result.AddError("Give --url, --raw or both.");
        foreach (var option in (Option<string?>[])[Url, Raw])
        {
            if (result.GetResult(option) is not { Errors: var errors } || errors.Any() || result.GetValue(option) is not { } text)
                continue;
            if (!TryParse(text, out var address))
                result.AddError($"{option.Name} '{text}' is no URL: give for example http://127.0.0.1:8080.");
            else if (!address.IsLoopback && !result.GetValue(AllowRemote))
                result.AddError($"{option.Name} {text} is another machine, which would be put under full load. Add --allow-remote if that is meant.");
        }
    }

    private static void CheckKeyFile(CommandResult result)
    {
        if (result.GetValue(KeyFile) is { Exists: false } file) result.AddError($"--key-file {file.FullName} does not exist.");
    }

    private static Uri? AddressOf(string? text) => text is not null && TryParse(text, out var address) ? address : null;

    // With a slash at its end, so that a path in it stays in front of the requests' own.
    private static bool TryParse(string text, [NotNullWhen(true)] out Uri? address) =>
        Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out address) && address.Scheme is "http" or "https";

    private static Option<string?> Text(string name, string description) => new(name) { Description = description };

    private static Option<int> Number(string name, string description, int value, int least, int most)
    {
        var option = new Option<int>(name) { Description = $"{description} {least} to {most}.", DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            // What is no number at all is the parser's to report.
            if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var given) && (given < least || given > most))
                result.AddError($"{name} {given}: give {least} to {most}.");
        });
        return option;
    }
}
