using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.FleetModel.Matching.Tickets;

/// <summary>The value of a player's attribute. Exactly one of the four is set.</summary>
/// <param name="Number">A number: finite.</param>
/// <param name="Text">A string of at most 1,024 characters.</param>
/// <param name="Texts">A list of at most 100 strings.</param>
/// <param name="Numbers">A map of at most 100 numbers.</param>
[GenerateSerializer, Alias("fleet.AttributeValue"), Immutable]
public sealed record AttributeValue(
    [property: Id(0)] double? Number = null, [property: Id(1)] string? Text = null, [property: Id(2)] IReadOnlyList<string>? Texts = null,
    [property: Id(3)] IReadOnlyDictionary<string, double>? Numbers = null)
{
    /// <summary>A number.</summary>
    public static implicit operator AttributeValue(double number) => FromDouble(number);

    /// <summary>A string.</summary>
    public static implicit operator AttributeValue(string text) => FromString(text);

    /// <summary>A number.</summary>
    public static AttributeValue FromDouble(double number) => new(Number: number);

    /// <summary>A string.</summary>
    public static AttributeValue FromString(string text) => new(Text: text);

    /// <summary>Its type; null when it has none or several.</summary>
    public AttributeType? Type => (Number, Text, Texts, Numbers) switch
    {
        ({ }, null, null, null) => AttributeType.Number,
        (null, { }, null, null) => AttributeType.Text,
        (null, null, { }, null) => AttributeType.TextList,
        (null, null, null, { }) => AttributeType.NumberMap,
        _ => null,
    };

    /// <summary>What is wrong with it as a value of a type, as the end of a sentence; null when nothing is.</summary>
    /// <param name="type">The type wanted.</param>
    public string? FaultAs(AttributeType type)
    {
        if (Type != type)
        {
            return "must be " + type switch { AttributeType.Number => "a number", AttributeType.Text => "a string", AttributeType.TextList => "a list of strings", _ => "a map of strings to numbers" };
        }

        if (Number is { } number && !double.IsFinite(number)) return "must be a finite number";
        if (Text is { Length: > RuleSetLimits.MaxTextLength } || (Texts?.Any(text => text is null || text.Length > RuleSetLimits.MaxTextLength) ?? false))
            return $"has a string of more than {RuleSetLimits.MaxTextLength} characters";
        if (Texts?.Count > RuleSetLimits.MaxCollectionSize || Numbers?.Count > RuleSetLimits.MaxCollectionSize) return $"has more than {RuleSetLimits.MaxCollectionSize} entries";
        if (Numbers?.Values.Any(value => !double.IsFinite(value)) ?? false) return "has a number that is not finite";
        return null;
    }
}
