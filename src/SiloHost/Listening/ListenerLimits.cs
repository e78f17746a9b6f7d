using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace FleetSystem.SiloHost.Listening;

/// <summary>What a caller may cost a host by being slow, or by saying much before he has said anything.</summary>
public static class ListenerLimits
{
    /// <summary>Time for the headers of a request, from its first byte on.</summary>
    public static readonly TimeSpan RequestHeadersTimeout = TimeSpan.FromSeconds(10);

    // Of Kestrel, said here so that they stay: a body that comes more slowly than this, after a while to begin with, is cut off.
    private const double MinBytesPerSecond = 240;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private const int MaxHeaders = 100;
    private const int MaxHeaderBytes = 32 * 1024;
    private const int MaxRequestLineBytes = 8 * 1024;

    /// <summary>Sets the limits, and tells nobody what the server is.</summary>
    public static void AddListenerLimits(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(Set);

        // It writes each request's path as it is once decoded, line breaks too: whoever calls could write lines of his own into a text log.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
    }

    /// <summary>Sets the limits.</summary>
    public static void Set(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.RequestHeadersTimeout = RequestHeadersTimeout;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(MinBytesPerSecond, Grace);
        kestrel.Limits.MinResponseDataRate = new MinDataRate(MinBytesPerSecond, Grace);
        kestrel.Limits.MaxRequestHeaderCount = MaxHeaders;
        kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        kestrel.Limits.MaxRequestLineSize = MaxRequestLineBytes;
    }

    /// <summary>
    /// Tells browsers with every answer what they may do with it: nothing, unless the answer says otherwise itself. To be used first.
    /// </summary>
    public static void UseSecurityHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(static state =>
        {
            var (isHttps, headers) = (((HttpContext)state).Request.IsHttps, ((HttpContext)state).Response.Headers);
            headers.TryAdd("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
            headers.TryAdd("X-Content-Type-Options", "nosniff");
            headers.TryAdd("X-Frame-Options", "DENY");
            headers.TryAdd("Referrer-Policy", "same-origin");
            headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
            headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
            headers.TryAdd("Cache-Control", "no-store");
            if (isHttps) headers.TryAdd("Strict-Transport-Security", "max-age=31536000");
            return Task.CompletedTask;
        }, context);
        return next(context);
    });
}
