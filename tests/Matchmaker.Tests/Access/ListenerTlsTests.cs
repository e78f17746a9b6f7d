using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using FleetSystem.Matchmaker.Grpc.V1;
using FleetSystem.Matchmaker.Tests.Grpc;
using FleetSystem.Tests.Tls;
using Grpc.Core;
using Grpc.Net.Client;

namespace FleetSystem.Matchmaker.Tests.Access;

/// <summary>The players' API at https addresses: the host's certificate, which is renewed, and game backends' own.</summary>
public sealed class ListenerTlsTests : IAsyncLifetime
{
    private readonly TestCertificates _certificates = new();
    private TestApi _api = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _api = await TestApi.StartAsync(
        ("Matchmaker:Url", "https://127.0.0.1:0"), ("Matchmaker:GrpcUrl", "https://127.0.0.1:0/"),
        ("Tls:CertificateFile", _certificates.CertificateFile), ("Tls:KeyFile", _certificates.KeyFile), ("Tls:ReloadInterval", "00:00:01"),
        ("Access:BackendAuthorities", _certificates.ClientCaDirectory));

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        _certificates.Dispose();
    }

    [Fact]
    public async Task Call_WithABackendsCertificate_IsThatBackends()
    {
        using var director = _certificates.Client("CN=director");
        using var shop = _certificates.Client("CN=shop");
        using var first = Client(director);
        using var second = Client(shop);
        var ids = new List<string>();
        foreach (var client in new[] { first, second }) ids.Add((string)(await CreateAsync(client, HttpStatusCode.Created))!["sessionId"]!);
        Assert.NotEqual(ids[0], ids[1]);

        using var channel = GrpcChannel.ForAddress(_api.Addresses[0], new GrpcChannelOptions { HttpHandler = Handler(director) });
        var again = await new Sessions.SessionsClient(channel).CreateSessionAsync(GuardedApi.Request("alice"), GuardedApi.Headers(null, "key"), cancellationToken: Cancelled);
        Assert.Equal((ids[0], false), (again.Session.SessionId, again.Created));
    }

    [Fact]
    public async Task Call_WithoutACertificate_Unauthenticated()
    {
        using var client = Client(null);
        Assert.Equal("unauthenticated", (string?)(await CreateAsync(client, HttpStatusCode.Unauthorized))!["code"]);
        using var channel = GrpcChannel.ForAddress(_api.Addresses[0], new GrpcChannelOptions { HttpHandler = Handler(null) });
        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(async () => await new Sessions.SessionsClient(channel).GetSessionAsync(new() { SessionId = "s-1" }, cancellationToken: Cancelled))).StatusCode);
    }

    [Fact]
    public async Task Call_WithACertificateOfNobodys_IsNotConnected()
    {
        foreach (var certificate in new[] { TestCertificates.Stranger(), _certificates.ServerAsClient() })
        {
            using (certificate)
            {
                using var client = Client(certificate);
                await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("/v1/regions", UriKind.Relative), Cancelled));
            }
        }
    }

    [Fact]
    public async Task Call_WithACertificateWhoseNameIsNone_Unauthenticated()
    {
        using var certificate = _certificates.Client("CN=\"a caller, with spaces\"");
        using var client = Client(certificate);
        await CreateAsync(client, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Authority_TakenOut_ConnectionsAndStreamsThatItLetInEndToo()
    {
        using var director = _certificates.Client("CN=director");
        using var client = Client(director);
        var id = (string)(await CreateAsync(client, HttpStatusCode.Created))!["sessionId"]!;
        using var channel = GrpcChannel.ForAddress(_api.Addresses[0], new GrpcChannelOptions { HttpHandler = Handler(director) });
        using var stream = new Sessions.SessionsClient(channel).WatchSession(new() { SessionId = id }, cancellationToken: Cancelled);
        Assert.True(await stream.ResponseStream.MoveNext(Cancelled));

        _certificates.TrustAnother();
        var fault = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await stream.ResponseStream.MoveNext(Cancelled))
            {
            }
        });
        Assert.Equal((StatusCode.Unauthenticated, "credential-revoked"), (fault.StatusCode, fault.Trailers.GetValue("fleetsystem-code")));

        // On the connection that is open.
        using var answer = await client.GetAsync(new Uri("/v1/sessions/" + id, UriKind.Relative), Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Certificate_Renewed_IsServedToTheNextConnection()
    {
        Assert.Equal("CN=first", await ServedAsync());
        _certificates.WriteServer("CN=second");

        // Each look is a connection of its own; the test's own time limit ends it.
        while (await ServedAsync() != "CN=second") Cancelled.ThrowIfCancellationRequested();
    }

    private async Task<string> ServedAsync()
    {
        var served = "";
        using var client = Client(null, certificate => served = certificate.Subject);
        using var answer = await client.GetAsync(new Uri("/livez", UriKind.Relative), Cancelled);
        Assert.Equal("max-age=31536000", answer.Headers.GetValues("Strict-Transport-Security").Single());
        return served;
    }

    private static async Task<JsonNode?> CreateAsync(HttpClient client, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sessions") { Content = new StringContent(GuardedApi.Session("alice").ToJsonString(), System.Text.Encoding.UTF8, "application/json"), Headers = { { "Idempotency-Key", "key" } } };
        using var answer = await client.SendAsync(request, Cancelled);
        Assert.Equal(expected, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancelled));
    }

    private HttpClient Client(X509Certificate2? certificate, Action<X509Certificate>? served = null) => new(Handler(certificate, served)) { BaseAddress = new Uri(_api.Addresses[^1]) };

    private static SocketsHttpHandler Handler(X509Certificate2? certificate, Action<X509Certificate>? served = null) => new()
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificates = certificate is null ? null : [certificate],
            LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate,
            RemoteCertificateValidationCallback = (_, shown, _, _) =>
            {
                served?.Invoke(shown!);
                return shown!.Subject is "CN=first" or "CN=second";
            },
        },
    };
}
