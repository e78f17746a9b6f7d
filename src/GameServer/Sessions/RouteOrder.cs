using System.Text.Json;

namespace FleetSystem.GameServer.Sessions;

/// <summary>The order of its region's routes, as a GameServer bears it when it has changed: for players who learn of it in no other way.</summary>
internal static class RouteOrder
{
    public const string Annotation = "fleetsystem.dev/routes";

    // A kind's number on the wire is its place here, from 1.
    private static readonly string[] Kinds = ["accelerator", "networkLoadBalancer", "direct"];

    /// <summary>The kinds' numbers, best first; those that are not known are passed over. Null when the text says nothing of any.</summary>
    /// <param name="text">JSON: <c>[{"kind":"direct","state":"healthy"}, …]</c>.</param>
    public static byte[]? Read(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind != JsonValueKind.Array)
                return null;
            byte[] kinds = [.. json.RootElement.EnumerateArray().Select(NumberOf).Where(number => number > 0).Distinct()];
            return kinds.Length > 0 ? kinds : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte NumberOf(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("kind", out var kind) && kind.ValueKind == JsonValueKind.String
            ? (byte)(Array.IndexOf(Kinds, kind.GetString()) + 1)
            : (byte)0;
}
