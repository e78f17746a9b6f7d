using FleetSystem.FleetManager.Events;
using FleetSystem.FleetManager.Fleets;
using FleetSystem.FleetManager.SignIn;
using FleetSystem.SiloHost.Access;
using FleetSystem.SiloHost.Diagnosis;
using FleetSystem.SiloHost.Listening;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Puts the operators' API into the host.</summary>
internal static class OpsSetup
{
    /// <summary>Adds what the API needs.</summary>
    public static IServiceCollection AddOps(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOperatorsAccess(configuration);
        services.AddSignIn();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<RegionReader>();
        services.AddSingleton<RegionCommands>();
        services.AddSingleton<ClusterCommands>();
        services.AddSingleton<AutoscaleWebhook>();
        services.AddSingleton<AuditReader>();
        services.AddOptions<EventOptions>().Bind(configuration.GetSection(EventOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<EventOptions>, EventOptionsValidator>();
        services.AddSingleton<EventLog>();
        services.AddSingleton<EventReader>();
        services.AddSingleton<AuditSearch>();
        services.AddSingleton<EvacuationReader>();
        services.AddSingleton<SessionReader>();
        services.AddSingleton<SessionCommands>();
        services.AddSingleton<FleetReader>();
        services.AddSingleton<FleetSizeReader>();
        services.AddSingleton<FleetSizeCommands>();
        services.AddSingleton<SiloReader>();
        services.AddSingleton<PeerReader>();
        services.AddOpsOpenApi();
        services.AddSingleton<QueueReader>();
        services.AddSingleton<QueueCommands>();
        services.TryAddSingleton<HostDiagnosis>();
        services.ConfigureHttpJsonOptions(json => OpsBody.Configure(json.SerializerOptions));
        return services.AddProblemDetails(problems => problems.CustomizeProblemDetails = OpsProblem.AddCode);
    }

    /// <summary>Maps the API.</summary>
    public static void MapOps(this WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseFaultAnswers();
        app.UseStatusCodePages();
        app.UseAccess();
        SignInEndpoints.Map(app);
        RegionEndpoints.Map(app);
        EvacuationEndpoints.Map(app);
        ClusterEndpoints.Map(app);
        AutoscaleWebhook.Map(app);
        AuditEndpoints.Map(app);
        EventEndpoints.Map(app);
        SessionEndpoints.Map(app);
        FleetEndpoints.Map(app);
        FleetSizeEndpoints.Map(app);
        SiloEndpoints.Map(app);
        PeerEndpoints.Map(app);
        app.MapOpsOpenApi();
        QueueEndpoints.Map(app);
        DiagnosisEndpoint.Map(app);
    }
}
