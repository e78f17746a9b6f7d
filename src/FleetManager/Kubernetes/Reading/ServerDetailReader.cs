using System.Text.Json;
using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetManager.Kubernetes.Reading;

/// <summary>Reads one GameServer with what it takes to change it. Pure.</summary>
internal static class ServerDetailReader
{
    /// <exception cref="InvalidDataException">It is not a GameServer that could be changed: it lacks its name or its version.</exception>
    /// <exception cref="JsonException">It is not whole.</exception>
    public static ServerDetail Read(ReadOnlySpan<byte> body, PortNames portNames)
    {
        var version = new ResourceVersion();
        var reader = new Utf8JsonReader(body, JsonFields.ReaderOptions);
        var again = reader;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new InvalidDataException("The answer is not a JSON object.");
        var server = new GameServerResource("", new StringPool(capacity: 32), portNames).Read(ref reader, version);
        if (server is null || version.ToString() is not { Length: > 0 } resourceVersion)
            throw new InvalidDataException("The answer is not a GameServer: it lacks its name or its resourceVersion.");

        // Twice over the same bytes: the snapshot takes what it knows, the status takes all.
        var status = new StatusDraft();
        again.Read();
        while (JsonFields.Next(ref again))
        {
            if (again.ValueTextEquals("metadata"u8)) Enter(ref again, status, isStatus: false);
            else if (again.ValueTextEquals("status"u8)) Enter(ref again, status, isStatus: true);
            else JsonFields.SkipValue(ref again);
        }

        return new ServerDetail(server, resourceVersion, status.ToStatus([]));
    }

    private static void Enter(ref Utf8JsonReader reader, StatusDraft status, bool isStatus)
    {
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return;
        while (JsonFields.Next(ref reader))
        {
            var isKnown = isStatus ? status.ReadStatusField(ref reader) : status.ReadMetadataField(ref reader);
            if (!isKnown) JsonFields.SkipValue(ref reader);
        }
    }
}
