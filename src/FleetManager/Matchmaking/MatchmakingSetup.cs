using FleetSystem.FleetModel.Configuration;
using FleetSystem.SiloHost;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Matchmaking;

/// <summary>Adds what keeps the matchmaker's queues in the store, and their rule sets.</summary>
internal static class MatchmakingSetup
{
    public static IServiceCollection AddMatchmaking(this IServiceCollection services) => services
        .AddSingleton<JournalMetrics>()
        .AddSingleton<RuleSetFiles>()
        .AddSingleton<IValidateOptions<FleetSystemOptions>, RuleSetFileValidator>()
        .AddSingleton<IConfigurationSummary, RuleSetSummary>();
}
