using System.Globalization;
using FleetSystem.Matchmaker.Api;

namespace FleetSystem.Matchmaker.Grpc;

/// <summary>Adds the gRPC services to the host, on a port of their own: without TLS, HTTP/2 and HTTP/1 cannot share one.</summary>
internal static class GrpcSetup
{
    /// <summary>Largest message: above what <see cref="MatchmakerOptions"/> allows a request, so that our own limit is the one that is told, with its code.</summary>
    public const int MaxMessageBytes = (4 * 1024 * 1024) + 1024;

    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Adds the services, and the addresses that Kestrel listens on.</summary>
    public static void AddGrpcApi(this WebApplicationBuilder builder, MatchmakerOptions options)
    {
        builder.Services.AddSingleton<FaultInterceptor>();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = MaxMessageBytes;

            // Otherwise any path of two segments counts as a gRPC method, and HTTP's 405 and 415 become 404.
            grpc.IgnoreUnknownServices = true;
            grpc.Interceptors.Add<FaultInterceptor>();
        });

        // As Kestrel's own configuration, so that certificates and further endpoints can be set there beside them. "urls" would only be overridden with a warning.
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, null);
        builder.Configuration.AddInMemoryCollection(Endpoints(options));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.Http2.KeepAlivePingDelay = options.EventStreamHeartbeat;
            kestrel.Limits.Http2.KeepAlivePingTimeout = PingTimeout;
        });
    }

    /// <summary>Maps the services.</summary>
    public static void MapGrpcApi(this IEndpointRouteBuilder routes)
    {
        routes.MapGrpcService<SessionsService>();
        routes.MapGrpcService<TicketsService>();
    }

    /// <summary>Tells callers over gRPC in its own way that they were refused before their call was reached.</summary>
    public static void UseGrpcRefusals(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        await next(context);
        if (context.Response.HasStarted || context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) != true) return;
        var fault = context.Response.StatusCode switch
        {
            StatusCodes.Status401Unauthorized => ApiFault.Unauthenticated,
            StatusCodes.Status403Forbidden => ApiFault.Forbidden,
            StatusCodes.Status429TooManyRequests => ApiFault.TooManyRequests with { RetryAfterSeconds = int.TryParse(context.Response.Headers.RetryAfter, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 1 },
            _ => null,
        };
        if (fault is not null) GrpcFault.Answer(context.Response, fault);
    });

    private static IEnumerable<KeyValuePair<string, string?>> Endpoints(MatchmakerOptions options)
    {
        yield return new("Kestrel:Endpoints:Players:Url", options.Url);
        if (options.MetricsUrl.Length > 0) yield return new("Kestrel:Endpoints:Metrics:Url", options.MetricsUrl);
        if (options.GrpcUrl.Length == 0) yield break;
        yield return new("Kestrel:Endpoints:Grpc:Url", options.GrpcUrl);
        yield return new("Kestrel:Endpoints:Grpc:Protocols", "Http2");
    }
}
