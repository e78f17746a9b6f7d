using System.Buffers;
using System.Text.Json;
using FleetSystem.FleetManager.Kubernetes.Requests;

namespace FleetSystem.FleetManager.Kubernetes.Reading;

/// <summary>Type of a watch event. One that is not known here is passed over.</summary>
internal enum WatchEventType
{
    Unknown,
    Added,
    Modified,
    Deleted,
    Bookmark,
    Error,
}

/// <summary>One line of a watch.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Item">Of an added, modified or deleted object.</param>
/// <param name="Error">Of an ERROR event.</param>
internal readonly record struct WatchEvent<T>(WatchEventType Type, T? Item, ApiFailure? Error)
    where T : class
{
    /// <summary>Reads a line; <paramref name="version"/> becomes the object's.</summary>
    /// <exception cref="JsonException">The line is not a watch event.</exception>
    public static WatchEvent<T> Read(in ReadOnlySequence<byte> line, WatchedResource<T> resource, ResourceVersion version)
    {
        var reader = line.IsSingleSegment
            ? new Utf8JsonReader(line.FirstSpan, JsonFields.ReaderOptions)
            : new Utf8JsonReader(line, JsonFields.ReaderOptions);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("The watch event is not a JSON object.");

        // The API server writes the type first; it may come last, so the object's place is kept until the type is known.
        var (type, objectSeen) = (WatchEventType.Unknown, false);
        var atObject = reader;
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("type"u8)) type = ReadType(ref reader);
            else if (reader.ValueTextEquals("object"u8))
            {
                objectSeen = true;
                atObject = reader;
                if (type != WatchEventType.Unknown && Complete(ref reader, type, resource, version, out var early) && AtEnd(ref reader)) return early;
                reader = atObject;
                JsonFields.SkipValue(ref reader);
            }
            else JsonFields.SkipValue(ref reader);
        }

        if (!objectSeen) throw new JsonException("The watch event has no object.");
        if (type == WatchEventType.Unknown) return default;
        return Complete(ref atObject, type, resource, version, out var late) ? late : throw new JsonException("The watch event's object is not an object.");
    }

    /// <summary>The usual case, the object last: nothing but the event's own brace follows, and nothing is read twice.</summary>
    private static bool AtEnd(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.EndObject;

    private static bool Complete(
        ref Utf8JsonReader reader, WatchEventType type, WatchedResource<T> resource, ResourceVersion version, out WatchEvent<T> @event)
    {
        @event = default;
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return false;
        switch (type)
        {
            case WatchEventType.Error:
                @event = new WatchEvent<T>(type, null, ApiFailure.ReadStatus(ref reader, 0, null));
                return true;
            case WatchEventType.Bookmark:
                // A bookmark has the kind's shape with nothing but a resourceVersion, hence no name: what the reader makes of it is not used.
                resource.Read(ref reader, version);
                @event = new WatchEvent<T>(type, null, null);
                return true;
            default:
                var item = resource.Read(ref reader, version) ?? throw new JsonException("The watch event's object has no metadata.name.");
                @event = new WatchEvent<T>(type, item, null);
                return true;
        }
    }

    private static WatchEventType ReadType(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String) throw new JsonException("The watch event's type is not a string.");
        if (reader.ValueTextEquals("MODIFIED"u8)) return WatchEventType.Modified;
        if (reader.ValueTextEquals("ADDED"u8)) return WatchEventType.Added;
        if (reader.ValueTextEquals("DELETED"u8)) return WatchEventType.Deleted;
        if (reader.ValueTextEquals("BOOKMARK"u8)) return WatchEventType.Bookmark;
        return reader.ValueTextEquals("ERROR"u8) ? WatchEventType.Error : WatchEventType.Unknown;
    }
}
