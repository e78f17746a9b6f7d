using System.Text.Json;

namespace FleetSystem.FleetManager.Kubernetes.Reading;

/// <summary>What a page of a list says besides its items.</summary>
/// <param name="Continue">Token of the next page, or null on the last.</param>
internal readonly record struct ListPage(string? Continue)
{
    /// <summary>Reads a page and adds its items.</summary>
    /// <exception cref="JsonException">The page is not a whole list of named objects.</exception>
    public static ListPage Read<T>(ReadOnlySpan<byte> json, ListedResource<T> resource, List<T> items, ResourceVersion version)
        where T : class
    {
        var reader = new Utf8JsonReader(json, JsonFields.ReaderOptions);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("The list is not a JSON object.");
        string? next = null;
        var (listed, ofItem) = (false, new ResourceVersion());
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("items"u8)) listed = ReadItems(ref reader, resource, items, ofItem);
            else if (reader.ValueTextEquals("metadata"u8)) next = ReadMetadata(ref reader, version);
            else JsonFields.SkipValue(ref reader);
        }

        // Anything with a 200 could pass for an empty list, and an empty list means that every server is gone.
        if (!listed || !version.IsKnown) throw new JsonException("The list has no items or no metadata.resourceVersion.");
        return new ListPage(next);
    }

    private static bool ReadItems<T>(ref Utf8JsonReader reader, ListedResource<T> resource, List<T> items, ResourceVersion ofItem)
        where T : class
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return true; // Go writes an empty slice as null.
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("The list's items are not an array.");
        while (JsonFields.NextObject(ref reader))
            items.Add(resource.Read(ref reader, ofItem) ?? throw new JsonException("The list has an item without metadata.name."));
        return true;
    }

    private static string? ReadMetadata(ref Utf8JsonReader reader, ResourceVersion version)
    {
        string? next = null;
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return next;
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("resourceVersion"u8)) version.Read(ref reader);
            else if (reader.ValueTextEquals("continue"u8)) next = JsonFields.String(ref reader);
            else JsonFields.SkipValue(ref reader);
        }

        return string.IsNullOrEmpty(next) ? null : next;
    }
}
