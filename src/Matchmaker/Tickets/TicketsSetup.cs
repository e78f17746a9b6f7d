namespace FleetSystem.Matchmaker.Tickets;

/// <summary>Adds what serves tickets.</summary>
internal static class TicketsSetup
{
    public static IServiceCollection AddTickets(this IServiceCollection services) => services
        .AddSingleton<QueueCalls>()
        .AddSingleton<TicketLimit>()
        .AddSingleton<TicketOperations>()
        .AddSingleton<BackfillOperations>()
        .AddSingleton<QueueNewsFollower>()
        .AddSingleton<TicketFeed>()
        .AddSingleton<QueueFeed>();
}
