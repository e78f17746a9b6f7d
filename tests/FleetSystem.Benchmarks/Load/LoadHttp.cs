using System.Net.Http.Headers;

namespace FleetSystem.Benchmarks.Load;

internal static class LoadHttp
{
    public static HttpClient Create(Uri address, int connections, int timeoutSeconds, string? token = null)
    {
        var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = connections,
            ConnectTimeout = TimeSpan.FromSeconds(timeoutSeconds),
            // What is measured is this address: no proxy from the environment, no other host by redirection.
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
        };
        var http = new HttpClient(handler) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(timeoutSeconds) };
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }
}
