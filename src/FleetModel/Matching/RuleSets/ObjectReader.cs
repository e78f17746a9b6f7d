using System.Globalization;
using System.Text.Json;

namespace FleetSystem.FleetModel.Matching.RuleSets;

/// <summary>A value in the document, and where it stands.</summary>
internal readonly record struct JsonPlace(JsonElement Value, string Path);

/// <summary>
/// Reads the properties of one JSON object and tells each fault at its path. Of a property that is there twice the last one counts, as FlexMatch
/// reads it. A property that nobody asked for is a fault: most often it is a typing error, and what it should have limited would not be.
/// </summary>
internal sealed class ObjectReader
{
    private readonly Dictionary<string, JsonPlace> _properties;
    private readonly RuleSetFaultList _faults;

    private ObjectReader(string path, Dictionary<string, JsonPlace> properties, RuleSetFaultList faults) => (Path, _properties, _faults) = (path, properties, faults);

    public string Path { get; }

    public static ObjectReader? Of(JsonPlace place, RuleSetFaultList faults)
    {
        if (place.Value.ValueKind != JsonValueKind.Object)
        {
            faults.Add(place.Path, $"must be an object, not {Describe(place.Value)}.");
            return null;
        }

        var properties = new Dictionary<string, JsonPlace>(StringComparer.Ordinal);
        foreach (var property in place.Value.EnumerateObject())
        {
            var path = $"{place.Path}.{property.Name}";
            if (!properties.TryAdd(property.Name, new(property.Value, path)))
            {
                faults.Warn(path, "is there more than once: only the last one counts.");
                properties[property.Name] = new(property.Value, path);
            }
        }

        return new(place.Path, properties, faults);
    }

    /// <summary>The same object with another value in one place; what is wrong with the value is told where it stands.</summary>
    public ObjectReader With(string name, JsonPlace place) => new(Path, new(_properties, StringComparer.Ordinal) { [name] = place }, _faults);

    public string PathOf(string name) => _properties.TryGetValue(name, out var place) ? place.Path : $"{Path}.{name}";

    public bool Has(string name) => _properties.ContainsKey(name);

    public JsonPlace? Find(string name) => _properties.TryGetValue(name, out var place) ? place : null;

    public void AllowOnly(string what, params ReadOnlySpan<string> names)
    {
        foreach (var (name, place) in _properties)
        {
            if (!names.Contains(name)) _faults.Add(place.Path, $"is no property of {what}. It has: {string.Join(", ", names!)}.");
        }
    }

    public void Fault(string name, string message) => _faults.Add(PathOf(name), message);

    public void Warn(string name, string message) => _faults.Warn(PathOf(name), message);

    /// <summary>A string; null when it is not there or is none.</summary>
    public string? Text(string name, bool isRequired = false)
    {
        if (Require(name, isRequired) is not { } place) return null;
        if (place.Value.ValueKind != JsonValueKind.String)
        {
            Fault(name, $"must be a string, not {Describe(place.Value)}.");
            return null;
        }

        var text = place.Value.GetString()!;
        if (name == "description" || text.Length <= RuleSetLimits.MaxTextLength) return text;
        Fault(name, $"has {text.Length} characters: at most {RuleSetLimits.MaxTextLength} are allowed.");
        return null;
    }

    /// <summary>A name: a string with something in it that an expression can refer to.</summary>
    public string? Name(string name)
    {
        var text = Text(name, isRequired: true);
        if (text is null) return null;
        if (text.Trim() == text && text.Length > 0 && text.AsSpan().IndexOfAny("[](),") < 0 && text != "*") return text;
        Fault(name, $"is '{text}': a name must not be empty, begin or end with a space, be '*', or contain any of [ ] ( ) and comma, for expressions could not refer to it.");
        return null;
    }

    /// <summary>A number within bounds; FlexMatch also takes numbers in quotes.</summary>
    public double? Number(string name, double least, double most, bool isRequired = false)
    {
        if (Require(name, isRequired) is not { } place) return null;
        if (AsNumber(place.Value) is not { } number) Fault(name, $"must be a number, not {Describe(place.Value)}.");
        else if (number < least || number > most) Fault(name, $"is {Show(number)}: it must be from {Show(least)} to {Show(most)}.");
        else return number;
        return null;
    }

    /// <summary>A whole number within bounds.</summary>
    public int? Whole(string name, int least, int most, bool isRequired = false)
    {
        if (Number(name, least, most, isRequired) is not { } number) return null;
        if (number == Math.Truncate(number)) return (int)number;
        Fault(name, $"is {Show(number)}: it must be a whole number.");
        return null;
    }

    /// <summary>One of several words.</summary>
    public T? Choice<T>(string name, IReadOnlyDictionary<string, T> words, bool isRequired = false)
        where T : struct
    {
        if (Text(name, isRequired) is not { } text) return null;
        if (words.TryGetValue(text, out var value)) return value;
        Fault(name, $"is '{text}': it must be one of {string.Join(", ", words.Keys)}.");
        return null;
    }

    /// <summary>The items of an array; none when it is not there.</summary>
    public IReadOnlyList<JsonPlace> Items(string name, int most, bool isRequired = false)
    {
        if (Require(name, isRequired) is not { } place) return [];
        if (place.Value.ValueKind != JsonValueKind.Array)
        {
            Fault(name, $"must be an array, not {Describe(place.Value)}.");
            return [];
        }

        if (place.Value.GetArrayLength() <= most) return [.. place.Value.EnumerateArray().Select((item, index) => new JsonPlace(item, $"{place.Path}[{index}]"))];
        Fault(name, $"has {place.Value.GetArrayLength()} items: at most {most} are allowed.");
        return [];
    }

    public static double? AsNumber(JsonElement value)
    {
        var number = value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) => parsed,
            _ => double.NaN,
        };
        return double.IsFinite(number) ? number : null;
    }

    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => $"the number {value.GetRawText()[..Math.Min(value.GetRawText().Length, 40)]}",
        JsonValueKind.True or JsonValueKind.False => "a truth value",
        _ => "null",
    };

    private JsonPlace? Require(string name, bool isRequired)
    {
        if (_properties.TryGetValue(name, out var place)) return place;
        if (isRequired) Fault(name, "is missing.");
        return null;
    }

    private static string Show(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
