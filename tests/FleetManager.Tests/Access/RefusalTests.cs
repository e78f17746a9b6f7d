using System.Net;
using System.Security.Claims;
using System.Text;
using System.Text.RegularExpressions;
using FleetSystem.LocalCloud.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace FleetSystem.FleetManager.Tests.Access;

/// <summary>
/// Everything that FleetManager serves, the dashboard's connection, Orleans' dashboard and metrics included, with every kind of credential that is not good for it; and requests that are slow, too large,
/// malformed, or would write into answers and logs.
/// </summary>
public sealed partial class RefusalTests : IAsyncLifetime
{
    private RunningHost _host = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await RunningHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task EverythingGuarded_NoneExpiredForeignOthersAndLesserCredentials_Refused()
    {
        using var foreign = new TokenIssuer(_host.Issuer.Name, RunningHost.Audience, TimeProvider.System);
        using var elsewhere = new TokenIssuer(_host.Issuer.Name, "something-else", TimeProvider.System, _host.Issuer.Pem);
        var admin = new Claim("roles", "fleetsystem-admin");
        (string What, string? Authorization, HttpStatusCode Status)[] credentials =
        [
            ("none", null, HttpStatusCode.Unauthorized),
            ("a key of nobody", "Bearer nobody-0123456789abcdef", HttpStatusCode.Unauthorized),
            ("another scheme", "Basic ZXZlOmV2ZQ==", HttpStatusCode.Unauthorized),
            ("an expired token", "Bearer " + _host.Issuer.Issue("ada", -TimeSpan.FromMinutes(2), admin), HttpStatusCode.Unauthorized),
            ("a foreign key's token", "Bearer " + foreign.Issue("ada", TimeSpan.FromMinutes(5), admin), HttpStatusCode.Unauthorized),
            ("a token for something else", "Bearer " + elsewhere.Issue("ada", TimeSpan.FromMinutes(5), admin), HttpStatusCode.Unauthorized),
            ("a token without a role", "Bearer " + _host.Issuer.Issue("mallory", TimeSpan.FromMinutes(5)), HttpStatusCode.Forbidden),
            ("a game backend's key", $"Bearer {RunningHost.KeyOf("director")}", HttpStatusCode.Forbidden),
        ];
        var wrong = new List<string>();
        var tried = 0;
        foreach (var (method, path) in Guarded())
        {
            foreach (var (what, authorization, expected) in credentials)
            {
                tried++;
                if (await StatusAsync(method, path, authorization) is var actual && actual != expected) wrong.Add($"{method} {path} with {what}: {actual}");
            }
        }

        Assert.Empty(wrong);
        Assert.InRange(tried, 200, int.MaxValue);
        foreach (var part in new[] { "/ops/v1/", "/_blazor", "/orleans" }) Assert.Contains(Guarded(), endpoint => endpoint.Path.StartsWith(part, StringComparison.Ordinal));
    }

