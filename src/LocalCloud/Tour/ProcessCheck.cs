using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace FleetSystem.LocalCloud.Tour;

/// <summary>Looks from outside whether processes and sockets are gone.</summary>
internal static class ProcessCheck
{
    /// <summary>Whether a process of that id runs.</summary>
    public static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}

/// <summary>A socket that this run opened.</summary>
/// <param name="EndPoint">Where.</param>
/// <param name="Protocol">TCP or UDP.</param>
internal sealed record OpenedSocket(IPEndPoint EndPoint, ProtocolType Protocol)
{
    /// <summary>Whether somebody else could open it now.</summary>
    public bool IsFree()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, Protocol == ProtocolType.Tcp ? SocketType.Stream : SocketType.Dgram, Protocol);
            if (Protocol == ProtocolType.Tcp && !OperatingSystem.IsWindows()) socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(EndPoint);
            if (Protocol == ProtocolType.Tcp) socket.Listen();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Protocol.ToString().ToLowerInvariant()} {EndPoint}";
}
