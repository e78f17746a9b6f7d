using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using FleetSystem.FleetManager.Ops;
using FleetSystem.SiloHost.Access;
using FleetSystem.SiloHost.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.FleetManager.Tests.SignIn;

/// <summary>What operators reach, with access configured, over no grains; a page and a change stand for the dashboard's.</summary>
internal sealed partial class GuardedHost : IAsyncDisposable
{
    private const string Unhashed = "0123456789abcdef0123456789abcdef";

    private readonly WebApplication _app;

    private GuardedHost(WebApplication app) => (_app, Url) = (app, new Uri(app.Urls.Single()));

    public Uri Url { get; }

    public IServiceProvider Services => _app.Services;

    public FakeTimeProvider Clock => (FakeTimeProvider)_app.Services.GetRequiredService<TimeProvider>();

    /// <summary>Starts one with keys of eve (viewer), olga (operator), ada (admin) and director (backend), unless settings say otherwise.</summary>
    public static async Task<GuardedHost> StartAsync(bool keys, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(settings.Any(setting => setting.Key == "Tls:CertificateFile") ? "https://127.0.0.1:0" : "http://127.0.0.1:0");
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Configuration.AddInMemoryCollection((keys ? [.. Key(0, "eve", AccessRole.Viewer), .. Key(1, "olga", AccessRole.Operator), .. Key(2, "ada", AccessRole.Admin), .. Key(3, "director", AccessRole.Backend), .. settings] : settings)
            .Select(setting => KeyValuePair.Create(setting.Item1, (string?)setting.Item2)));

        // Nobody's tokens are checked against it but by it.
        builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        builder.Services.AddSingleton<IGrainFactory>(_ => throw new InvalidOperationException("A call that is refused must not reach a grain."));
        builder.Services.AddOps(builder.Configuration);
        builder.AddListenerTls();
        var app = builder.Build();
        app.MapOps();
        foreach (var policy in new[] { AccessPolicies.Viewer, AccessPolicies.Operator, AccessPolicies.Admin }) app.MapGet("/policy/" + policy, () => policy).RequireAuthorization(policy);
        app.MapGet("/page", (HttpContext context) => AccessSetup.Caller(context));
        app.MapPost("/change", (HttpContext context) => AccessSetup.Caller(context));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new GuardedHost(app);
    }

    public static string KeyOf(string name) => name + Unhashed;

    /// <summary>A browser that follows no redirection by itself.</summary>
    /// <param name="served">Told of the certificate that it is shown; null where the host has none.</param>
    public HttpClient Browser(Action<System.Security.Cryptography.X509Certificates.X509Certificate2>? served = null) => new(new HttpClientHandler
    {
        AllowAutoRedirect = false,
        CookieContainer = new CookieContainer(),
        ServerCertificateCustomValidationCallback = (_, certificate, _, _) =>
        {
            served?.Invoke(certificate!);
            return served is not null;
        },
    })
    {
        BaseAddress = Url,
        DefaultRequestHeaders = { { "Accept", "text/html" } },
    };

    /// <summary>Signs in as somebody does at the page.</summary>
    public static async Task<HttpResponseMessage> SignInAsync(HttpClient browser, string key, string returnUrl = "/page")
    {
        var page = await browser.GetStringAsync(new Uri($"/login?returnUrl={Uri.EscapeDataString(returnUrl)}", UriKind.Relative), TestContext.Current.CancellationToken);
        return await PostAsync(browser, "/login", ("key", key), ("returnUrl", Field(page, "returnUrl")), ("__RequestVerificationToken", Field(page, "__RequestVerificationToken")));
    }

    public static async Task<HttpResponseMessage> PostAsync(HttpClient browser, string path, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await browser.PostAsync(new Uri(path, UriKind.Relative), form, TestContext.Current.CancellationToken);
    }

    public static string Field(string page, string name) => WebUtility.HtmlDecode(Regex.Match(page, $"name=\"{name}\" value=\"([^\"]*)\"").Groups[1].Value);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static IEnumerable<(string, string)> Key(int index, string name, AccessRole role) =>
    [
        ($"Access:ApiKeys:{index}:Name", name), ($"Access:ApiKeys:{index}:Role", role.ToString()),
        ($"Access:ApiKeys:{index}:Sha256", Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(KeyOf(name))))),
    ];
}
