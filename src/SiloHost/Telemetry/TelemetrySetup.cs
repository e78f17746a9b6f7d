using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FleetSystem.SiloHost.Telemetry;

/// <summary>Gathers a host's metrics and traces, and gives them to Prometheus and to a collector.</summary>
public static class TelemetrySetup
{
    /// <summary>Path that Prometheus reads.</summary>
    public const string MetricsPath = "/metrics";

    /// <summary>Tag of every activity that belongs to a session: its id.</summary>
    public const string SessionTag = "fleet.session.id";

    /// <summary>Start of the names of every meter and activity source of the product.</summary>
    public const string Sources = "FleetSystem.*";

    // Of what runs beneath. Their labels are bounded: routes, methods, status codes, runtime parts.
    private static readonly string[] Meters =
        [Sources, "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime"];

    private static readonly string[] OrleansSources = ["Microsoft.Orleans.Application", "Microsoft.Orleans.Runtime"];

    // Seconds. What is allocated in 20 to 500 ms is to be told apart, and so is the deadline that callers ask for.
    private static readonly double[] DurationBounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 0.75, 1, 2.5, 5, 10, 30, 120];

    /// <summary>Adds both, as the section <c>Telemetry</c> says.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="service">The host's name in what is told, <c>service.name</c>.</param>
    public static void AddFleetTelemetry(this WebApplicationBuilder builder, string service)
    {
        var section = builder.Configuration.GetSection(TelemetryOptions.Section);
        builder.Services.AddOptions<TelemetryOptions>().Bind(section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<TelemetryOptions>, TelemetryOptionsValidator>();

        // An invalid section is told by its validator when the host starts; until then nothing may be made of it.
        var options = section.Get<TelemetryOptions>() ?? new TelemetryOptions();
        if (new TelemetryOptionsValidator().Validate(null, options).Failed) return;
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(service, "fleetsystem", Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3)))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Meters).AddPrometheusExporter().AddView(instrument => ViewOf(instrument.Name, instrument.Unit, options.MaxSeries));
                if (options.OtlpEndpoint.Length > 0) metrics.AddOtlpExporter(otlp => otlp.Endpoint = new Uri(options.OtlpEndpoint));
            });

        // Nobody to tell: then nothing is recorded.
        if (options.OtlpEndpoint.Length == 0) return;
        telemetry.WithTracing(traces => traces
            .AddSource([Sources, .. OrleansSources])
            .AddAspNetCoreInstrumentation(web => web.Filter = context => !IsProbe(context.Request.Path))
            .AddHttpClientInstrumentation()
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.TraceShare)))
            .AddOtlpExporter(otlp => otlp.Endpoint = new Uri(options.OtlpEndpoint)));
    }

    /// <summary>Serves <see cref="MetricsPath"/> on one of the host's ports.</summary>
    /// <param name="app">The host.</param>
    /// <param name="isServed">Whether a request has come in where metrics are told: not on the players' port.</param>
    public static void MapFleetMetrics(this WebApplication app, Func<HttpContext, bool> isServed) =>
        app.UseOpenTelemetryPrometheusScrapingEndpoint(context => context.Request.Path == MetricsPath && isServed(context));

    private static MetricStreamConfiguration ViewOf(string name, string? unit, int series) =>
        unit == "s" && name.EndsWith(".duration", StringComparison.Ordinal)
            ? new ExplicitBucketHistogramConfiguration { Boundaries = DurationBounds, CardinalityLimit = series }
            : new MetricStreamConfiguration { CardinalityLimit = series };

    private static bool IsProbe(PathString path) => path == MetricsPath || path == Health.HealthEndpoints.LivenessPath || path == Health.HealthEndpoints.ReadinessPath;
}
