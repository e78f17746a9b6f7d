using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>What Kubernetes accepts as a label's key and value, with its own words for what it does not.</summary>
internal static partial class LabelRules
{
    public const int ValueLengthLimit = 63;
    public const int PrefixLengthLimit = 253;

    private const string ValueMessage = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
        + "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', "
        + "regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    private const string NameMessage = "name part must consist of alphanumeric characters, '-', '_' or '.', "
        + "and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', "
        + "regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string PrefixMessage = "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
        + "and must start and end with an alphanumeric character (e.g. 'example.com', "
        + "regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    /// <summary>What is wrong with a value, or null.</summary>
    public static string? ValueFault(string value)
    {
        if (value.Length > ValueLengthLimit) return $"must be no more than {ValueLengthLimit} characters";
        return ValuePattern().IsMatch(value) ? null : ValueMessage;
    }

    /// <summary>What is wrong with a key, or null.</summary>
    public static string? KeyFault(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var name = key;
        if (slash >= 0)
        {
            var prefix = key[..slash];
            name = key[(slash + 1)..];
            if (name.Contains('/', StringComparison.Ordinal)) return $"a qualified name {NameMessage["name part ".Length..]} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
            if (prefix.Length == 0) return "prefix part must be non-empty";
            if (prefix.Length > PrefixLengthLimit) return $"prefix part must be no more than {PrefixLengthLimit} characters";
            if (!PrefixPattern().IsMatch(prefix)) return PrefixMessage;
        }

        if (name.Length == 0) return "name part must be non-empty";
        if (name.Length > ValueLengthLimit) return $"name part must be no more than {ValueLengthLimit} characters";
        return NamePattern().IsMatch(name) ? null : NameMessage;
    }

    /// <summary>Faults of a whole label map, at the given path.</summary>
    public static IEnumerable<StatusCause> Faults(JsonObject? labels, string path)
    {
        if (labels is null) yield break;
        foreach (var (key, node) in labels)
        {
            if (KeyFault(key) is { } keyFault) yield return Invalid(key, keyFault, path);
            if (node.Text() is not { } value) yield return Invalid(node?.ToJsonString() ?? "null", "must be a string", path);
            else if (ValueFault(value) is { } valueFault) yield return Invalid(value, valueFault, path);
        }
    }

    /// <summary>Faults of an annotation map: keys as for labels, values free.</summary>
    public static IEnumerable<StatusCause> AnnotationFaults(JsonObject? annotations, string path)
    {
        if (annotations is null) yield break;
        foreach (var (key, node) in annotations)
        {
            if (KeyFault(key) is { } keyFault) yield return Invalid(key, keyFault, path);
            if (node.Text() is null) yield return Invalid(node?.ToJsonString() ?? "null", "must be a string", path);
        }
    }

    private static StatusCause Invalid(string value, string fault, string path) =>
        new("FieldValueInvalid", $"Invalid value: \"{value}\": {fault}", path);

    [GeneratedRegex(@"\A(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?\z")]
    private static partial Regex ValuePattern();

    [GeneratedRegex(@"\A([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex PrefixPattern();
}
