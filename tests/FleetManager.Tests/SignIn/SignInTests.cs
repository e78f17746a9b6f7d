using System.Net;
using FleetSystem.FleetManager.SignIn;

namespace FleetSystem.FleetManager.Tests.SignIn;

/// <summary>Signing in with a key, and what the sign-in is good for.</summary>
public sealed class SignInTests : IAsyncLifetime
{
    private GuardedHost _host = null!;
    private HttpClient _browser = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await GuardedHost.StartAsync(keys: true);
        _browser = _host.Browser();
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Page_NotSignedIn_IsSentToSignInAndBack()
    {
        using var sent = await _browser.GetAsync(new Uri("/page?a=1", UriKind.Relative), Cancelled);
        Assert.Equal((HttpStatusCode.Redirect, "/login?returnUrl=%2Fpage%3Fa%3D1"), (sent.StatusCode, sent.Headers.Location?.PathAndQuery));
        using var back = await GuardedHost.SignInAsync(_browser, GuardedHost.KeyOf("eve"), "/page?a=1");
        Assert.Equal((HttpStatusCode.Redirect, "/page?a=1"), (back.StatusCode, back.Headers.Location?.OriginalString));
        Assert.Equal("eve", await _browser.GetStringAsync(new Uri("/page?a=1", UriKind.Relative), Cancelled));
    }

    [Fact]
    public async Task SignIn_Cookie_IsForThisSiteAndNoScript()
    {
        using var signedIn = await GuardedHost.SignInAsync(_browser, GuardedHost.KeyOf("olga"));
        var cookie = Assert.Single(signedIn.Headers.GetValues("Set-Cookie"), value => value.StartsWith("fleetsystem-sign-in=", StringComparison.Ordinal));
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("olga", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain(GuardedHost.KeyOf("olga"), cookie, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("director")]
    public async Task SignIn_NoOperatorsKey_RefusedAndToldSo(string name)
    {
        using var refused = await GuardedHost.SignInAsync(_browser, GuardedHost.KeyOf(name));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.DoesNotContain(GuardedHost.KeyOf(name), await refused.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await _browser.GetAsync(new Uri("/page", UriKind.Relative), Cancelled)).StatusCode);
    }

    [Fact]
    public async Task SignIn_WithoutThePagesToken_Refused()
    {
        using var without = await GuardedHost.PostAsync(_browser, "/login", ("key", GuardedHost.KeyOf("ada")));
        Assert.Equal(HttpStatusCode.BadRequest, without.StatusCode);

        // The token of a page that somebody else was shown.
        using var other = _host.Browser();
        var page = await other.GetStringAsync(new Uri("/login", UriKind.Relative), Cancelled);
        await _browser.GetStringAsync(new Uri("/login", UriKind.Relative), Cancelled);
        using var foreign = await GuardedHost.PostAsync(_browser, "/login", ("key", GuardedHost.KeyOf("ada")), ("__RequestVerificationToken", GuardedHost.Field(page, "__RequestVerificationToken")));
        Assert.Equal(HttpStatusCode.BadRequest, foreign.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await _browser.GetAsync(new Uri("/page", UriKind.Relative), Cancelled)).StatusCode);
    }

