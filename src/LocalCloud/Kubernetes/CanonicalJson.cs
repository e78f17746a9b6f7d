using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>
/// Serializes with sorted property names, as the API server does for custom resources. Equal objects become equal bytes, so that
/// "nothing changed" is a comparison of memory.
/// </summary>
internal static class CanonicalJson
{
    // What leaves here is JSON over HTTP, never HTML: only what JSON itself demands is escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    public static byte[] Serialize(JsonNode? node)
    {
        Write(node);
        return _buffer!.WrittenSpan.ToArray();
    }

    /// <summary>Serializes into memory that the next call on this thread overwrites.</summary>
    public static ReadOnlySpan<byte> SerializeShared(JsonNode? node)
    {
        Write(node);
        return _buffer!.WrittenSpan;
    }

    private static void Write(JsonNode? node)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(4096);
        buffer.ResetWrittenCount();
        var writer = _writer ??= new Utf8JsonWriter(buffer, Options);
        writer.Reset(buffer);
        Write(writer, node);
        writer.Flush();
    }

    private static void Write(Utf8JsonWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case null:
                writer.WriteNullValue();
                break;
            case JsonObject child:
                WriteObject(writer, child);
                break;
            case JsonArray array:
                writer.WriteStartArray();
                foreach (var item in array) Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, JsonObject node)
    {
        var entries = ArrayPool<KeyValuePair<string, JsonNode?>>.Shared.Rent(Math.Max(1, node.Count));
        var count = 0;
        foreach (var entry in node) entries[count++] = entry;
        var sorted = entries.AsSpan(0, count);
        if (!IsSorted(sorted)) sorted.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        writer.WriteStartObject();
        foreach (var (key, value) in sorted)
        {
            writer.WritePropertyName(key);
            Write(writer, value);
        }

        writer.WriteEndObject();
        sorted.Clear();
        ArrayPool<KeyValuePair<string, JsonNode?>>.Shared.Return(entries);
    }

    private static bool IsSorted(ReadOnlySpan<KeyValuePair<string, JsonNode?>> entries)
    {
        for (var i = 1; i < entries.Length; i++)
        {
            if (string.CompareOrdinal(entries[i - 1].Key, entries[i].Key) > 0) return false;
        }

        return true;
    }
}
