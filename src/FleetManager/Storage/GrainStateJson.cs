using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FleetSystem.FleetManager.Storage;

/// <summary>
/// Turns grain states into bytes that later versions can still read. The README of this folder says why JSON, and what a change of a state type may do.
/// </summary>
internal static class GrainStateJson
{
    /// <summary>The encoding written today, stored beside every state. 1 is UTF-8 JSON under <see cref="Options"/>.</summary>
    public const int Format = 1;

    private static readonly JsonSerializerOptions Options = CreateOptions();

    public static byte[] Serialize<T>(T state) => JsonSerializer.SerializeToUtf8Bytes(state, Options);

    public static T? Deserialize<T>(int format, ReadOnlySpan<byte> payload) => format switch
    {
        Format => JsonSerializer.Deserialize<T>(payload, Options),
        _ => throw new NotSupportedException($"It is stored in format {format} and this version reads format {Format}: run the version that wrote it, or a later one."),
    };

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            AllowOutOfOrderMetadataProperties = true,
            // Computed members: they would only be ignored when read.
            IgnoreReadOnlyProperties = true,
            // Player names are of any script; nothing here is ever put into HTML.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        // By name, so that reordering an enumeration does not change what is stored.
        options.Converters.Add(new JsonStringEnumConverter());
        return options;
    }
}
