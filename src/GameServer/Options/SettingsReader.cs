using System.Globalization;
using System.Net;

namespace FleetSystem.GameServer.Options;

/// <summary>Reads settings by their environment name, or by the argument derived from it, and gathers every fault instead of stopping at the first.</summary>
internal sealed class SettingsReader
{
    private const string Prefix = "GAMESERVER_";

    private readonly Func<string, string?> _environment;
    private readonly Dictionary<string, string> _arguments = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<string> _faults = [];

    public SettingsReader(IReadOnlyList<string> arguments, Func<string, string?> environment)
    {
        _environment = environment;
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal))
            {
                _faults.Add($"argument '{arguments[i]}' is not a setting: write --name value, for example --port 7777");
                return;
            }

            if (i + 1 == arguments.Count)
            {
                _faults.Add($"argument '{arguments[i]}' has no value: write {arguments[i]} VALUE");
                return;
            }

            if (!_arguments.TryAdd(arguments[i], arguments[i + 1]))
                _faults.Add($"argument '{arguments[i]}' is given twice: keep one");
        }
    }

    public string Text(string name, string @default) => Value(name) ?? @default;

    public int Number(string name, int @default, int least, int most)
    {
        if (Value(name) is not { } text)
            return @default;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        Fault(name, text, $"a whole number from {least} to {most}");
        return @default;
    }

    public TimeSpan Seconds(string name, int @default, int least, int most) => TimeSpan.FromSeconds(Number(name, @default, least, most));

    public bool Flag(string name)
    {
        switch (Value(name))
        {
            case null or "0" or "false":
                return false;
            case "1" or "true":
                return true;
            case var text:
                Fault(name, text, "0 or 1");
                return false;
        }
    }

    public IPAddress Address(string name, IPAddress @default)
    {
        if (Value(name) is not { } text)
            return @default;
        if (IPAddress.TryParse(text, out var address))
            return address;
        Fault(name, text, "an IP address, for example 0.0.0.0");
        return @default;
    }

    public string ExistingFile(string name)
    {
        if (Value(name) is not { } path)
            _faults.Add($"{name} (or {Argument(name)}) is missing: give the path of a file");
        else if (!File.Exists(path))
            Fault(name, path, "the path of a file that exists and can be read");
        else
            return path;
        return "";
    }

    /// <summary>All faults, those of unknown arguments included; call it after every setting was read.</summary>
    public IReadOnlyList<string> Finish()
    {
        foreach (var argument in _arguments.Keys)
        {
            if (!_known.Contains(argument))
                _faults.Add($"argument '{argument}' is unknown: the settings are {string.Join(", ", _known.Order(StringComparer.Ordinal))}");
        }

        return _faults;
    }

    private static string Argument(string name) =>
        "--" + (name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name).Replace('_', '-').ToLowerInvariant();

    private string? Value(string name)
    {
        var argument = Argument(name);
        _known.Add(argument);
        var value = _arguments.GetValueOrDefault(argument) ?? _environment(name);
        return string.IsNullOrWhiteSpace(value) ? null : value.Trim();
    }

    private void Fault(string name, string value, string takes) =>
        _faults.Add($"{name} (or {Argument(name)}) is '{value}': it takes {takes}");
}
