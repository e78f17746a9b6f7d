using System.Text.RegularExpressions;

namespace FleetSystem.LocalCloud.Sdk;

/// <summary>Kubernetes' rules for label keys and values; the messages are those an Agones sidecar answers with.</summary>
internal static partial class QualifiedName
{
    private const int NameLengthMax = 63;
    private const int PrefixLengthMax = 253;
    private const string NameRule =
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
    private const string PrefixRule =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    private const string ValueRule =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    /// <summary>What is wrong with a key, or null.</summary>
    public static string? KeyFault(string key)
    {
        var parts = key.Split('/');
        if (parts.Length > 2)
            return $"a qualified name {NameRule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";

        var faults = new List<string>();
        if (parts.Length == 2)
        {
            if (parts[0].Length == 0)
                faults.Add("prefix part must be non-empty");
            else if (parts[0].Length > PrefixLengthMax)
                faults.Add($"prefix part must be no more than {PrefixLengthMax} bytes");
            else if (!Prefix().IsMatch(parts[0]))
                faults.Add("prefix part " + PrefixRule);
        }

        var name = parts[^1];
        if (name.Length == 0)
            faults.Add("name part must be non-empty");
        else if (name.Length > NameLengthMax)
            faults.Add($"name part must be no more than {NameLengthMax} bytes");
        if (!Name().IsMatch(name))
            faults.Add("name part " + NameRule);
        return faults.Count == 0 ? null : string.Join(", ", faults);
    }

    /// <summary>What is wrong with a label's value, or null.</summary>
    public static string? ValueFault(string value)
    {
        var faults = new List<string>();
        if (value.Length > NameLengthMax)
            faults.Add($"must be no more than {NameLengthMax} bytes");
        if (value.Length > 0 && !Name().IsMatch(value))
            faults.Add(ValueRule);
        return faults.Count == 0 ? null : string.Join(", ", faults);
    }

    [GeneratedRegex(@"^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Prefix();
}
