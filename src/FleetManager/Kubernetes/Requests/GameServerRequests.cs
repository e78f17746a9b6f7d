using System.Buffers;
using System.Text.Json;

namespace FleetSystem.FleetManager.Kubernetes.Requests;

/// <summary>Writes the bodies of requests about one GameServer. Pure.</summary>
internal static class GameServerRequests
{
    /// <summary>A merge patch that adds labels. Custom resources know no strategic merge patch.</summary>
    public static ReadOnlyMemory<byte> Labels(IReadOnlyDictionary<string, string> labels) => Write(json =>
    {
        json.WriteStartObject("metadata");
        json.WriteStartObject("labels");
        foreach (var (key, value) in labels) json.WriteString(key, value);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>DeleteOptions; with a uid only that very object is deleted.</summary>
    public static ReadOnlyMemory<byte> Delete(string uid) => Write(json =>
    {
        json.WriteString("apiVersion", "v1");
        json.WriteString("kind", "DeleteOptions");
        json.WriteString("propagationPolicy", "Background");
        if (uid.Length == 0) return;
        json.WriteStartObject("preconditions");
        json.WriteString("uid", uid);
        json.WriteEndObject();
    });

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
