namespace FleetSystem.LocalCloud.LoadBalancing;

/// <summary>Decides where the datagrams of one listening socket go.</summary>
internal interface IDatagramRouter
{
    /// <summary>Finds the server of a datagram.</summary>
    /// <param name="datagram">The datagram as the player sent it.</param>
    /// <param name="length">How many of its first bytes the server gets.</param>
    /// <returns>The server, or null to drop the datagram.</returns>
    RelayTarget? Route(ReadOnlySpan<byte> datagram, out int length);
}

/// <summary>Sends everything, whole, to one server.</summary>
internal sealed class FixedRouter(RelayTarget target) : IDatagramRouter
{
    public RelayTarget Target { get; } = target;

    public RelayTarget? Route(ReadOnlySpan<byte> datagram, out int length)
    {
        length = datagram.Length;
        return Target;
    }
}
