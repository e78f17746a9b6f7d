using System.Text.Json;
using System.Text.Json.Serialization;
using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.SiloHost.Access;

/// <summary>
/// The file of <see cref="AccessOptions.ApiKeysFile"/>: <c>{"ApiKeys": [{"Name": "olga", "Role": "Operator", "Sha256": "..."}]}</c>, as the configuration has it, but that each key says its role. It is taken
/// whole or not at all. Pure.
/// </summary>
internal static class ApiKeyFile
{
    // Told of a file that has more.
    private const int MaxFaults = 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        Converters = { new JsonStringEnumConverter(allowIntegerValues: false) },
    };

    /// <summary>Reads it.</summary>
    /// <param name="content">What is in the file.</param>
    /// <param name="others">Keys of the configuration itself: none of them may be here too.</param>
    /// <exception cref="InvalidDataException">It has faults; every one is told with its place, and none with a hash.</exception>
    public static IReadOnlyList<ApiKeyOptions> Parse(ReadOnlySpan<byte> content, IEnumerable<ApiKeyOptions> others)
    {
        List<Entry?>? entries;
        try
        {
            entries = JsonSerializer.Deserialize<Document>(content.StartsWith("\uFEFF"u8) ? content[3..] : content, Json)?.ApiKeys;
        }
        catch (JsonException fault)
        {
            // Not the message: it may repeat what is there.
            throw new InvalidDataException($"it is no JSON of the form {{\"ApiKeys\": [{{\"Name\", \"Role\", \"Sha256\"}}]}}, at {(fault.Path is { Length: > 0 and < 100 } path ? path : "$")}, line {fault.LineNumber + 1}");
        }

        if (entries is null) throw new InvalidDataException("it has no ApiKeys: an empty list is what lets nobody in");
        var faults = new FaultList(AccessOptions.Section);
        foreach (var (index, entry) in entries.Index()) faults.Check(entry?.Role is not null, $"{nameof(AccessOptions.ApiKeys)}:{index}:{nameof(ApiKeyOptions.Role)}", $"is missing: {string.Join(", ", Enum.GetNames<AccessRole>())} are possible");
        List<ApiKeyOptions> keys = [.. entries.Select(entry => new ApiKeyOptions { Name = entry?.Name ?? "", Role = entry?.Role ?? default, Sha256 = entry?.Sha256 ?? "" })];
        ApiKeyOptions.Check(keys, others, faults);
        return faults.Faults.Count > 0 ? throw new InvalidDataException(string.Join("; ", faults.Faults.Take(MaxFaults).Select(fault => $"{fault.Key} {fault.Fault}"))) : keys;
    }

    private sealed record Document(List<Entry?>? ApiKeys);

    private sealed record Entry(string? Name, AccessRole? Role, string? Sha256);
}
