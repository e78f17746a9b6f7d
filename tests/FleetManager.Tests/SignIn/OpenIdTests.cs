using System.Net;
using System.Net.Http.Headers;
using FleetSystem.LocalCloud.Access;

namespace FleetSystem.FleetManager.Tests.SignIn;

/// <summary>Operators of an OpenID Connect issuer: in the browser, and by tokens at the API.</summary>
public sealed class OpenIdTests : IAsyncLifetime
{
    private readonly string _secretFile = Path.GetTempFileName();
    private FakeIssuer _issuer = null!;
    private GuardedHost _host = null!;
    private HttpClient _browser = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        await File.WriteAllTextAsync(_secretFile, FakeIssuer.ClientSecret + "\n", Cancelled);
        _host = await GuardedHost.StartAsync(
            keys: true,
            ("Access:Operators:Issuer", _issuer.Url), ("Access:Operators:Audience", FakeIssuer.ClientId), ("Access:Operators:ClientId", FakeIssuer.ClientId), ("Access:Operators:ClientSecretFile", _secretFile));
        _browser = _host.Browser();
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _host.DisposeAsync();
        await _issuer.DisposeAsync();
        File.Delete(_secretFile);
    }

    [Fact]
    public async Task SignIn_AtTheIssuer_ByItsNameAndRole()
    {
        var back = await SignInAsync("/page?a=1");
        Assert.Equal((HttpStatusCode.Redirect, "/page?a=1"), (back.StatusCode, back.Headers.Location?.OriginalString));
        Assert.Equal("grace", await _browser.GetStringAsync(new Uri("/page", UriKind.Relative), Cancelled));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/policy/Operator"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("/policy/Admin"));
    }

    [Fact]
    public async Task SignIn_NoneOfTheRoles_IsToldSoAndNotSignedIn()
    {
        _issuer.User = ("mallory", ["something-else"]);
        var back = await SignInAsync("/page");
        Assert.Equal("/login?fault=role", back.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync("/page"));
    }

    [Fact]
    public async Task SignIn_AnswerOfAnotherBrowsersQuestion_IsNotTaken()
    {
        using var other = _host.Browser();
        var answer = await AnswerAsync(other, "/page");
        using var taken = await _browser.GetAsync(answer, Cancelled);
        Assert.Equal("/login?fault=issuer", taken.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync("/page"));
    }

    [Fact]
    public async Task SignIn_WithAKey_IsNotThereAnyMore()
    {
        Assert.DoesNotContain("<form", await _browser.GetStringAsync(new Uri("/login", UriKind.Relative), Cancelled), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await GuardedHost.PostAsync(_browser, "/login", ("key", GuardedHost.KeyOf("ada")))).StatusCode);

        // Programs go on.
        Assert.Equal(HttpStatusCode.OK, await WithAsync(GuardedHost.KeyOf("ada"), "/policy/Admin"));
    }

    [Fact]
    public async Task Token_OfTheIssuer_ByItsRoles()
    {
        Assert.Equal(HttpStatusCode.OK, await WithAsync(_issuer.Token("grace", "fleetsystem-viewer", "fleetsystem-admin"), "/policy/Admin"));
        Assert.Equal(HttpStatusCode.OK, await WithAsync(_issuer.Token("eve", "fleetsystem-viewer"), "/policy/Viewer"));
        Assert.Equal(HttpStatusCode.Forbidden, await WithAsync(_issuer.Token("eve", "fleetsystem-viewer"), "/policy/Operator"));
        Assert.Equal(HttpStatusCode.Forbidden, await WithAsync(_issuer.Token("mallory", "Admin"), "/policy/Viewer"));
        Assert.Equal(HttpStatusCode.Unauthorized, await WithAsync(_issuer.Token("two\nlines", "fleetsystem-admin"), "/policy/Viewer"));
        using var foreign = new TokenIssuer(_issuer.Url, FakeIssuer.ClientId, TimeProvider.System);
        Assert.Equal(HttpStatusCode.Unauthorized, await WithAsync(foreign.Issue("grace", TimeSpan.FromMinutes(5), new System.Security.Claims.Claim("roles", "fleetsystem-admin")), "/policy/Viewer"));
    }

    private async Task<HttpResponseMessage> SignInAsync(string returnUrl) => await _browser.GetAsync(await AnswerAsync(_browser, returnUrl), Cancelled);

    /// <summary>Goes to the issuer, and returns where it sends back to.</summary>
    private async Task<Uri> AnswerAsync(HttpClient browser, string returnUrl)
    {
        using var sent = await browser.GetAsync(new Uri($"/login/openid?returnUrl={Uri.EscapeDataString(returnUrl)}", UriKind.Relative), Cancelled);
        Assert.StartsWith(_issuer.Url, sent.Headers.Location?.OriginalString, StringComparison.Ordinal);
        using var back = await browser.GetAsync(sent.Headers.Location, Cancelled);
        return back.Headers.Location!;
    }

    private async Task<HttpStatusCode> StatusAsync(string path) => (await _browser.GetAsync(new Uri(path, UriKind.Relative), Cancelled)).StatusCode;

    private async Task<HttpStatusCode> WithAsync(string credential, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_host.Url, path)) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", credential) } };
        using var http = new HttpClient();
        using var answer = await http.SendAsync(request, Cancelled);
        return answer.StatusCode;
    }
}
