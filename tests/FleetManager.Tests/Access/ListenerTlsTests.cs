using System.Net;
using FleetSystem.FleetManager.Tests.SignIn;
using FleetSystem.Tests.Tls;

namespace FleetSystem.FleetManager.Tests.Access;

/// <summary>What operators reach at an https address: the host's certificate, which is renewed, and what browsers are told to keep to https.</summary>
public sealed class ListenerTlsTests : IAsyncLifetime
{
    private static readonly TimeSpan Reload = TimeSpan.FromSeconds(10);

    private readonly TestCertificates _certificates = new();
    private GuardedHost _host = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _host = await GuardedHost.StartAsync(keys: true, ("Tls:CertificateFile", _certificates.CertificateFile), ("Tls:KeyFile", _certificates.KeyFile), ("Tls:ReloadInterval", Reload.ToString()));

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _certificates.Dispose();
    }

    [Fact]
    public async Task Cookies_OverHttps_AreSecureAndThisHostsAlone()
    {
        using var browser = _host.Browser(_ => { });
        using var page = await browser.GetAsync(new Uri("/login", UriKind.Relative), Cancelled);
        using var signedIn = await GuardedHost.SignInAsync(browser, GuardedHost.KeyOf("olga"));
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        var cookies = page.Headers.GetValues("Set-Cookie").Concat(signedIn.Headers.GetValues("Set-Cookie")).ToList();
        Assert.Equal(["fleetsystem-antiforgery", "fleetsystem-sign-in"], cookies.Select(cookie => cookie.Split('=')[0]));
        Assert.All(cookies, cookie =>
        {
            Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("; samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("; domain", cookie, StringComparison.OrdinalIgnoreCase);
        });
        Assert.Equal("max-age=31536000", signedIn.Headers.GetValues("Strict-Transport-Security").Single());
        Assert.Equal("olga", await browser.GetStringAsync(new Uri("/page", UriKind.Relative), Cancelled));
    }

    [Fact]
    public async Task Certificate_Renewed_IsServedToTheNextConnectionAndSignInsHold()
    {
        var served = new List<string>();
        using var before = _host.Browser(certificate => served.Add(certificate.Subject));
        await GuardedHost.SignInAsync(before, GuardedHost.KeyOf("olga"));
        _certificates.WriteServer("CN=second");
        _host.Clock.Advance(Reload);

        // The connection that is open goes on, and so does who is signed in.
        Assert.Equal("olga", await before.GetStringAsync(new Uri("/page", UriKind.Relative), Cancelled));
        using var after = _host.Browser(certificate => served.Add(certificate.Subject));
        await after.GetAsync(new Uri("/login", UriKind.Relative), Cancelled);
        Assert.Equal(["CN=first", "CN=second"], served);

        // Half-written: what is known is served on.
        await File.WriteAllTextAsync(_certificates.CertificateFile, "-----BEGIN CERTIFICATE-----", Cancelled);
        _host.Clock.Advance(Reload);
        using var last = _host.Browser(certificate => served.Add(certificate.Subject));
        await last.GetAsync(new Uri("/login", UriKind.Relative), Cancelled);
        Assert.Equal("CN=second", served[^1]);
    }

    [Fact]
    public async Task Call_WithoutTls_IsNotAnswered()
    {
        using var http = new HttpClient();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => http.GetAsync(new UriBuilder(_host.Url) { Scheme = "http" }.Uri, Cancelled));
    }
}
