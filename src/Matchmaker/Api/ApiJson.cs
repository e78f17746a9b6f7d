using System.Text.Json;
using System.Text.Json.Serialization;

namespace FleetSystem.Matchmaker.Api;

/// <summary>How the players' API writes and reads JSON: camel case, enumerations by name, nothing unknown accepted.</summary>
internal static class ApiJson
{
    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.MaxDepth = 16;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        return options;
    }
}
