using FleetSystem.FleetManager.Dashboard.Actions;
using FleetSystem.FleetManager.Dashboard.Components;
using FleetSystem.FleetManager.Dashboard.Live;
using FleetSystem.FleetManager.Dashboard.Serving;
using FleetSystem.FleetManager.Events;
using FleetSystem.SiloHost.Access;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using MudBlazor.Services;

namespace FleetSystem.FleetManager.Dashboard;

/// <summary>Puts the dashboard into the host.</summary>
internal static class DashboardSetup
{
    // A page whose connection broke is kept so long, and so many of them: a phone that was in a tunnel goes on where it was.
    private static readonly TimeSpan BrokenKept = TimeSpan.FromMinutes(1);
    private const int MaxBroken = 20;

    // Of a message from the browser: forms of a few fields.
    private const int MaxMessageBytes = 32 * 1024;

    /// <summary>Adds what it needs.</summary>
    public static IServiceCollection AddDashboard(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DashboardOptions>().Bind(configuration.GetSection(DashboardOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DashboardOptions>, DashboardOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<FleetWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<FleetWatch>());
        services.AddHostedService<CellWatch>();
        services.AddScoped<OperatorActions>();
        services.AddSingleton<OpenPages>();
        services.AddScoped<CircuitHandler, PageLimit>();
        services.AddHttpContextAccessor();
        services.AddCascadingAuthenticationState();
        services.AddMudServices();
        services.AddRazorComponents().AddInteractiveServerComponents(circuits =>
        {
            circuits.DisconnectedCircuitRetentionPeriod = BrokenKept;
            circuits.DisconnectedCircuitMaxRetained = MaxBroken;
        }).AddHubOptions(hub => hub.MaximumReceiveMessageSize = MaxMessageBytes);
        return services.AddScoped<AuthenticationStateProvider, SignInCheck>();
    }

    /// <summary>Maps it. After access control.</summary>
    public static void MapDashboard(this WebApplication app)
    {
        app.UseAntiforgery();
        DashboardAssets.Map(app);

        // The page itself says what it may do, and that nobody may frame it.
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(pages => pages.ContentSecurityFrameAncestorsPolicy = null)
            // Also of what pages send: each action asks for the role that it takes by itself.
            .RequireAuthorization(AccessPolicies.Viewer);
    }
}
