using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost;

/// <summary>
/// Finds the keys of a configuration file that nothing reads. A misspelt key would otherwise leave its default in force, and nobody would
/// know. Only the file is looked at: the environment and the command line carry what is not ours.
/// </summary>
internal sealed class ConfigurationKeys
{
    // What the framework reads, and what the other host reads: both share one file.
    private static readonly string[] ReadElsewhere = ["AllowedHosts", "FleetManager", "Kestrel", "Logging", "Matchmaker", "Storage", "Urls"];

    private readonly Dictionary<string, Type?> _sections = ReadElsewhere.ToDictionary(name => name, _ => (Type?)null, StringComparer.OrdinalIgnoreCase);

    /// <param name="sections">Sections that the host reads, by their path, with the options that they become.</param>
    public ConfigurationKeys(IEnumerable<(string Path, Type Options)> sections)
    {
        foreach (var (path, options) in sections) _sections[path] = options;
    }

    /// <summary>One sentence for each key that nothing reads.</summary>
    public IReadOnlyList<string> FaultsOf(IConfiguration file) => [.. Unknown(file.GetChildren(), null)];

    private IEnumerable<string> Unknown(IEnumerable<IConfigurationSection> keys, Type? parent)
    {
        foreach (var key in keys)
        {
            if (_sections.TryGetValue(key.Path, out var options))
            {
                if (options is not null)
                {
                    foreach (var fault in Unknown(key.GetChildren(), options)) yield return fault;
                }
            }
            else if (TypeOf(parent, key.Key) is { } type)
            {
                foreach (var fault in Unknown(key.GetChildren(), type)) yield return fault;
            }
            else
            {
                yield return $"{key.Path} is no setting: known here are {string.Join(", ", Known(key.Path, parent))}.";
            }
        }
    }

    /// <summary>Type of what stands below a key of an object, list or dictionary; null when there is no such key.</summary>
    private static Type? TypeOf(Type? parent, string key)
    {
        if (parent is null) return null;
        var type = Nullable.GetUnderlyingType(parent) ?? parent;
        if (ElementOf(type) is { } element) return element;
        return type.GetProperties().FirstOrDefault(property => property.CanWrite && property.Name.Equals(key, StringComparison.OrdinalIgnoreCase))?.PropertyType;
    }

    private static Type? ElementOf(Type type) =>
        type == typeof(string) ? null : type.GetInterfaces().Append(type)
            .FirstOrDefault(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() is var definition
                && (definition == typeof(IEnumerable<>)))?.GetGenericArguments()[0] switch
        {
            { IsGenericType: true } pair when pair.GetGenericTypeDefinition() == typeof(KeyValuePair<,>) => pair.GetGenericArguments()[1],
            var element => element,
        };

    private IEnumerable<string> Known(string path, Type? parent)
    {
        var prefix = path[..(path.LastIndexOf(':') + 1)];
        var properties = parent is null ? [] : parent.GetProperties().Where(property => property.CanWrite).Select(property => property.Name);
        var sections = _sections.Keys.Where(section => section.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).Select(section => section[prefix.Length..].Split(':')[0]);
        return properties.Concat(sections).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal);
    }
}

/// <summary>Tells unknown keys together with all other faults of the configuration.</summary>
internal sealed class ConfigurationKeysValidator(IReadOnlyList<string> faults) : IValidateOptions<SiloOptions>
{
    public ValidateOptionsResult Validate(string? name, SiloOptions options) =>
        faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
}
