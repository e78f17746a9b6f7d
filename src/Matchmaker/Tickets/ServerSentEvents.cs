using System.Net.ServerSentEvents;
using System.Text.Json;
using FleetSystem.Matchmaker.Api;

namespace FleetSystem.Matchmaker.Tickets;

/// <summary>Events of tickets as server-sent events. Pure.</summary>
internal static class ServerSentEvents
{
    private const string Heartbeat = "heartbeat";
    private const string GapName = "gap";

    /// <summary>A ticket's events: each named by the status entered.</summary>
    public static async IAsyncEnumerable<SseItem<string>> Of(IAsyncEnumerable<TicketEventResource?> events)
    {
        await foreach (var happened in events)
        {
            yield return happened is null
                ? new SseItem<string>("", Heartbeat)
                : new SseItem<string>(JsonSerializer.Serialize(happened, ApiJson.Options), TicketResources.Name(happened.Status))
                { EventId = happened.Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        }
    }

    /// <summary>A queue's events: each named by the status entered, and <c>gap</c> where some are missing.</summary>
    public static async IAsyncEnumerable<SseItem<string>> Of(IAsyncEnumerable<QueueEventResource?> events)
    {
        await foreach (var happened in events)
        {
            yield return happened switch
            {
                null => new SseItem<string>("", Heartbeat),
                { IsGap: true } => new SseItem<string>("{}", GapName),
                _ => new SseItem<string>(JsonSerializer.Serialize(happened, ApiJson.Options), TicketResources.Name(happened.Status)) { EventId = happened.Cursor },
            };
        }
    }
}
