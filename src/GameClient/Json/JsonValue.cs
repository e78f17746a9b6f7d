using System;
using System.Collections.Generic;
using System.Globalization;

namespace FleetSystem.GameClient;

/// <summary>A JSON value. Reading it as something that it is not throws a <see cref="FormatException"/> that says where.</summary>
internal sealed class JsonValue
{
    private readonly string _where;
    private readonly string? _text;
    private readonly List<JsonValue>? _items;
    private readonly Dictionary<string, JsonValue>? _members;

    private JsonValue(JsonKind kind, string where, string? text = null, List<JsonValue>? items = null, Dictionary<string, JsonValue>? members = null)
    {
        Kind = kind;
        _where = where;
        _text = text;
        _items = items;
        _members = members;
    }

    public JsonKind Kind { get; }

    public static JsonValue OfString(string where, string text) => new(JsonKind.String, where, text);

    public static JsonValue OfNumber(string where, string literal) => new(JsonKind.Number, where, literal);

    public static JsonValue OfBoolean(string where, bool value) => new(value ? JsonKind.True : JsonKind.False, where);

    public static JsonValue OfNull(string where) => new(JsonKind.Null, where);

    public static JsonValue OfArray(string where, List<JsonValue> items) => new(JsonKind.Array, where, items: items);

    public static JsonValue OfObject(string where, Dictionary<string, JsonValue> members) => new(JsonKind.Object, where, members: members);

    /// <summary>A member that must be there and not be null.</summary>
    public JsonValue Required(string name) => Optional(name) ?? throw new FormatException($"{_where} has no '{name}'.");

    /// <summary>A member, or null where it is absent or null.</summary>
    public JsonValue? Optional(string name)
    {
        if (_members is null) throw Unexpected("an object");
        return _members.TryGetValue(name, out var value) && value.Kind != JsonKind.Null ? value : null;
    }

    public IReadOnlyList<JsonValue> Items() => _items ?? throw Unexpected("an array");

    /// <summary>Names and values of an object.</summary>
    public IReadOnlyDictionary<string, JsonValue> Members() => _members ?? throw Unexpected("an object");

    public string String() => Kind == JsonKind.String ? _text! : throw Unexpected("a string");

    public int Int32() => Int64() is var value and >= int.MinValue and <= int.MaxValue ? (int)value : throw Unexpected("a 32-bit integer");

    public long Int64() => Kind == JsonKind.Number && long.TryParse(_text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
        ? value
        : throw Unexpected("an integer");

    public double Double() => Kind == JsonKind.Number ? double.Parse(_text, NumberStyles.Float, CultureInfo.InvariantCulture) : throw Unexpected("a number");

    /// <summary>A moment (RFC 3339).</summary>
    public DateTimeOffset Time() => DateTimeOffset.TryParse(String(), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at) ? at : throw new FormatException($"{_where} is no time.");

    private FormatException Unexpected(string what) => new($"{_where} is {Kind.ToString().ToLowerInvariant()} instead of {what}.");
}

/// <summary>Kinds of JSON values.</summary>
internal enum JsonKind
{
    Null,
    False,
    True,
    Number,
    String,
    Array,
    Object,
}
