using System.Buffers.Binary;
using System.Text;

namespace FleetSystem.GameServer.Protocol;

/// <summary>Writes the server's datagrams; each method answers the length written.</summary>
internal static class ServerMessage
{
    /// <summary>Longest message that the methods here write.</summary>
    public const int LengthMax = Wire.HeaderLength + 8 + 8 + 4 + 4 + 8 + 8 + 2 * (1 + Wire.NameLengthMax);

    public static int Welcome(Span<byte> to, ulong nonce, in WelcomeState state)
    {
        var at = Header(to, MessageType.Welcome, nonce);
        at = Put(to, at, state.ConnectionId);
        at = Put(to, at, state.Incarnation);
        at = Put(to, at, state.AcknowledgedSequence);
        at = Put(to, at, state.PlayerCounter);
        at = Put(to, at, state.SessionTotal);
        at = Put(to, at, state.Session);
        return Put(to, at, state.Server);
    }

    public static int Refused(Span<byte> to, ulong nonce, RefusalCode code)
    {
        var at = Header(to, MessageType.Refused, nonce);
        to[at] = (byte)code;
        return at + 1;
    }

    public static int State(Span<byte> to, ulong connectionId, uint acknowledgedSequence, ulong playerCounter, ulong sessionTotal)
    {
        var at = Header(to, MessageType.State, connectionId);
        at = Put(to, at, acknowledgedSequence);
        at = Put(to, at, playerCounter);
        return Put(to, at, sessionTotal);
    }

    public static int ProbeReply(Span<byte> to, ulong nonce) => Header(to, MessageType.ProbeReply, nonce);

    public static int Closing(Span<byte> to, ulong connectionId, ClosingReason reason)
    {
        var at = Header(to, MessageType.Closing, connectionId);
        to[at] = (byte)reason;
        return at + 1;
    }

    public static int UnknownConnection(Span<byte> to, ulong connectionId) => Header(to, MessageType.UnknownConnection, connectionId);

    public static int Routes(Span<byte> to, ulong connectionId, ReadOnlySpan<byte> kinds)
    {
        var at = Header(to, MessageType.Routes, connectionId);
        to[at] = (byte)kinds.Length;
        kinds.CopyTo(to[(at + 1)..]);
        return at + 1 + kinds.Length;
    }

    private static int Header(Span<byte> to, MessageType type, ulong id)
    {
        to[0] = Wire.Magic;
        to[1] = Wire.Version;
        to[2] = (byte)type;
        return Put(to, Wire.HeaderLength, id);
    }

    private static int Put(Span<byte> to, int at, ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(to[at..], value);
        return at + 8;
    }

    private static int Put(Span<byte> to, int at, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(to[at..], value);
        return at + 4;
    }

    private static int Put(Span<byte> to, int at, string text)
    {
        var length = Encoding.UTF8.GetBytes(text, to.Slice(at + 1, Wire.NameLengthMax));
        to[at] = (byte)length;
        return at + 1 + length;
    }
}

/// <summary>What a player is told on joining.</summary>
internal readonly record struct WelcomeState(
    ulong ConnectionId,
    uint Incarnation,
    uint AcknowledgedSequence,
    ulong PlayerCounter,
    ulong SessionTotal,
    string Session,
    string Server);
