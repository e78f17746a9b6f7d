using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using FleetSystem.SiloHost.Access;
using FleetSystem.SiloHost.Diagnosis;
using FleetSystem.SiloHost.Tls;
using FleetSystem.Tests.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.SiloHost.Tests.Access;

/// <summary>What a host finds when it looks who is let in, and by which certificates.</summary>
public sealed class AccessDiagnosisTests : IDisposable
{
    private const string KeySet = """{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","kid":"one"}]}""";

    private readonly string _directory = Directory.CreateTempSubdirectory("access-").FullName;
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Guard_NothingConfigured_TellsTheRuleOfLoopback()
    {
        var finding = Assert.Single(await LookAsync(true, ("Urls", "http://127.0.0.1:8081")));
        Assert.Equal(("access control", FindingState.Passed), (finding.Subject, finding.State));
        Assert.Contains("http://127.0.0.1:8081", finding.Message, StringComparison.Ordinal);
        Assert.Contains("loopback", finding.Message, StringComparison.Ordinal);
        Assert.Contains("Access:ApiKeysFile", finding.Message, StringComparison.Ordinal);
        var trusted = Assert.Single(await LookAsync(true, ("Access:Trusted", "true")));
        Assert.Equal((FindingState.Warning, true), (trusted.State, trusted.Message.Contains("Access:Trusted", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(true, "Backend", FindingState.Failed)]
    [InlineData(true, "Viewer", FindingState.Passed)]
    [InlineData(false, "Viewer", FindingState.Failed)]
    [InlineData(false, "Backend", FindingState.Passed)]
    public async Task Guard_KeysForSomebodyElseAlone_NobodyIsLetIn(bool operators, string role, FindingState expected)
    {
        File.WriteAllText(In("keys.json"), Keys(("olga", role)));
        var findings = await LookAsync(operators, ("Access:ApiKeysFile", In("keys.json")));
        Assert.Equal(expected, findings[0].State);
        Assert.Equal((FindingState.Passed, true), (findings[1].State, findings[1].Message.Contains("olga/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Keys_FileBrokenSinceTheStart_FailedWithWhatAndWhereAndSinceWhen()
    {
        File.WriteAllText(In("keys.json"), Keys(("olga", "Operator")));
        using var services = Services(true, ("Access:ApiKeysFile", In("keys.json")));
        _ = services.GetRequiredService<ApiKeyRing>();
        File.WriteAllText(In("keys.json"), Keys(("olga", "Operator"))[..30]);
        _clock.Advance(TimeSpan.FromSeconds(10));
        var finding = (await LookAsync(services))[1];
        Assert.Equal(("API keys", FindingState.Failed), (finding.Subject, finding.State));
        Assert.Contains(In("keys.json"), finding.Message, StringComparison.Ordinal);
        Assert.Contains("is no JSON", finding.Message, StringComparison.Ordinal);
        Assert.Contains("1 with the configuration's", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_WithoutARole_WarnedOfByTheirPlace()
    {
        var findings = await LookAsync(true, ("Access:ApiKeys:0:Name", "olga"), ("Access:ApiKeys:0:Sha256", Hash("a")), ("Access:ApiKeys:1:Name", "eve"), ("Access:ApiKeys:1:Role", "Viewer"), ("Access:ApiKeys:1:Sha256", Hash("b")));
        Assert.Contains("Access:ApiKeys:0 ('olga')", Assert.Single(findings, finding => finding.State == FindingState.Warning).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/good", FindingState.Passed, "1 key")]
    [InlineData("/good-keys-alone", FindingState.Passed, "1 key")]
    [InlineData("/other", FindingState.Failed, "calls itself 'https://somebody.example'")]
    [InlineData("/no-keys", FindingState.Failed, "serves no public key")]
    [InlineData("/keys-over-http", FindingState.Failed, "'http://id.example/keys' is not read")]
    [InlineData("/text", FindingState.Failed, "cannot be read at")]
    [InlineData("/missing", FindingState.Failed, "cannot be read at")]
    public async Task Issuer_OfWhateverState_IsToldWithItsAddress(string path, FindingState expected, string said)
    {
        await using var host = await IssuerAsync();
        var url = host.Urls.Single() + path;
        (string, string)[] keys = path == "/good-keys-alone" ? [("Access:Players:0:KeysUrl", host.Urls.Single() + "/keys")] : [];
        var finding = (await LookAsync(false, [("Access:Players:0:Issuer", url), ("Access:Players:0:Audience", "game"), .. keys]))[1];
        Assert.Equal(("players' issuer " + url, expected), (finding.Subject, finding.State));
        Assert.Contains(said, finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Issuer_NobodyThere_FailedAndNamesTheAddress()
    {
        // A port that was free a moment ago.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        listener.Stop();
        var finding = (await LookAsync(true, ("Access:Operators:Issuer", url), ("Access:Operators:Audience", "ops")))[1];
        Assert.Equal(("operators' issuer " + url, FindingState.Failed), (finding.Subject, finding.State));
        Assert.Contains(url + "/.well-known/openid-configuration", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_IssuerWithoutEndpointsAndAnEmptySecret_EachFailed()
    {
        await using var host = await IssuerAsync();
        File.WriteAllText(In("secret"), " \n");
        var findings = await LookAsync(true, ("Access:Operators:Issuer", host.Urls.Single() + "/good"), ("Access:Operators:Audience", "ops"), ("Access:Operators:ClientId", "fleet"), ("Access:Operators:ClientSecretFile", In("secret")));
        var failed = findings.Where(finding => finding.State == FindingState.Failed).ToList();
        Assert.Equal(2, failed.Count);
        Assert.Contains("no authorization_endpoint and no token_endpoint", failed[0].Message, StringComparison.Ordinal);
        Assert.Contains(In("secret"), failed[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IssuerFile_NoKeySet_Failed()
    {
        File.WriteAllText(In("keys.json"), KeySet);
        (string, string)[] settings = [("Access:Players:0:Issuer", "own"), ("Access:Players:0:Audience", "game"), ("Access:Players:0:KeysFile", In("keys.json"))];
        Assert.Equal(FindingState.Passed, (await LookAsync(false, settings))[1].State);
        File.WriteAllText(In("keys.json"), KeySet[..20]);
        var finding = (await LookAsync(false, settings))[1];
        Assert.Equal(FindingState.Failed, finding.State);
        Assert.Contains(In("keys.json"), finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(30, FindingState.Passed, "is valid until")]
    [InlineData(10, FindingState.Warning, "expires on")]
    [InlineData(0.0001, FindingState.Failed, "has expired on")]
    public async Task Certificate_ByItsEnd_PassedWarnedOrFailed(double days, FindingState expected, string said)
    {
        using var certificates = new TestCertificates();
        certificates.WriteServer("CN=host", TimeSpan.FromDays(days));
        _clock.Advance(TimeSpan.FromMinutes(1));
        var findings = await LookAsync(true, ("Tls:CertificateFile", certificates.CertificateFile), ("Tls:KeyFile", certificates.KeyFile), ("Access:BackendAuthorities", certificates.ClientCaDirectory));
        var own = findings.First(finding => finding.Subject == "https addresses");
        Assert.Equal(expected, own.State);
        Assert.Contains(said, own.Message, StringComparison.Ordinal);
        Assert.Contains(certificates.CertificateFile, own.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_AuthorityExpiresOrNoneOrAnotherKey_IsTold()
    {
        using var certificates = new TestCertificates();
        (string, string)[] settings = [("Tls:CertificateFile", certificates.CertificateFile), ("Tls:KeyFile", certificates.KeyFile), ("Access:BackendAuthorities", certificates.ClientCaDirectory)];
        Assert.Contains(await LookAsync(true, settings), finding => finding.Message.StartsWith("knows 1 of the other side's authorities", StringComparison.Ordinal));
        _clock.Advance(TimeSpan.FromDays(365 * 10));
        Assert.Contains(await LookAsync(true, settings), finding => finding is { Subject: "https addresses", State: FindingState.Warning } && finding.Message.Contains("authority 'CN=clients'", StringComparison.Ordinal));
        File.Delete(Directory.GetFiles(certificates.ClientCaDirectory).Single());
        Assert.Contains(await LookAsync(true, settings), finding => finding.State == FindingState.Failed && finding.Message.StartsWith("knows no authority", StringComparison.Ordinal));
        using var other = ECDsa.Create();
        File.WriteAllText(certificates.KeyFile, other.ExportPkcs8PrivateKeyPem());
        Assert.Contains(await LookAsync(true, settings), finding => finding.State == FindingState.Failed && finding.Message.StartsWith("has no certificate with its key", StringComparison.Ordinal));
    }

    private string In(string file) => Path.Combine(_directory, file);

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static string Keys(params (string Name, string Role)[] keys) =>
        $"{{\"ApiKeys\": [{string.Join(", ", keys.Select(key => $"{{\"Name\": \"{key.Name}\", \"Role\": \"{key.Role}\", \"Sha256\": \"{Hash(key.Name)}\"}}"))}]}}";

    private ServiceProvider Services(bool operators, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Services.AddSingleton<TimeProvider>(_clock);
        if (operators) builder.Services.AddOperatorsAccess(builder.Configuration);
        else builder.Services.AddPlayersAccess(builder.Configuration);
        builder.AddListenerTls();
        builder.Services.AddSingleton<IConfiguration>(builder.Configuration);
        return builder.Services.BuildServiceProvider();
    }

    private async Task<IReadOnlyList<Finding>> LookAsync(bool operators, params (string Key, string Value)[] settings)
    {
        using var services = Services(operators, settings);
        return await LookAsync(services);
    }

    private static async Task<IReadOnlyList<Finding>> LookAsync(ServiceProvider services) => (await services.GetRequiredService<HostDiagnosis>().LookAsync(Cancelled)).Findings;

    private static async Task<WebApplication> IssuerAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/keys", () => Results.Text(KeySet, "application/json"));
        app.MapGet("/no-keys/keys", () => Results.Text("""{"keys":[]}""", "application/json"));
        app.MapGet("/{name}/.well-known/openid-configuration", (string name) => name switch
        {
            "good" or "no-keys" or "other" or "keys-over-http" => Results.Json(new Dictionary<string, string>
            {
                ["issuer"] = name == "other" ? "https://somebody.example" : $"{app.Urls.Single()}/{name}",
                ["jwks_uri"] = name == "keys-over-http" ? "http://id.example/keys" : app.Urls.Single() + (name == "no-keys" ? "/no-keys/keys" : "/keys"),
            }),
            "text" => Results.Text("hello"),
            _ => Results.NotFound(),
        });
        await app.StartAsync(Cancelled);
        return app;
    }
}
