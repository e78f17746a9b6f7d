using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>Reads the members of a request and checks them against the bounds of the service model. Members it is not asked for are ignored.</summary>
internal readonly struct RequestReader(JsonObject members, string path = "")
{
    public JsonObject Members => members;

    public bool Has(string name) => members[name] is not null;

    public string String(string name, int max = 255) => OptionalString(name, max) ?? throw Missing(name);

    public string? OptionalString(string name, int max = 255)
    {
        if (Value<string>(name, JsonValueKind.String, "a string") is not { } value)
            return null;
        if (value.Length == 0 || value.Length > max)
            throw GlobalAcceleratorException.InvalidArgument($"{path}{name} has {value.Length} characters; it must have 1 to {max}.");
        return value;
    }

    public int Integer(string name, int min, int max) => OptionalInteger(name, min, max) ?? throw Missing(name);

    public int? OptionalInteger(string name, int min, int max)
    {
        if (members[name] is null)
            return null;

        var value = Value<int>(name, JsonValueKind.Number, "an integer");
        return value >= min && value <= max ? value : throw OutOfBounds(name, value, min, max);
    }

    public float? OptionalFloat(string name, float min, float max)
    {
        if (members[name] is null)
            return null;

        var value = Value<float>(name, JsonValueKind.Number, "a number");
        return value >= min && value <= max ? value : throw OutOfBounds(name, value, min, max);
    }

    public bool? OptionalBoolean(string name)
    {
        if (members[name] is not { } node)
            return null;
        return node.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Serialization(name, "a boolean"),
        };
    }

    public string Enumeration(string name, params ReadOnlySpan<string> values) => OptionalEnumeration(name, values) ?? throw Missing(name);

    public string? OptionalEnumeration(string name, params ReadOnlySpan<string> values)
    {
        if (OptionalString(name) is not { } value)
            return null;
        return values.Contains(value) ? value : throw NotOneOf(name, value, values);
    }

    public List<RequestReader> Structures(string name, int min, int max) => OptionalStructures(name, min, max) ?? throw Missing(name);

    public List<RequestReader>? OptionalStructures(string name, int min, int max)
    {
        if (List(name, min, max) is not { } list)
            return null;

        var result = new List<RequestReader>(list.Count);
        for (var i = 0; i < list.Count; i++)
            result.Add(new RequestReader(list[i] as JsonObject ?? throw Serialization($"{name}[{i}]", "a structure"), $"{path}{name}[{i}]."));
        return result;
    }

    public List<string> Strings(string name, int min, int max) => OptionalStrings(name, min, max) ?? throw Missing(name);

    public List<string>? OptionalStrings(string name, int min, int max) => Items<string>(name, min, max, "a string");

    public List<int>? OptionalPorts(string name, int max)
    {
        if (Items<int>(name, 0, max, "an integer") is not { } ports)
            return null;
        foreach (var port in ports)
        {
            if (port is < 1 or > 65535)
                throw OutOfBounds(name, port, 1, 65535);
        }

        return ports;
    }

    public List<string> Enumerations(string name, int max, params ReadOnlySpan<string> allowed)
    {
        var values = Strings(name, 1, max);
        foreach (var value in values)
        {
            if (!allowed.Contains(value))
                throw NotOneOf(name, value, allowed);
        }

        return values;
    }

    public PortInterval Ports()
    {
        var range = new PortInterval(Integer("FromPort", 1, 65535), Integer("ToPort", 1, 65535));
        return range.From <= range.To
            ? range
            : throw GlobalAcceleratorException.InvalidPortRange($"{path}FromPort {range.From} is above ToPort {range.To}.");
    }

    public List<IPAddress>? OptionalAddresses(string name, int max) =>
        OptionalStrings(name, 0, max)?.ConvertAll(ParseAddress);

    public static IPAddress ParseAddress(string text) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork
            ? address
            : throw GlobalAcceleratorException.InvalidArgument($"'{text}' is not an IPv4 address.");

    private JsonArray? List(string name, int min, int max)
    {
        if (members[name] is not { } node)
            return null;
        var list = node as JsonArray ?? throw Serialization(name, "a list");
        return list.Count >= min && list.Count <= max
            ? list
            : throw GlobalAcceleratorException.InvalidArgument($"{path}{name} has {list.Count} items; it must have {min} to {max}.");
    }

    private List<T>? Items<T>(string name, int min, int max, string what)
    {
        if (List(name, min, max) is not { } list)
            return null;

        var items = new List<T>(list.Count);
        foreach (var node in list)
            items.Add(node is JsonValue value && value.TryGetValue<T>(out var item) && item is not null ? item : throw Serialization(name, what));
        return items;
    }

    private T? Value<T>(string name, JsonValueKind kind, string what)
    {
        if (members[name] is not { } node)
            return default;
        return node.GetValueKind() == kind && node.AsValue().TryGetValue<T>(out var value) ? value : throw Serialization(name, what);
    }

    private GlobalAcceleratorException Missing(string name) => GlobalAcceleratorException.InvalidArgument($"{path}{name} is required.");

    private GlobalAcceleratorException OutOfBounds(string name, IFormattable value, IFormattable min, IFormattable max) =>
        GlobalAcceleratorException.InvalidArgument(
            string.Create(CultureInfo.InvariantCulture, $"{path}{name} is {value}; it must be {min} to {max}."));

    private GlobalAcceleratorException NotOneOf(string name, string value, ReadOnlySpan<string> values) =>
        GlobalAcceleratorException.InvalidArgument($"{path}{name} is '{value}'; it must be one of {string.Join(", ", values!)}.");

    private GlobalAcceleratorException Serialization(string name, string what) => new("SerializationException", $"{path}{name} must be {what}.");
}
