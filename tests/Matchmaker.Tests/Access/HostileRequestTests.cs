using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FleetSystem.FleetModel;
using FleetSystem.SiloHost.Listening;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Tests.Access;

/// <summary>Requests that are slow, too large or malformed, and those that would write into headers and logs.</summary>
public sealed class HostileRequestTests : IAsyncLifetime
{
    private readonly Lines _log = new();
    private GuardedApi _api = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _api = await GuardedApi.StartAsync(_log);

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Request_WhoseHeadersOrBodyDoNotCome_IsCutOff()
    {
        // At the pace of the real clock: how long it takes is Kestrel's own matter, and the test's time limit bounds it.
        var cut = await Task.WhenAll(
            SendAsync("GET /v1/regions HTTP/1.1\r\nHost: localhost\r\nX-Never-"),
            SendAsync($"POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {GuardedApi.BackendKey}\r\nIdempotency-Key: slow\r\nContent-Length: 1000\r\n\r\n{{"));
        Assert.StartsWith("HTTP/1.1 408 ", cut[0], StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 408 ", cut[1], StringComparison.Ordinal);
        Assert.Empty(_api.Api.Sessions.Requests);
    }

    [Fact]
    public void Listener_Limits_AreThoseMeant()
    {
        var limits = _api.Api.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;
        Assert.Equal((ListenerLimits.RequestHeadersTimeout, 100, 32 * 1024, 8 * 1024), (limits.RequestHeadersTimeout, limits.MaxRequestHeaderCount, limits.MaxRequestHeadersTotalSize, limits.MaxRequestLineSize));
        Assert.Equal((240, TimeSpan.FromSeconds(5)), (limits.MinRequestBodyDataRate!.BytesPerSecond, limits.MinRequestBodyDataRate.GracePeriod));
    }

    [Theory]
    [InlineData("a line", 414)]
    [InlineData("headers", 431)]
    [InlineData("too many headers", 431)]
    [InlineData("a credential", 401)]
    [InlineData("a body", 413)]
    public async Task Request_TooLarge_RefusedByItsSize(string what, int expected)
    {
        var request = what switch
        {
            "a line" => $"GET /v1/regions?{new string('x', 9000)} HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "headers" => $"GET /v1/regions HTTP/1.1\r\nHost: localhost\r\nX-Large: {new string('x', 40_000)}\r\n\r\n",
            "too many headers" => $"GET /v1/regions HTTP/1.1\r\nHost: localhost\r\n{string.Concat(Enumerable.Range(0, 120).Select(number => $"X-{number}: 1\r\n"))}\r\n",
            "a credential" => $"GET /v1/regions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {new string('x', 9000)}.{new string('x', 9000)}.x\r\n\r\n",
            _ => $"POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {GuardedApi.BackendKey}\r\nIdempotency-Key: large\r\nContent-Length: 10000000\r\n\r\n{{",
        };
        Assert.StartsWith($"HTTP/1.1 {expected} ", await SendAsync(request), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /v1/sessions/%0d%0aX-Injected:%20yes HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer KEY\r\n\r\n")]
    [InlineData("GET /v1/sessions/s-1?a=%0d%0aX-Injected:%20yes HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer KEY\r\n\r\n")]
    [InlineData("POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer KEY\r\nIdempotency-Key: a%0d%0aX-Injected: yes\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer KEY\r\nIdempotency-Key: a\rX-Injected: yes\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("GET /v1/regions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer KEY\0\r\n\r\n")]
    [InlineData("GET /v1/regions HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n")]
    [InlineData("POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}")]
    public async Task Request_ThatWouldWriteIntoAnswerOrLog_WritesNothing(string request)
    {
        var answer = await SendAsync(request.Replace("KEY", GuardedApi.BackendKey, StringComparison.Ordinal));
        Assert.Matches("^HTTP/1.1 4[0-9][0-9] ", answer);
        Assert.DoesNotContain("\r\nX-Injected", answer, StringComparison.Ordinal);
        foreach (var (level, line) in _log.Written)
        {
            // Below that the framework tells what it routes as it came; nobody runs a host like that.
            if (level >= LogLevel.Information) Assert.DoesNotContain("\nX-Injected", line, StringComparison.Ordinal);
            Assert.DoesNotContain(GuardedApi.BackendKey, line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Credentials_OfEveryKind_AreInNoLogAndNoAnswer()
    {
        var (good, expired) = (_api.Token("alice"), _api.Issuer.Issue("alice", -TimeSpan.FromMinutes(2)));
        string[] secrets = [good, expired, GuardedApi.BackendKey, GuardedApi.OperatorKey, "nobody-0123456789abcdef0123456789abcdef", good[..^4] + "AAAA"];
        foreach (var secret in secrets)
        {
            var (_, _, answer) = await _api.SendAsync("GET", "/v1/sessions/s-1", secret);
            var told = answer.Headers + await answer.Content.ReadAsStringAsync(Cancelled);
            Assert.DoesNotContain(secret, told, StringComparison.Ordinal);
            await _api.SendAsync("POST", "/v1/sessions/s-1/route-reports", secret);
        }

        Assert.NotEmpty(_log.Written);
        foreach (var (_, line) in _log.Written)
        {
            // Also of a token: nobody needs its signature.
            Assert.DoesNotContain(secrets, secret => line.Contains(secret, StringComparison.Ordinal) || (secret.Count('.') == 2 && line.Contains(secret.Split('.')[2], StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Answer_OfWhateverKind_TellsBrowsersToDoNothingWithIt()
    {
        foreach (var path in new[] { "/livez", "/v1/regions", "/v1/sessions/s-1", "/no-such-path" })
        {
            var (_, _, answer) = await _api.SendAsync("GET", path, null);
            Assert.Equal("default-src 'none'; frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.True(answer.Headers.CacheControl!.NoStore);
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    [Fact]
    public async Task Change_ThatAnotherSitesPageMakesABrowserSend_Refused()
    {
        // Without access configured no credential is needed, and none stands in the way.
        await using var open = await Grpc.TestApi.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sessions") { Content = new StringContent(GuardedApi.Session("alice").ToJsonString(), System.Text.Encoding.UTF8, "application/json"), Headers = { { "Idempotency-Key", "key" }, { "Origin", "https://evil.example" } } };
        using var answer = await open.Http.SendAsync(request, Cancelled);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains(ErrorCodes.Forbidden, await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        Assert.Empty(open.Sessions.Requests);
    }

    /// <summary>Sends bytes, and returns what is answered until the connection is closed.</summary>
    private async Task<string> SendAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(_api.Api.Addresses[^1]).Port, Cancelled);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Cancelled);
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, Cancelled)) > 0) answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        catch (IOException)
        {
            // Cut off after the answer.
        }

        return answer.ToString();
    }

    /// <summary>Everything that is logged, as text logs have it.</summary>
    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<(LogLevel Level, string Text)> Written { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Written.Enqueue((logLevel, $"{formatter(state, exception)} {exception}"));

        public void Dispose()
        {
        }
    }
}
