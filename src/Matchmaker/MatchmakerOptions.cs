using FleetSystem.FleetModel.Configuration;
using FleetSystem.Matchmaker.Allocator;
using FleetSystem.Matchmaker.Cells;
using FleetSystem.Matchmaker.Queues;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker;

/// <summary>How this host works. The configuration section <c>Matchmaker</c>.</summary>
public sealed class MatchmakerOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Matchmaker";

    /// <summary>Address that the players' API listens on. The default is <c>http://127.0.0.1:8080</c>.</summary>
    public string Url { get; set; } = "http://127.0.0.1:8080";

    /// <summary>Address that the gRPC services listen on, apart from <see cref="Url"/>; empty for none. The default is <c>http://127.0.0.1:8082</c>.</summary>
    public string GrpcUrl { get; set; } = "http://127.0.0.1:8082";

    /// <summary>
    /// Address that Prometheus reads <c>/metrics</c> at, apart from those that players reach; empty for none. The default is empty.
    /// </summary>
    public string MetricsUrl { get; set; } = "";

    /// <summary>The drop-in for agones-allocator; off unless it has an address.</summary>
    public AllocatorOptions Allocator { get; set; } = new();

    /// <summary>Other cells; none unless they are named.</summary>
    public CellsOptions Cells { get; set; } = new();

    /// <summary>How matchmaking queues are run.</summary>
    public QueueOptions Queues { get; set; } = new();

    /// <summary>Largest body of a request, in bytes. The default is 256 KiB; 1 KiB to 4 MiB.</summary>
    public int MaxRequestBytes { get; set; } = 256 * 1024;

    /// <summary>Largest body of a player's report of its routes, in bytes. The default is 4 KiB; 1 KiB to 64 KiB.</summary>
    public int MaxRouteReportBytes { get; set; } = 4 * 1024;

    /// <summary>Longest deadline that a caller may ask for. The default is 2 minutes; 1 second to 5 minutes.</summary>
    public TimeSpan MaxDeadline { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How much longer than the operation itself may take a session's answer is waited for, and how long it is asked again when its silo has
    /// died: until then another has its place. The default is 15 seconds; 1 second to 1 minute.
    /// </summary>
    public TimeSpan CallPatience { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Most creations that are under way at once in this host, of one fleet and the region asked for; further ones are refused at once. A slow
    /// region fills its own. The default is 2000; 1 to 100000.
    /// </summary>
    public int MaxCreations { get; set; } = 2000;

    /// <summary>Time between two looks at all regions. The default is 1 second; 0.1 second to 1 minute.</summary>
    public TimeSpan RegionRefreshInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Most event streams that are open at once; further ones are refused. The default is 10000; 1 to 1000000.</summary>
    public int MaxEventStreams { get; set; } = 10_000;

    /// <summary>
    /// Most creations of tickets and backfills that are under way at once in this host, of one queue; further ones are refused at once. The default is 5000; 1 to
    /// 100000.
    /// </summary>
    public int MaxTicketCreations { get; set; } = 5000;

    /// <summary>Most event streams of tickets that are open at once; further ones are refused. The default is 50000; 1 to 1000000.</summary>
    public int MaxTicketStreams { get; set; } = 50_000;

    /// <summary>Most event streams of whole queues that are open at once; further ones are refused. The default is 20; 1 to 1000.</summary>
    public int MaxQueueStreams { get; set; } = 20;

    /// <summary>Time after which an event stream without an event sends a comment, so that proxies keep it open. The default is 15 seconds; 1 second to 5 minutes.</summary>
    public TimeSpan EventStreamHeartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a starting host waits for an answer of a region before it calls itself ready without. The default is 30 seconds; 1 second to 10
    /// minutes.
    /// </summary>
    public TimeSpan StartPatience { get; set; } = TimeSpan.FromSeconds(30);
}

internal sealed class MatchmakerOptionsValidator : IValidateOptions<MatchmakerOptions>
{
    public ValidateOptionsResult Validate(string? name, MatchmakerOptions options)
    {
        var faults = new FaultList(MatchmakerOptions.Section);
        faults.Check(Uri.TryCreate(options.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https", nameof(options.Url), $"is '{options.Url}', not an http or https address");
        faults.Check(options.GrpcUrl.Length == 0 || (Uri.TryCreate(options.GrpcUrl, UriKind.Absolute, out var grpc) && grpc.Scheme is "http" or "https"), nameof(options.GrpcUrl), $"is '{options.GrpcUrl}', not an http or https address");
        faults.Check(url is null || url.Port == 0 || !string.Equals(options.GrpcUrl.TrimEnd('/'), options.Url.TrimEnd('/'), StringComparison.OrdinalIgnoreCase), nameof(options.GrpcUrl), $"is {options.GrpcUrl}, as Url: HTTP/2 without TLS cannot share a port with HTTP/1, give each its own");
        faults.Check(options.MetricsUrl.Length == 0 || (Uri.TryCreate(options.MetricsUrl, UriKind.Absolute, out var metrics) && metrics is { Scheme: "http" or "https", Port: > 0 }), nameof(options.MetricsUrl), $"is '{options.MetricsUrl}', not an http or https address with a port");
        faults.Check(options.MetricsUrl.Length == 0 || url is null || !Uri.TryCreate(options.MetricsUrl, UriKind.Absolute, out var apart) || apart.Port != url.Port, nameof(options.MetricsUrl), $"is {options.MetricsUrl}, with the port of Url: players would read the metrics");
        faults.Check(options.MaxRequestBytes is >= 1024 and <= 4 * 1024 * 1024, nameof(options.MaxRequestBytes), $"is {options.MaxRequestBytes}: 1024 to 4194304 is possible");
        faults.Check(options.MaxRouteReportBytes is >= 1024 and <= 64 * 1024, nameof(options.MaxRouteReportBytes), $"is {options.MaxRouteReportBytes}: 1024 to 65536 is possible");
        Within(options.MaxDeadline, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), nameof(options.MaxDeadline));
        Within(options.CallPatience, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), nameof(options.CallPatience));
        Within(options.RegionRefreshInterval, TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(1), nameof(options.RegionRefreshInterval));
        Within(options.EventStreamHeartbeat, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), nameof(options.EventStreamHeartbeat));
        Within(options.StartPatience, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), nameof(options.StartPatience));
        faults.Check(options.MaxCreations is >= 1 and <= 100_000, nameof(options.MaxCreations), $"is {options.MaxCreations}: 1 to 100000 is possible");
        faults.Check(options.MaxEventStreams is >= 1 and <= 1_000_000, nameof(options.MaxEventStreams), $"is {options.MaxEventStreams}: 1 to 1000000 is possible");
        faults.Check(options.MaxTicketCreations is >= 1 and <= 100_000, nameof(options.MaxTicketCreations), $"is {options.MaxTicketCreations}: 1 to 100000 is possible");
        faults.Check(options.MaxTicketStreams is >= 1 and <= 1_000_000, nameof(options.MaxTicketStreams), $"is {options.MaxTicketStreams}: 1 to 1000000 is possible");
        faults.Check(options.MaxQueueStreams is >= 1 and <= 1000, nameof(options.MaxQueueStreams), $"is {options.MaxQueueStreams}: 1 to 1000 is possible");
        options.Queues.Check(faults);
        return faults.ToResult();

        void Within(TimeSpan value, TimeSpan least, TimeSpan most, string key) =>
            faults.Check(value >= least && value <= most, key, $"is {value}: {least} to {most} is possible");
    }
}
