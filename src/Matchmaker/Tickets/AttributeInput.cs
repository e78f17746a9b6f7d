using System.Text.Json;
using System.Text.Json.Serialization;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.Matchmaker.Tickets;

/// <summary>
/// A player's attribute as a request has it: a value, or what keeps it from being one. A value of the wrong type is no end of reading, so that all faults of a
/// request can be told at once.
/// </summary>
/// <param name="Value">The value, or null.</param>
/// <param name="Fault">What is wrong with it, as the end of a sentence, or null.</param>
[JsonConverter(typeof(AttributeInputConverter))]
public readonly record struct AttributeInput(AttributeValue? Value, string? Fault = null)
{
    /// <summary>A value.</summary>
    public static implicit operator AttributeInput(AttributeValue value) => FromAttributeValue(value);

    /// <summary>A value.</summary>
    public static AttributeInput FromAttributeValue(AttributeValue value) => new(value);
}

/// <summary>Reads and writes attributes as plain JSON: a number, a string, a list of strings, a map of strings to numbers.</summary>
internal sealed class AttributeInputConverter : JsonConverter<AttributeInput>
{
    private const string Kinds = "it must be a number, a string, a list of strings, or a map of strings to numbers";

    public override bool HandleNull => true;

    public override AttributeInput Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number => new AttributeValue(Number: reader.GetDouble()),
        JsonTokenType.String => new AttributeValue(Text: reader.GetString()),
        JsonTokenType.StartArray => ReadTexts(ref reader),
        JsonTokenType.StartObject => ReadNumbers(ref reader),
        JsonTokenType.Null => new AttributeInput(null, $"is null: {Kinds}, or be left out"),
        _ => new AttributeInput(null, $"is a boolean: {Kinds}"),
    };

    public override void Write(Utf8JsonWriter writer, AttributeInput value, JsonSerializerOptions options)
    {
        switch (value.Value)
        {
            case { Number: { } number }:
                writer.WriteNumberValue(number);
                break;
            case { Text: { } text }:
                writer.WriteStringValue(text);
                break;
            case { Texts: { } texts }:
                writer.WriteStartArray();
                foreach (var text in texts) writer.WriteStringValue(text);
                writer.WriteEndArray();
                break;
            case { Numbers: { } numbers }:
                writer.WriteStartObject();
                foreach (var (name, number) in numbers) writer.WriteNumber(name, number);
                writer.WriteEndObject();
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    private static AttributeInput ReadTexts(ref Utf8JsonReader reader)
    {
        var (texts, isFaulty) = (new List<string>(), false);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                texts.Add(reader.GetString()!);
                continue;
            }

            isFaulty = true;
            reader.Skip();
        }

        return isFaulty ? new AttributeInput(null, $"is a list with an entry that is no string: {Kinds}") : new AttributeInput(new AttributeValue(Texts: texts));
    }

    private static AttributeInput ReadNumbers(ref Utf8JsonReader reader)
    {
        var (numbers, fault) = (new Dictionary<string, double>(StringComparer.Ordinal), (string?)null);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.Number)
            {
                fault ??= $"is a map with an entry that is no number: {Kinds}, not FlexMatch's form with the type's letter";
                reader.Skip();
            }
            else if (!numbers.TryAdd(name, reader.GetDouble()))
            {
                fault ??= "is a map with a name that is there twice";
            }
        }

        return fault is null ? new AttributeInput(new AttributeValue(Numbers: numbers)) : new AttributeInput(null, fault);
    }
}
