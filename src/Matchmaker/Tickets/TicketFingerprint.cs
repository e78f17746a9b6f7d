using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.Matchmaker.Tickets;

/// <summary>
/// Hash of what a request asks for, whatever its white space and order of fields: the same key with another request is a conflict. It is stored, so what is
/// written here must not change. Pure.
/// </summary>
internal static class TicketFingerprint
{
    /// <summary>Of a ticket.</summary>
    public static string Of(IReadOnlyList<MatchmakingPlayer> players, double? timeoutSeconds) => Hash(writer =>
    {
        Write(writer, "timeout", timeoutSeconds);
        Write(writer, "players", players);
    });

    /// <summary>Of a backfill.</summary>
    public static string Of(string session, IReadOnlyDictionary<string, IReadOnlyList<MatchmakingPlayer>> teams, double? timeoutSeconds) => Hash(writer =>
    {
        writer.WriteString("session", session);
        Write(writer, "timeout", timeoutSeconds);
        foreach (var (team, players) in teams.OrderBy(pair => pair.Key, StringComparer.Ordinal)) Write(writer, $"team {team}", players);
    });

    private static string Hash(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }

    private static void Write(Utf8JsonWriter writer, string name, double? number)
    {
        if (number is { } value) writer.WriteNumber(name, value);
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<MatchmakingPlayer> players)
    {
        writer.WriteStartArray(name);
        foreach (var player in players)
        {
            writer.WriteStartObject();
            writer.WriteString("id", player.Id);
            writer.WriteStartObject("latencies");
            foreach (var (region, latency) in player.LatencyMilliseconds.OrderBy(pair => pair.Key, StringComparer.Ordinal)) writer.WriteNumber(region, latency);
            writer.WriteEndObject();
            writer.WriteStartObject("attributes");
            foreach (var (attribute, value) in player.Attributes.OrderBy(pair => pair.Key, StringComparer.Ordinal)) Write(writer, attribute, value);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, string name, AttributeValue value)
    {
        switch (value)
        {
            case { Number: { } number }:
                writer.WriteNumber(name, number);
                break;
            case { Text: { } text }:
                writer.WriteString(name, text);
                break;
            case { Texts: { } texts }:
                writer.WriteStartArray(name);
                foreach (var text in texts) writer.WriteStringValue(text);
                writer.WriteEndArray();
                break;
            case { Numbers: { } numbers }:
                writer.WriteStartObject(name);
                foreach (var (key, number) in numbers.OrderBy(pair => pair.Key, StringComparer.Ordinal)) writer.WriteNumber(key, number);
                writer.WriteEndObject();
                break;
        }
    }
}
