using FleetSystem.FleetModel;
using FleetSystem.Matchmaker.Access;
using FleetSystem.Matchmaker.Allocator;
using FleetSystem.Matchmaker.Api;
using FleetSystem.Matchmaker.Cells;
using FleetSystem.Matchmaker.Grpc;
using FleetSystem.Matchmaker.Queues;
using FleetSystem.Matchmaker.Queues.Pools;
using FleetSystem.Matchmaker.Regions;
using FleetSystem.Matchmaker.Tickets;
using FleetSystem.SiloHost;
using FleetSystem.SiloHost.Access;
using FleetSystem.SiloHost.Health;
using FleetSystem.SiloHost.Listening;
using FleetSystem.SiloHost.Telemetry;
using FleetSystem.SiloHost.Tls;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker;

/// <summary>Builds the Matchmaker host: a silo with the matchmaking grains, and the players' API.</summary>
public static class MatchmakerHost
{
    /// <summary>Builds the host.</summary>
    /// <param name="args">Command line; <c>--config FILE</c> names the configuration file.</param>
    /// <param name="configure">Further set-up, for example of logging.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = SiloHostBuilder.Create(args, (MatchmakerOptions.Section, typeof(MatchmakerOptions)));
        AddServices(builder);
        builder.AddFleetSilo(typeof(MatchmakerHost).Assembly);
        builder.AddFleetTelemetry("matchmaker");
        configure?.Invoke(builder);

        var app = builder.Build();
        var metrics = new Lazy<int?>(() => Uri.TryCreate(app.Services.GetRequiredService<IOptions<MatchmakerOptions>>().Value.MetricsUrl, UriKind.Absolute, out var url) ? url.Port : null);
        app.MapFleetMetrics(isServed: context => context.Connection.LocalPort == metrics.Value);
        MapApi(app);
        return app;
    }

    /// <summary>Maps what players and game backends call.</summary>
    internal static void MapApi(WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseFaultAnswers();
        app.UseStatusCodePages();
        app.UseGrpcRefusals();
        app.MapHostHealth();
        app.UseAccess();

        // It says what can be called, and nothing of this cell.
        app.MapOpenApi().AllowAnonymous();
        SessionEndpoints.Map(app);
        RegionEndpoints.Map(app);
        TicketEndpoints.Map(app);
        BackfillEndpoints.Map(app);
        app.MapGrpcApi();
    }

    /// <summary>Adds everything but the silo.</summary>
    internal static void AddServices(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddFleetSystemOptions(builder.Configuration);
        services.AddOptions<MatchmakerOptions>().Bind(builder.Configuration.GetSection(MatchmakerOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<MatchmakerOptions>, MatchmakerOptionsValidator>();
        services.AddSingleton<IValidateOptions<MatchmakerOptions>, AllocatorOptionsValidator>();

        var options = builder.Configuration.GetSection(MatchmakerOptions.Section).Get<MatchmakerOptions>() ?? new MatchmakerOptions();
        builder.AddGrpcApi(options);
        builder.AddListenerLimits();
        builder.AddListenerTls();
        // Read here up to our own limit and told as a problem; Kestrel's only guards what no endpoint reads.
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);

        services.AddSingleton(TimeProvider.System);
        services.AddPlayersAccess(builder.Configuration);
        services.AddSingleton<CallerSessions>();
        services.AddSingleton<EventFeed>();
        services.AddSingleton<SessionCalls>();
        services.AddSingleton<CreationLimit>();
        services.AddSingleton<SessionOperations>();
        services.AddCells();
        services.AddTickets();
        services.AddMatchPools();
        services.AddSingleton<QueueMetrics>();
        services.AddSingleton<QueueContexts>();
        services.AddHostedService<QueueKeeper>();
        services.AddSingleton<AllocatorOperations>();
        services.AddSingleton<AllocatorHost>();
        services.AddCertificateUse("the drop-in for agones-allocator", provider => provider.GetRequiredService<IOptions<MatchmakerOptions>>().Value.Allocator is { Tls: { CertificateFile.Length: > 0 } tls } allocator
            && (AllocatorOptions.IsSecure(allocator.GrpcUrl) || AllocatorOptions.IsSecure(allocator.RestUrl))
            ? new CertificateFiles(tls.CertificateFile, tls.KeyFile, tls.MutualTls ? tls.ClientCaDirectory : null, tls.ReloadInterval) : null);
        services.AddCertificateUse("other cells", provider => provider.GetRequiredService<IOptions<MatchmakerOptions>>().Value.Cells is { Tls: { CertificateFile.Length: > 0 } tls } cells
            && (cells.Url.Length > 0 || cells.Peers.Count > 0)
            ? new CertificateFiles(tls.CertificateFile, tls.KeyFile, tls.AuthorityDirectory, tls.ReloadInterval) : null);
        services.AddHostedService(provider => provider.GetRequiredService<AllocatorHost>());
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        services.AddOpenApi("v1", openApi => openApi.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "FleetSystem players' API";
            document.Info.Description = "Matchmaking, and sessions on a studio's game servers. Errors are problem documents (RFC 9457) with a stable code.";
            return Task.CompletedTask;
        }).DescribeAccess());
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = AddCode);
        services.AddSingleton<IStartCondition, RegionsAnswer>();
        services.AddHostHealth();
    }

    /// <summary>Every problem has a code, also those that the framework makes: a path that is not there, a fault of ours.</summary>
    private static void AddCode(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        if (problem.Extensions.ContainsKey("code")) return;
        if (problem.Status == StatusCodes.Status503ServiceUnavailable) context.HttpContext.Response.Headers.RetryAfter = "1";
        var (code, detail) = problem.Status switch
        {
            503 => (ErrorCodes.Unavailable, "A part of the service did not answer. The same request with the same Idempotency-Key can be tried again."),
            >= 500 => (ErrorCodes.InternalError, "Something went wrong on our side. The same request with the same Idempotency-Key can be tried again."),
            401 => (ErrorCodes.Unauthenticated, ApiFault.Unauthenticated.Detail),
            403 => (ErrorCodes.Forbidden, ApiFault.Forbidden.Detail),
            429 => (ErrorCodes.TooManyRequests, ApiFault.TooManyRequests.Detail),
            404 => ("not-found", "There is nothing at this path. See /openapi/v1.json."),
            405 => ("method-not-allowed", "This path does not know this method. See /openapi/v1.json."),
            413 => (ErrorCodes.RequestTooLarge, "The body is too large."),
            415 => ("unsupported-media-type", "Send the body as application/json."),
            _ => (ErrorCodes.MalformedRequest, "The request cannot be read. See /openapi/v1.json."),
        };
        problem.Extensions["code"] = code;
        problem.Detail ??= detail;
        problem.Type = "urn:fleetsystem:problem:" + code;
    }
}
