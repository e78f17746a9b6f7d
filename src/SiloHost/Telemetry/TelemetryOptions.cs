using FleetSystem.FleetModel.Configuration;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost.Telemetry;

/// <summary>What a host tells of itself, and whom. The configuration section <c>Telemetry</c>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Telemetry";

    /// <summary>
    /// Address of an OpenTelemetry collector that takes metrics and traces as OTLP over gRPC, for example <c>http://collector:4317</c>; empty for none.
    /// The default is empty.
    /// </summary>
    public string OtlpEndpoint { get; set; } = "";

    /// <summary>
    /// Share of requests whose trace is exported, 0 to 1; those of a caller who is traced always are, and none of one who says that he is not.
    /// The default is 0.01.
    /// </summary>
    public double TraceShare { get; set; } = 0.01;

    /// <summary>Most series of one metric; what would be more is counted in a series of its own, labelled as overflow. The default is 2000; 100 to 100000.</summary>
    public int MaxSeries { get; set; } = 2000;
}

internal sealed class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>
{
    public ValidateOptionsResult Validate(string? name, TelemetryOptions options)
    {
        var faults = new FaultList(TelemetryOptions.Section);
        faults.Check(
            options.OtlpEndpoint.Length == 0 || (Uri.TryCreate(options.OtlpEndpoint, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"),
            nameof(options.OtlpEndpoint),
            $"is '{options.OtlpEndpoint}', not an http or https address");
        faults.Check(options.TraceShare is >= 0 and <= 1, nameof(options.TraceShare), $"is {options.TraceShare}: 0 to 1 is possible");
        faults.Check(options.MaxSeries is >= 100 and <= 100_000, nameof(options.MaxSeries), $"is {options.MaxSeries}: 100 to 100000 is possible");
        return faults.ToResult();
    }
}
