using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.Matchmaker.Api;
using FleetSystem.Matchmaker.Cells;
using FleetSystem.Matchmaker.Grpc.V1;
using FleetSystem.Matchmaker.Tests.Grpc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetSystem.Matchmaker.Tests.Cells;

/// <summary>A peer over sockets and certificates: who it is, and what it costs when it is away.</summary>
public sealed class CellPeerTests : IDisposable
{
    private static readonly string Unknown = FleetModel.Sessions.SessionIds.FromKey("", "never");
    private readonly CellCertificates _authority = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _services.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public async Task Ask_PeerThatKnowsUs_AnswersWhatItHasAndItsSessions()
    {
        await using var seoul = await StartSeoulAsync();
        using var certificates = _authority.Of("tokyo");
        await using var peer = Connect("seoul", AddressOf(seoul), certificates);

        await peer.RefreshAsync(Cancelled);
        Assert.Equal(("seoul", "seoul"), (peer.Snapshot!.Cell, Assert.Single(peer.Snapshot.Regions).Id));

        var created = await peer.AskAsync((sessions, call) => sessions.CreateSessionAsync(new() { Fleet = "arena", Players = { new Player { Id = "p1", LatencyMilliseconds = { ["elsewhere"] = 5 } } } }, call), TimeSpan.FromMinutes(1), new() { { ApiFault.KeyHeader, "k-1" } });
        Assert.EndsWith(".seoul", created.Answer!.Session.SessionId, StringComparison.Ordinal);
        Assert.Equal(FleetModel.ErrorCodes.SessionNotFound, (await GetAsync(peer)).Fault!.Code);
    }

    [Fact]
    public async Task Ask_CertificateOfAnotherName_IsRefusedOnEitherSide()
    {
        await using var seoul = await StartSeoulAsync();
        using var busan = _authority.Of("busan");
        await using var notAPeer = Connect("seoul", AddressOf(seoul), busan);
        Assert.False((await GetAsync(notAPeer)).IsReached);

        using var tokyo = _authority.Of("tokyo");
        await using var other = Connect("oregon", AddressOf(seoul), tokyo);
        Assert.False((await GetAsync(other)).IsReached);
    }

    [Fact]
    public async Task Ask_CertificateOfAnotherAuthority_IsRefusedOnEitherSide()
    {
        await using var seoul = await StartSeoulAsync();
        using var strangers = new CellCertificates();
        using var tokyo = strangers.Of("tokyo");
        await using var peer = Connect("seoul", AddressOf(seoul), tokyo);
        Assert.False((await GetAsync(peer)).IsReached);
    }

    [Fact]
    public async Task Ask_DeadPeer_IsNotAskedOnceItsCircuitIsOpen()
    {
        var measured = Measure();
        using var certificates = _authority.Of("tokyo");
        await using var peer = Connect("seoul", $"https://127.0.0.1:{FreePorts.NextTcp()}", certificates, circuit => circuit.FailuresToOpen = 1);

        Assert.True((await GetAsync(peer)).IsUnknown);
        Assert.True(peer.IsAway);

        // Neither asked nor waited for: nobody has to wonder whether it did it.
        Assert.Equal(default, await GetAsync(peer));
        Assert.Equal(["seoul unanswered", "seoul not-asked"], measured);
    }

    [Fact]
    public async Task Ask_PeerThatAnswersNothing_CostsShortTimeOutsAndThenNothing()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        using var certificates = _authority.Of("tokyo");
        await using var peer = Connect("seoul", $"https://127.0.0.1:{((IPEndPoint)mute.LocalEndpoint).Port}", certificates, circuit => (circuit.TimeoutsToOpen, circuit.ProbeTimeout) = (2, TimeSpan.FromSeconds(0.2)));

        // However patient: what does not connect, answers no ping or no probe is given up.
        var patient = peer.AskAsync((sessions, call) => sessions.GetSessionAsync(new() { SessionId = Unknown }, call), TimeSpan.FromHours(1));
        await peer.RefreshAsync(Cancelled);
        Assert.False(peer.IsAway);
        await peer.RefreshAsync(Cancelled);
        Assert.True(peer.IsAway);
        Assert.True((await patient).IsUnknown);
        Assert.Equal(default, await GetAsync(peer));
    }

    [Fact]
    public async Task Abandoned_PeerIsBack_SessionsAreEndedThereButThoseReclaimed()
    {
        await using var seoul = await StartSeoulAsync();
        using var certificates = _authority.Of("tokyo");
        await using var peer = Connect("seoul", AddressOf(seoul), certificates);
        string[] ids = [(await seoul.CreateAsync("k-1", Good())).Session.SessionId, (await seoul.CreateAsync("k-2", Good())).Session.SessionId];
        foreach (var id in ids) peer.Abandon(id);
        peer.Reclaim(ids[1]);

        await peer.RefreshAsync(Cancelled);
        Assert.Equal([Matchmaker.Grpc.V1.SessionState.Ended, Matchmaker.Grpc.V1.SessionState.Allocated], [await StateAsync(ids[0]), await StateAsync(ids[1])]);

        async Task<Matchmaker.Grpc.V1.SessionState> StateAsync(string id) => (await seoul.Grpc.GetSessionAsync(new() { SessionId = id }, cancellationToken: Cancelled)).State;
    }

    private static Matchmaker.Grpc.V1.CreateSessionRequest Good() => new() { Fleet = "arena", Players = { new Player { Id = "p1" } } };

    private static Task<PeerReply<Session>> GetAsync(CellPeer peer) =>
        peer.AskAsync((sessions, call) => sessions.GetSessionAsync(new() { SessionId = Unknown }, call), TimeSpan.FromMinutes(1));

    private Task<TestApi> StartSeoulAsync() => TestApi.StartAsync(
        [("FleetSystem:Cell", "seoul"), ("Matchmaker:Cells:Url", "https://127.0.0.1:0"), ("Matchmaker:Cells:Peers:0:Cell", "tokyo"), ("Matchmaker:Cells:Peers:0:Urls:0", $"https://127.0.0.1:{FreePorts.NextTcp()}"), .. _authority.SettingsOf("seoul")]);

    private static string AddressOf(TestApi api) => Assert.Single(api.Services.GetRequiredService<CellHost>().Addresses);

    private CellPeer Connect(string cell, string url, FleetSystem.SiloHost.Tls.TlsCertificates certificates, Action<CircuitOptions>? circuit = null)
    {
        var options = new CellsOptions();
        circuit?.Invoke(options.Circuit);
        return new CellPeer(new CellPeerOptions { Cell = cell, Urls = [url] }, options, certificates, seed: 1, new CellMetrics(_services.GetRequiredService<IMeterFactory>()), TimeProvider.System, NullLogger<CellPeer>.Instance);
    }

    /// <summary>Calls as they are counted from now on.</summary>
    private List<string> Measure()
    {
        var measured = new List<string>();
        var meters = _services.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Name == "fleet.cell.calls" && ReferenceEquals(instrument.Meter.Scope, meters)) listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => measured.Add($"{tags[0].Value} {tags[1].Value}"));
        listener.Start();
        return measured;
    }
}
