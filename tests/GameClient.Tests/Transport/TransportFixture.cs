using FleetSystem.GameClient.Tests.Time;

namespace FleetSystem.GameClient.Tests.Transport;

/// <summary>A player of the fake game: four paths to one server, an input each 20 ms, and the longest time without an answer.</summary>
internal sealed class TransportFixture : IDisposable
{
    public const string First = "192.0.2.1";
    public const string Second = "192.0.2.2";
    public const string LoadBalancer = "nlb.example.com";
    public const string Direct = "198.51.100.7";
    public static readonly byte[] RoutingToken = [1, 2, 3, 4, 5, 6, 7, 8];

    private readonly byte[] _buffer = new byte[1200];
    private ulong _nonce;
    private TimeSpan _answeredAt;

    public TransportFixture(int seed = 1, FakeHandshake? handshake = null, FakeGameServer? server = null, SessionTransportOptions? options = null, Action<FakeNetwork>? before = null)
    {
        Seed = seed;
        Server = server ?? new FakeGameServer();
        Network = new FakeNetwork(Clock, seed) { Server = Server.Answer };
        Network[LoadBalancer].Token = RoutingToken;
        before?.Invoke(Network);
        Transport = new SessionTransport(Connection(), handshake ?? new FakeHandshake(), options, Clock, Network, () => ++_nonce);
        _answeredAt = Clock.Now;
    }

    public int Seed { get; }

    public ManualClock Clock { get; } = new();

    public FakeNetwork Network { get; }

    public FakeGameServer Server { get; }

    public SessionTransport Transport { get; }

    /// <summary>Longest time without an answer while it played; the present one counts.</summary>
    public TimeSpan LongestGap { get; private set; }

    public int Answers { get; private set; }

    public TransportStatus Status => Transport.Status;

    public static SessionConnection Connection(int incarnation = 1, string token = "join-token", bool loadBalancerFirst = false, string player = "p2")
    {
        SessionRoute accelerator = new(RouteKind.Accelerator, [First, Second], 10_000 + incarnation);
        SessionRoute loadBalancer = new(RouteKind.NetworkLoadBalancer, [LoadBalancer], 7777, Convert.ToBase64String(RoutingToken));
        SessionRoute direct = new(RouteKind.Direct, [Direct], 7000 + incarnation);
        return new SessionConnection("s-1", incarnation, player, loadBalancerFirst ? [loadBalancer, accelerator, direct] : [accelerator, loadBalancer, direct], token);
    }

    /// <summary>Plays for a time.</summary>
    public void Play(double seconds, double inputEveryMilliseconds = 20)
    {
        for (var until = Clock.Now + TimeSpan.FromSeconds(seconds); Clock.Now < until;)
        {
            Transport.TrySend("G input"u8);
            Clock.Advance(inputEveryMilliseconds);
            while (Transport.TryReceive(_buffer, out _))
            {
                Answers++;
                _answeredAt = Clock.Now;
            }

            if (Clock.Now - _answeredAt > LongestGap) LongestGap = Clock.Now - _answeredAt;
        }
    }

    /// <summary>Takes what is under way, without sending.</summary>
    public void Settle()
    {
        Clock.Advance(100);
        while (Transport.TryReceive(_buffer, out _)) Answers++;
    }

    public void MeasureGap() => (LongestGap, _answeredAt) = (TimeSpan.Zero, Clock.Now);

    public void CutAccelerator(bool isCut = true) => Network[First].IsCut = Network[Second].IsCut = isCut;

    public int SentTo(string host, char type) => Network[host].Sent.Count(sent => sent.Datagram[0] == type);

    public void Dispose() => Transport.Dispose();
}
