using FleetSystem.GameClient.Tests.Time;

namespace FleetSystem.GameClient.Tests.Transport;

/// <summary>A game sends and receives each frame: neither may feed the garbage collector.</summary>
public sealed class AllocationTests
{
    [Fact]
    public void SendAndReceive_Warm_AllocateNothing()
    {
        var clock = new ManualClock();
        var sockets = new SilentSockets();
        using var transport = new SessionTransport(TransportFixture.Connection(), new FakeHandshake(), null, clock, sockets, () => 1);
        foreach (var received in sockets.Received) received("j"u8);
        Assert.Equal(TransportState.Joined, transport.State);
        var buffer = new byte[1200];
        Frames(transport, sockets, buffer, 100);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Frames(transport, sockets, buffer, 1000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Frames(SessionTransport transport, SilentSockets sockets, byte[] buffer, int count)
    {
        for (var i = 0; i < count; i++)
        {
            transport.TrySend("G input"u8);
            sockets.Received[0]("g state"u8);
            while (transport.TryReceive(buffer, out _))
            {
            }
        }
    }

    private sealed class SilentSockets : IPathSockets, IPathSocket
    {
        public List<DatagramReceived> Received { get; } = [];

        public IPathSocket Open(string host, int port, int attempt, int bytesMax, DatagramReceived received)
        {
            Received.Add(received);
            return this;
        }

        public bool TrySend(ReadOnlySpan<byte> datagram) => true;

        public void Dispose()
        {
        }
    }
}
