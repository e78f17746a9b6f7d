using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using FleetSystem.LocalCloud.Access;
using FleetSystem.SiloHost.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FleetSystem.Benchmarks.Access;

/// <summary>What it costs to know who sends a request, the request's own scope included: as the players' API does it, before anything else.</summary>
[MemoryDiagnoser]
public class AuthenticationBenchmarks : IDisposable
{
    private const int Keys = 100;

    private readonly string _directory = Directory.CreateTempSubdirectory("access-").FullName;
    private ServiceProvider _services = null!;
    private ServiceProvider _open = null!;
    private TokenIssuer _issuer = null!;
    private string _key = "";
    private string _token = "";

    [GlobalSetup]
    public void Setup()
    {
        _issuer = new TokenIssuer("https://id.studio.example", "game", TimeProvider.System);
        var keysFile = Path.Combine(_directory, "issuer.json");
        File.WriteAllText(keysFile, _issuer.KeySet);
        var settings = new Dictionary<string, string?> { ["Access:Players:0:Issuer"] = _issuer.Name, ["Access:Players:0:Audience"] = "game", ["Access:Players:0:KeysFile"] = keysFile };

        // As many as there may be.
        for (var key = 0; key < Keys; key++)
        {
            _key = string.Create(CultureInfo.InvariantCulture, $"{key:D4}0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab");
            settings[$"Access:ApiKeys:{key}:Name"] = $"backend-{key}";
            settings[$"Access:ApiKeys:{key}:Role"] = "Backend";
            settings[$"Access:ApiKeys:{key}:Sha256"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(_key)));
        }

        _token = "Bearer " + _issuer.Issue("alice", TimeSpan.FromHours(12));
        _key = "Bearer " + _key;
        _services = Services(settings);
        _open = Services([]);
        if (!ApiKey().GetAwaiter().GetResult() || !Token().GetAwaiter().GetResult() || ForgedToken().GetAwaiter().GetResult()) throw new InvalidOperationException("The credentials are not known as they must be.");
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _services.Dispose();
        _open.Dispose();
        _issuer.Dispose();
        Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true, Description = "no access configured")]
    public Task<bool> Unguarded() => AuthenticateAsync(_open, null);

    [Benchmark(Description = "API key, one of 100")]
    public Task<bool> ApiKey() => AuthenticateAsync(_services, _key);

    [Benchmark(Description = "JWT, ES256")]
    public Task<bool> Token() => AuthenticateAsync(_services, _token);

    [Benchmark(Description = "JWT, forged")]
    public Task<bool> ForgedToken() => AuthenticateAsync(_services, _token[..^8] + "AAAAAAAA");

    private static async Task<bool> AuthenticateAsync(ServiceProvider services, string? authorization)
    {
        await using var scope = services.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        context.Request.Host = new HostString("localhost");
        if (authorization is not null) context.Request.Headers.Authorization = authorization;
        return (await context.AuthenticateAsync()).Succeeded;
    }

    private static ServiceProvider Services(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([.. settings, new("Urls", "http://127.0.0.1:0")]).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddPlayersAccess(configuration);
        return services.BuildServiceProvider();
    }
}
