using System.Text.Json;

namespace FleetSystem.FleetManager.Kubernetes.Reading;

/// <summary>The image that a GameServer's game runs from, as people know a version: without the registry's path.</summary>
internal static class ServerImage
{
    // "name:tag" of the longest names and tags that registries take is longer still; nobody reads that.
    private const int MaxLength = 128;

    /// <summary>Reads the value of a GameServer's <c>spec</c>; empty when it names no image.</summary>
    public static string Read(ref Utf8JsonReader reader, StringPool pool)
    {
        var (named, first) = ("", "");
        var container = "";
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return "";
        while (JsonFields.Next(ref reader))
        {
            // Agones writes "container" before "template", in the order of the alphabet; it names the only one unless the template has several.
            if (reader.ValueTextEquals("container"u8)) container = JsonFields.String(ref reader, pool) ?? "";
            else if (reader.ValueTextEquals("template"u8)) (named, first) = ReadTemplate(ref reader, pool, container);
            else JsonFields.SkipValue(ref reader);
        }

        return named.Length > 0 ? named : first;
    }

    private static (string Named, string First) ReadTemplate(ref Utf8JsonReader reader, StringPool pool, string container)
    {
        var found = ("", "");
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return found;
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("spec"u8)) found = ReadPodSpec(ref reader, pool, container);
            else JsonFields.SkipValue(ref reader);
        }

        return found;
    }

    private static (string Named, string First) ReadPodSpec(ref Utf8JsonReader reader, StringPool pool, string container)
    {
        var found = ("", "");
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return found;
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("containers"u8)) found = ReadContainers(ref reader, pool, container);
            else JsonFields.SkipValue(ref reader);
        }

        return found;
    }

    private static (string Named, string First) ReadContainers(ref Utf8JsonReader reader, StringPool pool, string container)
    {
        string? named = null, first = null;
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartArray)) return ("", "");
        while (JsonFields.NextObject(ref reader))
        {
            var (name, image) = ("", "");
            while (JsonFields.Next(ref reader))
            {
                if (reader.ValueTextEquals("name"u8)) name = JsonFields.String(ref reader, pool) ?? "";
                else if (reader.ValueTextEquals("image"u8)) image = JsonFields.String(ref reader, pool) ?? "";
                else JsonFields.SkipValue(ref reader);
            }

            first ??= Short(image, pool);
            if (name == container) named ??= Short(image, pool);
        }

        return (named ?? "", first ?? "");
    }

    private static string Short(string image, StringPool pool)
    {
        var last = image.AsSpan(image.LastIndexOf('/') + 1);
        return pool.Get(last.Length <= MaxLength ? last : last[..MaxLength]);
    }
}
