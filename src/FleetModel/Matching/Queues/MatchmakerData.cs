using System.Buffers;
using System.Text;
using System.Text.Json;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>
/// What a game server is told of its match: FlexMatch's <c>matchmakerData</c> in form, so that servers written for it read it, with the queue in place of the
/// configuration's ARN.
/// </summary>
public static class MatchmakerData
{
    /// <summary>The data as JSON. Players' attributes are left out where they would make it longer than a session's attributes may be, then the players themselves.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="match">The match.</param>
    /// <param name="players">Its players, by id.</param>
    public static string Of(string queue, MatchRecord match, IReadOnlyDictionary<string, MatchmakingPlayer> players)
    {
        foreach (var detail in new[] { Detail.All, Detail.Players, Detail.Teams })
        {
            var written = Write(queue, match, players, detail);
            if (written.Length <= SessionRequest.MaxAttributesBytes || detail == Detail.Teams) return Encoding.UTF8.GetString(written);
        }

        throw new InvalidOperationException("The last form is always taken.");
    }

    private enum Detail
    {
        All,
        Players,
        Teams,
    }

    private static ReadOnlySpan<byte> Write(string queue, MatchRecord match, IReadOnlyDictionary<string, MatchmakingPlayer> players, Detail detail)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("matchId", match.Id);
            json.WriteString("matchmakingConfiguration", queue);
            json.WriteStartArray("teams");
            foreach (var team in match.Teams)
            {
                json.WriteStartObject();
                json.WriteString("name", team.Name);
                if (detail != Detail.Teams)
                {
                    json.WriteStartArray("players");
                    foreach (var id in team.Players) WritePlayer(json, id, detail == Detail.All ? players.GetValueOrDefault(id) : null);
                    json.WriteEndArray();
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }

    private static void WritePlayer(Utf8JsonWriter json, string id, MatchmakingPlayer? player)
    {
        json.WriteStartObject();
        json.WriteString("playerId", id);
        if (player is { Attributes.Count: > 0 })
        {
            json.WriteStartObject("attributes");
            foreach (var (name, value) in player.Attributes)
            {
                json.WriteStartObject(name);
                WriteValue(json, value);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, AttributeValue value)
    {
        const string Type = "attributeType";
        const string Value = "valueAttribute";
        if (value.Number is { } number)
        {
            json.WriteString(Type, "DOUBLE");
            json.WriteNumber(Value, number);
        }
        else if (value.Text is { } text)
        {
            json.WriteString(Type, "STRING");
            json.WriteString(Value, text);
        }
        else if (value.Texts is { } texts)
        {
            json.WriteString(Type, "STRING_LIST");
            json.WriteStartArray(Value);
            foreach (var one in texts) json.WriteStringValue(one);
            json.WriteEndArray();
        }
        else if (value.Numbers is { } numbers)
        {
            json.WriteString(Type, "STRING_DOUBLE_MAP");
            json.WriteStartObject(Value);
            foreach (var (name, one) in numbers) json.WriteNumber(name, one);
            json.WriteEndObject();
        }
    }
}
