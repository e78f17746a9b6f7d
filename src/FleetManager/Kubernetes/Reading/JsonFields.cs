using System.Text.Json;

namespace FleetSystem.FleetManager.Kubernetes.Reading;

/// <summary>
/// Steps through JSON objects by property without building them. A value of another type than expected is skipped and counts as absent: a
/// field that a later version of Agones shapes differently must not stop the watch.
/// </summary>
internal static class JsonFields
{
    /// <summary>managedFields nest deeper than the default of 64 allows when a pod template is rich.</summary>
    public static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 256 };

    /// <summary>Moves to the next property name of the object that the reader is in; false at its end.</summary>
    public static bool Next(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>Whether the property name that the reader stands on begins with some ASCII text.</summary>
    public static bool NameStartsWith(ref Utf8JsonReader reader, ReadOnlySpan<char> text)
    {
        if (reader.HasValueSequence || reader.ValueIsEscaped) return reader.GetString()!.AsSpan().StartsWith(text, StringComparison.Ordinal);
        Span<byte> ascii = stackalloc byte[text.Length];
        return System.Text.Ascii.FromUtf16(text, ascii, out _) == System.Buffers.OperationStatus.Done && reader.ValueSpan.StartsWith(ascii);
    }

    /// <summary>Skips the value of the property that the reader stands on.</summary>
    public static void SkipValue(ref Utf8JsonReader reader) => reader.Skip();

    /// <summary>From a property name into its value when that begins with <paramref name="start"/>; otherwise skips it.</summary>
    public static bool Enter(ref Utf8JsonReader reader, JsonTokenType start)
    {
        reader.Read();
        if (reader.TokenType == start) return true;
        reader.Skip();
        return false;
    }

    /// <summary>Moves to the next object of the array that the reader is in, skipping what is none; false at its end.</summary>
    public static bool NextObject(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject) return true;
            reader.Skip();
        }

        return false;
    }

    public static string? String(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return reader.GetString();
        reader.Skip();
        return null;
    }

    public static string? String(ref Utf8JsonReader reader, StringPool pool)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return pool.Get(ref reader);
        reader.Skip();
        return null;
    }

    public static int Int(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number) return reader.TryGetInt32(out var value) ? value : 0;
        reader.Skip();
        return 0;
    }

    public static long Long(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number) return reader.TryGetInt64(out var value) ? value : 0;
        reader.Skip();
        return 0;
    }

    public static bool Bool(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.True) return true;
        reader.Skip();
        return false;
    }

    /// <summary>True when the property's value is there and not null.</summary>
    public static bool IsPresent(ref Utf8JsonReader reader)
    {
        reader.Read();
        var present = reader.TokenType != JsonTokenType.Null;
        reader.Skip();
        return present;
    }
}
