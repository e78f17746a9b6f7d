using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using FleetSystem.LocalCloud.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Tests.Access;

/// <summary>FleetManager as it is built, with everything that it serves, on a socket, guarded; without the silo behind it: what is refused must not need one.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    public const string Audience = "ops";
    public const string Cluster = "blue";
    private const string Unhashed = "0123456789abcdef0123456789abcdef";

    private readonly string _directory = Directory.CreateTempSubdirectory("host-").FullName;
    private WebApplication _app = null!;

    public TokenIssuer Issuer { get; } = new("https://id.studio.example", Audience, TimeProvider.System);

    public Lines Log { get; } = new();

    public HttpClient Http { get; private set; } = null!;

    public Uri Url => new(_app.Urls.Single());

    public IEnumerable<RouteEndpoint> Endpoints => ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

    public static async Task<RunningHost> StartAsync()
    {
        var host = new RunningHost();
        var keys = Path.Combine(host._directory, "issuer.json");
        await File.WriteAllTextAsync(keys, host.Issuer.KeySet, TestContext.Current.CancellationToken);
        (string, string)[] settings =
        [
            ("Urls", "http://127.0.0.1:0"), ("Silo:Port", "1"), ("Storage:Sqlite:Path", Path.Combine(host._directory, "cell.db")), ("FleetSystem:Clusters:0:Id", Cluster), ("FleetSystem:Clusters:0:Region", "seoul"), ("FleetSystem:Regions:0:Id", "seoul"), ("FleetSystem:Regions:0:Zones:0", "seoul-a"),
            ("FleetSystem:Fleets:0:Id", "arena"), .. Key(0, "eve", "Viewer"), .. Key(1, "olga", "Operator"), .. Key(2, "director", "Backend"),
            ("Access:Operators:Issuer", host.Issuer.Name), ("Access:Operators:Audience", Audience), ("Access:Operators:KeysFile", keys), ("Access:RateLimits:Addresses:Requests", "100000"), ("Access:RateLimits:Addresses:Burst", "100000"),
            ("Access:RateLimits:Callers:Requests", "100000"), ("Access:RateLimits:Callers:Burst", "100000"),
        ];
        host._app = FleetManagerHost.Build([.. settings.Select(setting => $"--{setting.Item1}={setting.Item2}")], builder =>
        {
            builder.Logging.ClearProviders().AddProvider(host.Log).SetMinimumLevel(LogLevel.Information);

            // The web server alone: no silo, no loops, and nothing that a silo's configuration is checked for.
            foreach (var service in builder.Services.Where(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Name != "GenericWebHostService").ToList()) builder.Services.Remove(service);
            builder.Services.RemoveAll<IStartupValidator>();
        });
        await host._app.StartAsync(TestContext.Current.CancellationToken);
        host.Http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = host.Url };
        return host;
    }

    public static string KeyOf(string name) => name + Unhashed;

    /// <summary>Sends bytes, and returns what is answered until the connection is closed.</summary>
    public async Task<string> SendAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Url.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
            int read;
            while ((read = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken)) > 0) answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        catch (IOException)
        {
            // Cut off, after the answer.
        }

        return answer.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        Issuer.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static IEnumerable<(string, string)> Key(int index, string name, string role) =>
    [
        ($"Access:ApiKeys:{index}:Name", name), ($"Access:ApiKeys:{index}:Role", role),
        ($"Access:ApiKeys:{index}:Sha256", Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(KeyOf(name))))),
    ];

    /// <summary>Everything that is logged, as text logs have it.</summary>
    public sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Written { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Written.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
