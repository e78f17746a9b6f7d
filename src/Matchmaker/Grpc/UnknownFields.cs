using Google.Protobuf;

namespace FleetSystem.Matchmaker.Grpc;

/// <summary>Finds what a caller sent and this service does not know, at any depth: protobuf would keep silent about it.</summary>
internal static class UnknownFields
{
    /// <summary>Whether a message carries fields that its definition here does not have.</summary>
    public static bool AreIn<T>(T message)
        where T : IMessage<T>, new() =>
        new MessageParser<T>(() => new T()).WithDiscardUnknownFields(true).ParseFrom(message.ToByteArray()).CalculateSize() != message.CalculateSize();
}
