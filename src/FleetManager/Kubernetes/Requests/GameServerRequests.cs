using System.Buffers;
using System.Text.Json;
using FleetSystem.FleetModel.Clusters;

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

    /// <summary>
    /// A merge patch of one version of a server: Kubernetes refuses it when the object has another resourceVersion. GameServers have no status
    /// subresource, so that labels, counters and lists change together or not at all.
    /// </summary>
    public static ReadOnlyMemory<byte> Edit(ServerChange.Edit edit, ServerDetail read) => Write(json =>
    {
        json.WriteStartObject("metadata");
        json.WriteString("uid", read.Server.Uid);
        json.WriteString("resourceVersion", read.ResourceVersion);
        WriteMap(json, "labels", edit.Labels);
        WriteMap(json, "annotations", edit.Annotations);
        json.WriteEndObject();
        if (edit.Counts.Count + edit.Values.Count == 0) return;
        json.WriteStartObject("status");
        WriteEach(json, "counters", "count", edit.Counts, static (json, count) => json.WriteNumberValue(count));
        WriteEach(json, "lists", "values", edit.Values, static (json, values) =>
        {
            json.WriteStartArray();
            foreach (var value in values) json.WriteStringValue(value);
            json.WriteEndArray();
        });
        json.WriteEndObject();
    });

    /// <summary>DeleteOptions; with a uid only that very object is deleted, with a resourceVersion only while it has that one.</summary>
    public static ReadOnlyMemory<byte> Delete(string uid, string resourceVersion = "") => Write(json =>
    {
        json.WriteString("apiVersion", "v1");
        json.WriteString("kind", "DeleteOptions");
        json.WriteString("propagationPolicy", "Background");
        if (uid.Length == 0) return;
        json.WriteStartObject("preconditions");
        json.WriteString("uid", uid);
        if (resourceVersion.Length > 0) json.WriteString("resourceVersion", resourceVersion);
        json.WriteEndObject();
    });

    private static void WriteMap(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string?> map)
    {
        if (map.Count == 0) return;
        json.WriteStartObject(name);
        foreach (var (key, value) in map) json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteEach<T>(Utf8JsonWriter json, string kind, string field, IReadOnlyDictionary<string, T> entries, Action<Utf8JsonWriter, T> write)
    {
        if (entries.Count == 0) return;
        json.WriteStartObject(kind);
        foreach (var (name, value) in entries)
        {
            json.WriteStartObject(name);
            json.WritePropertyName(field);
            write(json, value);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

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