    [Fact]
    public async Task EveryChangeOfTheApi_AViewersCredential_Forbidden()
    {
        var token = "Bearer " + _host.Issuer.Issue("eve", TimeSpan.FromMinutes(5), new Claim("roles", "fleetsystem-viewer"));
        var wrong = new List<string>();
        foreach (var (method, path) in Guarded().Where(endpoint => endpoint.Method is not ("GET" or "HEAD") && endpoint.Path.StartsWith("/ops/", StringComparison.Ordinal)))
        {
            foreach (var authorization in new[] { token, $"Bearer {RunningHost.KeyOf("eve")}" })
                if (await StatusAsync(method, path, authorization) is var actual && actual != HttpStatusCode.Forbidden) wrong.Add($"{method} {path}: {actual}");
        }

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer nobody")]
    [InlineData("director")]
    public async Task Metrics_WithoutAViewersCredential_AreNotServed(string? authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization == "director" ? $"Bearer {RunningHost.KeyOf("director")}" : authorization);
        using var answer = await _host.Http.SendAsync(request, Cancelled);
        Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain("# TYPE", await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/_blazor/negotiate?negotiateVersion=1", "POST", "Origin", "https://evil.example")]
    [InlineData("/_blazor", "GET", "Origin", "https://evil.example")]
    [InlineData("/_blazor", "GET", "Sec-Fetch-Site", "cross-site")]
    [InlineData("/ops/v1/regions/r0", "PUT", "Origin", "https://evil.example")]
    public async Task AnotherSitesPage_WithAUsersBrowser_ReachesNeitherTheConnectionNorAChange(string path, string method, string header, string value)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "GET" ? null : new StringContent("{}", Encoding.UTF8, "application/json") };
        request.Headers.Add(header, value);
        if (method == "GET")
        {
            request.Headers.Add("Connection", "Upgrade");
            request.Headers.Add("Upgrade", "websocket");
            request.Headers.Add("Sec-WebSocket-Version", "13");
            request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await _host.Http.SendAsync(request, Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Request_WhoseHeadersOrBodyDoNotCome_IsCutOff()
    {
        // At the pace of the real clock: how long it takes is Kestrel's own matter, and the test's time limit bounds it.
        var cut = await Task.WhenAll(
            _host.SendAsync("GET /ops/v1/regions HTTP/1.1\r\nHost: localhost\r\nX-Never-"),
            _host.SendAsync("POST /agones/v1/fleetautoscale/none HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"));
        Assert.StartsWith("HTTP/1.1 408 ", cut[0], StringComparison.Ordinal);

        // Nobody reads a body for a cluster that is not there.
        Assert.Matches("^HTTP/1.1 40[48] ", cut[1]);
    }

    [Theory]
    [InlineData("a line", 414)]
    [InlineData("headers", 431)]
    [InlineData("too many headers", 431)]
    [InlineData("a credential", 401)]
    [InlineData("a body", 413)]
    [InlineData("a body in pieces", 413)]
    [InlineData("a sign-in", 400)]
    public async Task Request_TooLarge_RefusedByItsSize(string what, int expected)
    {
        var request = what switch
        {
            "a line" => $"GET /ops/v1/regions?{new string('x', 9000)} HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "headers" => $"GET /ops/v1/regions HTTP/1.1\r\nHost: localhost\r\nX-Large: {new string('x', 40_000)}\r\n\r\n",
            "too many headers" => $"GET /ops/v1/regions HTTP/1.1\r\nHost: localhost\r\n{string.Concat(Enumerable.Range(0, 120).Select(number => $"X-{number}: 1\r\n"))}\r\n",
            "a credential" => $"GET /ops/v1/regions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {new string('x', 9000)}.{new string('x', 9000)}.x\r\n\r\n",
            "a body" => "POST /agones/v1/fleetautoscale/none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 10000000\r\n\r\n{",
            "a body in pieces" => $"POST /agones/v1/fleetautoscale/{RunningHost.Cluster} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{string.Concat(Enumerable.Range(0, 20).Select(_ => $"10000\r\n{new string(' ', 0x10000)}\r\n"))}0\r\n\r\n",
            _ => $"POST /login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\nkey={new string('x', 99_996)}",
        };
        Assert.StartsWith($"HTTP/1.1 {expected} ", await _host.SendAsync(request), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /ops/v1/sessions/%0d%0aX-Injected:%20yes HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer KEY\r\n\r\n")]
    [InlineData("GET /ops/v1/fleets/%0d%0aX-Injected:%20yes/servers HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer KEY\r\n\r\n")]
    [InlineData("GET /login?returnUrl=%0d%0aX-Injected:%20yes&fault=%0d%0aX-Injected:%20yes HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /fleets/%0d%0aX-Injected:%20yes HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: text/html\r\n\r\n")]
    [InlineData("POST /agones/v1/fleetautoscale/%0d%0aX-Injected:%20yes HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("GET /ops/v1/regions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer KEY\0\r\n\r\n")]
    [InlineData("GET /ops/v1/regions HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n")]
    [InlineData("PUT /ops/v1/regions/r0 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}")]
    [InlineData("BREW /ops/v1/regions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")]
    [InlineData("not http at all\r\n\r\n")]
    public async Task Request_ThatWouldWriteIntoAnswerOrLog_WritesNothing(string request)
    {
        var answer = await _host.SendAsync(request.Replace("KEY", RunningHost.KeyOf("eve"), StringComparison.Ordinal));
        Assert.DoesNotContain("\r\nX-Injected", answer.Split("\r\n\r\n")[0], StringComparison.Ordinal);
        Assert.False(answer.StartsWith("HTTP/1.1 5", StringComparison.Ordinal), answer + string.Join('\n', _host.Log.Written.TakeLast(3)));
        Assert.DoesNotContain("   at ", answer, StringComparison.Ordinal);
        foreach (var line in _host.Log.Written)
        {
            Assert.DoesNotContain("\nX-Injected", line, StringComparison.Ordinal);
            Assert.DoesNotContain(RunningHost.KeyOf("eve"), line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Credentials_OfEveryKind_AreInNoLogAndNoAnswer()
    {
        var good = _host.Issuer.Issue("eve", TimeSpan.FromMinutes(5), new Claim("roles", "fleetsystem-viewer"));
        string[] secrets = [good, _host.Issuer.Issue("eve", -TimeSpan.FromMinutes(2)), good[..^4] + "AAAA", RunningHost.KeyOf("eve"), "nobody-0123456789abcdef0123456789abcdef"];
        foreach (var secret in secrets)
        {
            foreach (var path in new[] { "/ops/v1/nothing", "/nothing", "/metrics" })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + secret);
                using var answer = await _host.Http.SendAsync(request, Cancelled);
                Assert.DoesNotContain(secret, answer.Headers + await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
            }
        }

        foreach (var line in _host.Log.Written)
            Assert.DoesNotContain(secrets, secret => line.Contains(secret, StringComparison.Ordinal) || (secret.Count('.') == 2 && line.Contains(secret.Split('.')[2], StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Answer_OfWhateverKind_TellsBrowsersToFrameAndKeepNothing()
    {
        foreach (var path in new[] { "/livez", "/login", "/ops/v1/regions", "/orleans", "/metrics", "/no-such-path", "/" })
        {
            using var answer = await _host.Http.GetAsync(new Uri(path, UriKind.Relative), Cancelled);
            Assert.Contains("frame-ancestors 'none'", string.Join(';', answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("DENY", answer.Headers.GetValues("X-Frame-Options").Single());
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    private List<(string Method, string Path)> Guarded() =>
    [
        .. _host.Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null).SelectMany(endpoint =>
            (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"]).Where(method => method != "OPTIONS")
                .Select(method => (method, "/" + Parameter().Replace(endpoint.RoutePattern.RawText!.TrimStart('/'), "a-1")))).Distinct(),
    ];

    private async Task<HttpStatusCode> StatusAsync(string method, string path, string? authorization)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method is "GET" or "HEAD" ? null : new StringContent("{}", Encoding.UTF8, "application/json") };
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var answer = await _host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        return answer.StatusCode;
    }

    [GeneratedRegex("{[^}]*}")]
    private static partial Regex Parameter();
}
