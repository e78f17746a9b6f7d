using System.Text.Json;

namespace FleetSystem.Benchmarks.Load;

internal static class LoadJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };
}
