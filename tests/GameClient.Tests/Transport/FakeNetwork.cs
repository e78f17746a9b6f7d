using System.Globalization;
using FleetSystem.GameClient.Tests.Time;

namespace FleetSystem.GameClient.Tests.Transport;

/// <summary>
/// A network in memory: addresses that can be cut, lose a share of their datagrams or take their time, with one game server behind them all. Everything happens on
/// the clock's thread, from a seed.
/// </summary>
internal sealed class FakeNetwork(ManualClock clock, int seed) : IPathSockets
{
    private readonly Random _random = new(seed);

    public Dictionary<string, FakeAddress> Addresses { get; } = [];

    /// <summary>Answers a datagram that came over an address, its token taken off: the answer, or null.</summary>
    public Func<FakeAddress, byte[], byte[]?> Server { get; set; } = (_, _) => null;

    /// <summary>Sockets made before this time have lost their network, as after a change from Wi-Fi to mobile.</summary>
    public TimeSpan NetworkSince { get; set; }

    public int Opened { get; private set; }

    public int Open { get; private set; }

    public FakeAddress this[string host] => Addresses.TryGetValue(host, out var known) ? known : Addresses[host] = new FakeAddress(host);

    IPathSocket IPathSockets.Open(string host, int port, int attempt, int bytesMax, DatagramReceived received)
    {
        Opened++;
        Open++;
        return new Socket(this, this[host], received);
    }

    private void Carry(Socket from, FakeAddress address, byte[] datagram)
    {
        address.Sent.Add((clock.Now, datagram));
        if (IsLost(from, address)) return;
        clock.After(address.Latency / 2, () =>
        {
            if (address.IsCut || !datagram.AsSpan().EndsWith(address.Token)) return;
            var answer = Server(address, datagram[..^address.Token.Length]);
            if (answer is null || IsLost(from, address)) return;
            clock.After(address.Latency / 2, () => from.Deliver(answer));
        });
    }

    private bool IsLost(Socket from, FakeAddress address) => address.IsCut || from.OpenedAt < NetworkSince || _random.NextDouble() < address.Loss;

    private sealed class Socket(FakeNetwork network, FakeAddress address, DatagramReceived received) : IPathSocket
    {
        private bool _disposed;

        public TimeSpan OpenedAt { get; } = network.Clock.Now;

        public bool TrySend(ReadOnlySpan<byte> datagram)
        {
            Assert.False(_disposed, string.Create(CultureInfo.InvariantCulture, $"a closed socket to {address.Host} sends"));
            network.Carry(this, address, datagram.ToArray());
            return !address.IsUnsendable;
        }

        public void Deliver(byte[] datagram)
        {
            if (!_disposed) received(datagram);
        }

        public void Dispose()
        {
            if (_disposed) return;
            _disposed = true;
            network.Open--;
        }
    }

    private ManualClock Clock => clock;
}

/// <summary>One address of the fake network.</summary>
internal sealed class FakeAddress(string host)
{
    public string Host => host;

    public bool IsCut { get; set; }

    public bool IsUnsendable { get; set; }

    /// <summary>Share of datagrams that get lost, each way.</summary>
    public double Loss { get; set; }

    /// <summary>Round trip.</summary>
    public TimeSpan Latency { get; set; } = TimeSpan.FromMilliseconds(40);

    /// <summary>What must be at the end of a datagram.</summary>
    public byte[] Token { get; set; } = [];

    public List<(TimeSpan At, byte[] Datagram)> Sent { get; } = [];
}
