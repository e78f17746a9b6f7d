using Microsoft.AspNetCore.Http;

namespace FleetSystem.SiloHost.Access;

/// <summary>
/// Refuses what another site's page makes a browser send: changes, and connections that changes come over (WebSockets). A caller who sends his credential with each request by himself is not
/// concerned: no page can make a browser do that.
/// </summary>
internal sealed class SameOrigin(RequestDelegate next)
{
    private const string FetchSite = "Sec-Fetch-Site";

    public Task InvokeAsync(HttpContext context)
    {
        if (BearerCredential.Of(context.Request) is not null || IsHarmless(context.Request) || IsOwn(context.Request)) return next(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    private static bool IsHarmless(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method)) && !request.Headers.ContainsKey("Sec-WebSocket-Key") && !request.Headers.ContainsKey("Upgrade");

    // Browsers say where a request comes from, by the one header or the other; whoever says neither is none.
    private static bool IsOwn(HttpRequest request)
    {
        if (request.Headers[FetchSite].ToString() is { Length: > 0 } site) return site is "same-origin" or "none";
        return request.Headers.Origin.ToString() is not { Length: > 0 } origin || origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }
}
