using FleetSystem.FleetModel.Configuration;
using FleetSystem.Matchmaker.Api;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Cells;

/// <summary>Adds the cells to the host.</summary>
internal static class CellsSetup
{
    /// <summary>Adds them; without peers, sessions go the way of this cell alone.</summary>
    public static void AddCells(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<MatchmakerOptions>, CellsOptionsValidator>();
        services.AddSingleton<CellMetrics>();
        services.AddSingleton<CellDirectory>();
        services.AddHostedService(provider => provider.GetRequiredService<CellDirectory>());
        services.AddSingleton<CellSessions>();
        services.AddSingleton<PeerSessions>();
        services.AddSingleton<CellHost>();
        services.AddHostedService(provider => provider.GetRequiredService<CellHost>());
        services.AddSingleton<ISessionOperations>(provider => provider.GetRequiredService<IOptions<MatchmakerOptions>>().Value.Cells.Peers.Count > 0
            ? provider.GetRequiredService<CellSessions>()
            : provider.GetRequiredService<SessionOperations>());
    }
}

/// <summary>Checks <see cref="CellsOptions"/> against the cell's configuration, which has its own validator and may be faulty itself.</summary>
internal sealed class CellsOptionsValidator(IConfiguration configuration) : IValidateOptions<MatchmakerOptions>
{
    public ValidateOptionsResult Validate(string? name, MatchmakerOptions options)
    {
        var faults = new FaultList(MatchmakerOptions.Section);
        options.Cells.Check(configuration.GetSection(FleetSystemOptions.Section).Get<FleetSystemOptions>() ?? new FleetSystemOptions(), faults);
        return faults.ToResult();
    }
}