    [Fact]
    public async Task SignIn_TriedTooOften_TooManyAndTheApiGoesOn()
    {
        await using var host = await GuardedHost.StartAsync(keys: true, ("Access:RateLimits:SignIns:Burst", "2"), ("Access:RateLimits:SignIns:Requests", "1"), ("Access:RateLimits:SignIns:Period", "01:00:00"));
        using var browser = host.Browser();
        for (var tries = 0; tries < 2; tries++) Assert.Equal(HttpStatusCode.Unauthorized, (await GuardedHost.SignInAsync(browser, GuardedHost.KeyOf("nobody"))).StatusCode);
        using var refused = await GuardedHost.SignInAsync(browser, GuardedHost.KeyOf("ada"));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        using var api = new HttpClient { BaseAddress = host.Url, DefaultRequestHeaders = { { "Authorization", $"Bearer {GuardedHost.KeyOf("ada")}" } } };
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync(new Uri("/policy/Admin", UriKind.Relative), Cancelled)).StatusCode);
    }

    [Fact]
    public async Task SignIn_OversizedForm_Refused()
    {
        using var answer = await GuardedHost.PostAsync(_browser, "/login", ("key", new string('x', 100_000)));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/fleets/arena?tab=servers", "/fleets/arena?tab=servers")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("//evil.example/", "/")]
    [InlineData("/\\evil.example/", "/")]
    [InlineData("/a\\b", "/")]
    [InlineData("/a\r\nSet-Cookie: x=y", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("", "/")]
    [InlineData(null, "/")]
    public void ReturnTo_WhateverIsAskedFor_IsAPathOfThisHost(string? asked, string expected) => Assert.Equal(expected, SignInEndpoints.ReturnTo(asked));

    [Fact]
    public async Task Page_WhatItIsToldToShow_IsText()
    {
        using var answer = await _browser.GetAsync(new Uri("/login?returnUrl=/%22%3E%3Cscript%3Ealert(1)%3C/script%3E&fault=%3Cscript%3E", UriKind.Relative), Cancelled);
        Assert.DoesNotContain("<script", await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.OrdinalIgnoreCase);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eve", "Viewer")]
    [InlineData("olga", "Viewer,Operator")]
    [InlineData("ada", "Viewer,Operator,Admin")]
    public async Task Policies_BySignInAndByKey_HoldForTheirRoles(string name, string held)
    {
        using var api = new HttpClient { BaseAddress = _host.Url, DefaultRequestHeaders = { { "Authorization", $"Bearer {GuardedHost.KeyOf(name)}" } } };
        await GuardedHost.SignInAsync(_browser, GuardedHost.KeyOf(name));
        foreach (var client in new[] { _browser, api })
        {
            foreach (var policy in new[] { "Viewer", "Operator", "Admin" })
                Assert.Equal(held.Split(',').Contains(policy) ? HttpStatusCode.OK : HttpStatusCode.Forbidden, (await client.GetAsync(new Uri("/policy/" + policy, UriKind.Relative), Cancelled)).StatusCode);
            Assert.Equal(name == "eve" ? HttpStatusCode.Forbidden : HttpStatusCode.OK, (await client.PostAsync(new Uri("/change", UriKind.Relative), null, Cancelled)).StatusCode);
        }
    }

    [Fact]
    public async Task SignIn_Idle_EndsAndWithoutAPauseAtItsLongestLife()
    {
        await GuardedHost.SignInAsync(_browser, GuardedHost.KeyOf("eve"));
        for (var minutes = 0; minutes < 11 * 60; minutes += 40)
        {
            _host.Clock.Advance(TimeSpan.FromMinutes(40));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync());
        }

        _host.Clock.Advance(TimeSpan.FromMinutes(40));
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync());

        await GuardedHost.SignInAsync(_browser, GuardedHost.KeyOf("eve"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync());
        _host.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync());
    }

    [Fact]
    public async Task SignIn_KeyTakenOutMeanwhile_EndsThoughItsOwnerHasAnother()
    {
        var file = Path.GetTempFileName();
        try
        {
            Write("old", "new", "gone");
            await using var host = await GuardedHost.StartAsync(keys: false, ("Access:ApiKeysFile", file));
            using var old = host.Browser();
            using var renewed = host.Browser();
            await GuardedHost.SignInAsync(old, GuardedHost.KeyOf("old"));
            await GuardedHost.SignInAsync(renewed, GuardedHost.KeyOf("new"));
            using var api = new HttpClient { BaseAddress = host.Url, DefaultRequestHeaders = { { "Authorization", $"Bearer {GuardedHost.KeyOf("gone")}" } } };
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK), (await StatusOfAsync(old), await StatusOfAsync(renewed), await StatusOfAsync(api)));

            Write("new");
            Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(old));
            host.Clock.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal((HttpStatusCode.Redirect, HttpStatusCode.OK, HttpStatusCode.Unauthorized), (await StatusOfAsync(old), await StatusOfAsync(renewed), await StatusOfAsync(api)));

            // All of them: then it is nobody's, and not everybody's.
            Write();
            host.Clock.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal((HttpStatusCode.Redirect, HttpStatusCode.Redirect, HttpStatusCode.Unauthorized), (await StatusOfAsync(old), await StatusOfAsync(renewed), await StatusOfAsync(api)));
        }
        finally
        {
            File.Delete(file);
        }

        void Write(params string[] keys) => File.WriteAllText(file, $"{{\"ApiKeys\": [{string.Join(',', keys.Select(key =>
            $"{{\"Name\": \"eve\", \"Role\": \"Viewer\", \"Sha256\": \"{Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(GuardedHost.KeyOf(key))))}\"}}"))}]}}");

        static async Task<HttpStatusCode> StatusOfAsync(HttpClient client) => (await client.GetAsync(new Uri("/page", UriKind.Relative), Cancelled)).StatusCode;
    }

    [Fact]
    public async Task SignOut_EndsTheSignIn()
    {
        await GuardedHost.SignInAsync(_browser, GuardedHost.KeyOf("eve"));
        Assert.Equal(HttpStatusCode.BadRequest, (await GuardedHost.PostAsync(_browser, "/logout")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync());
        var page = await _browser.GetStringAsync(new Uri("/login", UriKind.Relative), Cancelled);
        using var signedOut = await GuardedHost.PostAsync(_browser, "/logout", ("__RequestVerificationToken", GuardedHost.Field(page, "__RequestVerificationToken")));
        Assert.Equal((HttpStatusCode.Redirect, "/login"), (signedOut.StatusCode, signedOut.Headers.Location?.OriginalString));
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync());
    }

    [Theory]
    [InlineData("Origin", "https://evil.example", false)]
    [InlineData("Origin", "null", false)]
    [InlineData("Sec-Fetch-Site", "cross-site", false)]
    [InlineData("Sec-Fetch-Site", "same-site", false)]
    [InlineData("Sec-Fetch-Site", "same-origin", true)]
    [InlineData("Origin", null, true)]
    public async Task Change_OutOfABrowser_OnlyFromAPageOfThisHost(string header, string? value, bool taken)
    {
        await GuardedHost.SignInAsync(_browser, GuardedHost.KeyOf("olga"));
        using var change = new HttpRequestMessage(HttpMethod.Post, "/change");
        change.Headers.Add(header, value ?? _host.Url.GetLeftPart(UriPartial.Authority));
        Assert.Equal(taken ? HttpStatusCode.OK : HttpStatusCode.Forbidden, (await _browser.SendAsync(change, Cancelled)).StatusCode);
        using var socket = new HttpRequestMessage(HttpMethod.Get, "/page") { Headers = { { header, value ?? _host.Url.GetLeftPart(UriPartial.Authority) }, { "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==" } } };
        Assert.Equal(taken ? HttpStatusCode.OK : HttpStatusCode.Forbidden, (await _browser.SendAsync(socket, Cancelled)).StatusCode);
    }

    private async Task<HttpStatusCode> StatusAsync() => (await _browser.GetAsync(new Uri("/page", UriKind.Relative), Cancelled)).StatusCode;
}

/// <summary>What a host without access control lets browsers do.</summary>
public sealed class UnguardedTests : IAsyncLifetime
{
    private GuardedHost _host = null!;
    private readonly HttpClient _http = new();

    public async ValueTask InitializeAsync()
    {
        _host = await GuardedHost.StartAsync(keys: false);
        _http.BaseAddress = _host.Url;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
    }

    [Theory]
    [InlineData("POST", "/change", null, null, HttpStatusCode.OK)]
    [InlineData("GET", "/policy/Admin", "localhost", null, HttpStatusCode.OK)]
    [InlineData("GET", "/page", "rebound.evil.example", null, HttpStatusCode.Unauthorized)]
    [InlineData("POST", "/change", null, "https://evil.example", HttpStatusCode.Forbidden)]
    public async Task Call_OfAnotherSitesPage_Refused(string method, string path, string? host, string? origin, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (host is not null) request.Headers.Host = host;
        if (origin is not null) request.Headers.Add("Origin", origin);
        Assert.Equal(expected, (await _http.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
    }
}
