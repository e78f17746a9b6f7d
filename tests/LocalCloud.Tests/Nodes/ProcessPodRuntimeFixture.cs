using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using FleetSystem.LocalCloud.Nodes;
using FleetSystem.LocalCloud.Sdk;
using FleetSystem.LocalCloud.Tests.Sdk;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FleetSystem.LocalCloud.Tests.Nodes;

/// <summary>A runtime that starts the real game server, a signer of join tokens, and ports that are free.</summary>
internal sealed class ProcessPodRuntimeFixture : IAsyncDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly List<IPod> _pods = [];

    private ProcessPodRuntimeFixture(SdkServer sdk, string directory)
    {
        Sdk = sdk;
        Directory = directory;
        KeysFile = Path.Combine(directory, "keys.json");
        var q = _key.ExportParameters(includePrivateParameters: false).Q;
        File.WriteAllText(KeysFile, JsonSerializer.Serialize(new
        {
            keys = new[] { new { kty = "EC", crv = "P-256", kid = "k1", x = Base64UrlEncoder.Encode(q.X), y = Base64UrlEncoder.Encode(q.Y) } },
        }));
        Options = new ProcessPodRuntimeOptions
        {
            LogDirectory = directory,
            Environment = new Dictionary<string, string> { ["GAMESERVER_JOIN_KEYS_FILE"] = KeysFile, ["GAMESERVER_HEALTH_INTERVAL_SECONDS"] = "1" },
        };
    }

    public SdkServer Sdk { get; }

    public string Directory { get; }

    public string KeysFile { get; }

    public ProcessPodRuntimeOptions Options { get; set; }

    public static async Task<ProcessPodRuntimeFixture> CreateAsync(SdkSidecarOptions? options = null)
    {
        var sdk = await SdkServer.StartAsync(
            options ?? new SdkSidecarOptions { RequestsRateLimit = TimeSpan.Zero }, TimeProvider.System, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
        return new ProcessPodRuntimeFixture(sdk, System.IO.Directory.CreateTempSubdirectory("fleetsystem-test-").FullName);
    }

    public static int FreeUdpPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public async Task<ProcessPod> StartAsync(InMemoryGameServer gameServer, int port, Dictionary<string, string>? environment = null, string name = "arena-1")
    {
        var runtime = new ProcessPodRuntime(Options, Sdk, TimeProvider.System, NullLogger<ProcessPodRuntime>.Instance);
        var start = new PodStart(name, IPAddress.Loopback, [new PodPort("game", 7777, port, "UDP")], "example/arena:1", [], environment ?? [], gameServer);
        var pod = (ProcessPod)await runtime.StartAsync(start, TestContext.Current.CancellationToken);
        _pods.Add(pod);
        return pod;
    }

    public string Token(string player, string session, string fleet = "arena", TimeSpan? lifetime = null, ECDsa? signer = null) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = "fleetsystem",
            Audience = fleet,
            Expires = TimeProvider.System.GetUtcNow().UtcDateTime + (lifetime ?? TimeSpan.FromMinutes(5)),
            Claims = new Dictionary<string, object> { ["sub"] = player, ["sid"] = session },
            SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(signer ?? _key) { KeyId = "k1" }, SecurityAlgorithms.EcdsaSha256),
        });

    public async ValueTask DisposeAsync()
    {
        foreach (var pod in _pods)
            await pod.DisposeAsync();
        await Sdk.DisposeAsync();
        _key.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
