using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.Matchmaker.Allocator.Protocol;
using FleetSystem.Tests.Tls;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.Matchmaker.Tests.Allocator;

public sealed class AllocatorTlsTests : IDisposable
{
    private const string Body = """{"namespace":"default"}""";
    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Allocate_KnownClient_IsServedByBothProtocolsOnOnePort()
    {
        var url = $"https://127.0.0.1:{FreePorts.NextTcp()}";
        using var client = _certificates.Client();
        await using var api = await StartAsync(client, settings: [("Matchmaker:Allocator:GrpcUrl", url), ("Matchmaker:Allocator:RestUrl", url)]);

        Assert.Single(api.Addresses);
        Assert.Equal("gs-1", (await api.Allocate(new AllocationRequest { Namespace = "default" })).GameServerName);
        Assert.Equal("gs-2", (string?)(await api.PostAsync(Body)).Body["gameServerName"]);
    }

    [Fact]
    public async Task Allocate_StrangersCertificate_IsRefused()
    {
        using var stranger = TestCertificates.Stranger();
        await AssertRefusedAsync(stranger);
    }

    [Fact]
    public async Task Allocate_ServersCertificateAsClients_IsRefused()
    {
        using var server = _certificates.ServerAsClient();
        await AssertRefusedAsync(server);
    }

    [Fact]
    public async Task Allocate_NoCertificate_IsRefusedUnlessMutualTlsIsOff()
    {
        await AssertRefusedAsync(null);
        await using var api = await StartAsync(null, settings: ("Matchmaker:Allocator:Tls:MutualTls", "false"));
        Assert.Equal(200, (await api.PostAsync(Body)).Status);
    }

    [Fact]
    public async Task Allocate_SameKeyOfAnotherClient_IsAnotherRequest()
    {
        using var one = _certificates.Client("CN=one");
        using var two = _certificates.Client("CN=two");
        var chosen = one;
        await using var api = await StartAsync(null, handler => handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => chosen);
        var key = ("Idempotency-Key", "k-1");
        var first = await api.PostAsync(Body, key);
        var again = await api.PostAsync(Body, key);
        chosen = two;
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{api.Addresses[0]}/gameserverallocation") { Version = HttpVersion.Version20, Content = new StringContent(Body) };
        request.Headers.Add(key.Item1, key.Item2);
        using var other = await api.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("gs-1", (string?)first.Body["gameServerName"]);
        Assert.Equal("gs-1", (string?)again.Body["gameServerName"]);
        Assert.Contains("gs-2", await other.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Certificates_Renewed_AreServedWithoutARestart()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var client = _certificates.Client();
        await using var api = await StartAsync(client, time: time);
        Assert.Equal("CN=first", await ServedAsync(api, client));

        _certificates.WriteServer("CN=second");
        Assert.Equal("CN=first", await ServedAsync(api, client));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("CN=second", await ServedAsync(api, client));

        // Half a renewal: what is known stays in force.
        await File.WriteAllTextAsync(_certificates.KeyFile, "not a key", TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("CN=second", await ServedAsync(api, client));
    }

    [Fact]
    public async Task Start_FilesWithoutACertificate_SaysSo()
    {
        await File.WriteAllTextAsync(_certificates.CertificateFile, "not a certificate", TestContext.Current.CancellationToken);

        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(null));

        Assert.Contains("Matchmaker:Allocator:Tls", fault.Message);
    }

    private async Task AssertRefusedAsync(X509Certificate2? client)
    {
        await using var api = await StartAsync(client);

        await Assert.ThrowsAsync<HttpRequestException>(() => api.PostAsync(Body));
        await Assert.ThrowsAsync<RpcException>(async () => await api.Allocate(new AllocationRequest { Namespace = "default" }));
        Assert.Empty(api.Allocator.Claims);
    }

    private Task<AllocatorApi> StartAsync(X509Certificate2? client, Action<SocketsHttpHandler>? configure = null, TimeProvider? time = null, params (string Key, string Value)[] settings)
    {
        return AllocatorApi.StartAsync(
            NewHandler,
            time,
            [
                ("Matchmaker:Allocator:GrpcUrl", "https://127.0.0.1:0"), ("Matchmaker:Allocator:RestUrl", "https://127.0.0.1:0"), ("Matchmaker:Allocator:Tls:CertificateFile", _certificates.CertificateFile),
                ("Matchmaker:Allocator:Tls:KeyFile", _certificates.KeyFile), ("Matchmaker:Allocator:Tls:ClientCaDirectory", _certificates.ClientCaDirectory), .. settings,
            ]);

        SocketsHttpHandler NewHandler()
        {
            var handler = new SocketsHttpHandler();

            // The servers' certificates are not what these tests are about.
            handler.SslOptions.RemoteCertificateValidationCallback = AnyServer;
            if (client is not null) handler.SslOptions.ClientCertificates = [client];
            configure?.Invoke(handler);
            return handler;
        }
    }

    private static async Task<string?> ServedAsync(AllocatorApi api, X509Certificate2 client)
    {
        var address = new Uri(api.Addresses[^1]);
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", ClientCertificates = [client], RemoteCertificateValidationCallback = AnyServer },
            TestContext.Current.CancellationToken);
        return tls.RemoteCertificate?.Subject;
    }

    private static bool AnyServer(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors faults) => certificate is not null;
}
