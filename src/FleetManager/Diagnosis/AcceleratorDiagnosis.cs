using FleetSystem.FleetManager.Regions;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.SiloHost.Diagnosis;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Diagnosis;

/// <summary>Looks whether each region's accelerators can be read with the credentials that this host has.</summary>
internal sealed class AcceleratorDiagnosis(IOptions<FleetSystemOptions> system, IAcceleratorControlPlane control) : IDiagnosis
{
    public IEnumerable<DiagnosisStep> Steps()
    {
        foreach (var region in system.Value.Regions)
        {
            var (custom, standard) = ($"region {region.Id}: custom routing accelerator", $"region {region.Id}: standard accelerator");
            if (region.Accelerator is { } accelerator) yield return new(custom, token => LookAsync(custom, accelerator, token));
            if (region.StandardAccelerator is { } api) yield return new(standard, token => LookAsync(standard, api, region.Id, token));
        }
    }

    private async Task<IReadOnlyList<Finding>> LookAsync(string subject, AcceleratorOptions accelerator, CancellationToken cancellationToken)
    {
        try
        {
            var loaded = await control.LoadAsync(accelerator, cancellationToken);
            var what = $"{string.Join(" and ", loaded.Mapping.Addresses)}, {loaded.Mapping.Count} ports mapped, {loaded.Allowed.Count} destinations let through";
            return loaded.Mapping.Count == 0
                ? [new(subject, FindingState.Warning, $"answers ({what}), and maps no port: add the servers' subnets to its endpoint group.")]
                : [new(subject, FindingState.Passed, $"answers: {what}.")];
        }
        catch (AcceleratorUnavailableException fault)
        {
            return [new(subject, FindingState.Failed, fault.Message)];
        }
    }

    private async Task<IReadOnlyList<Finding>> LookAsync(string subject, StandardAcceleratorOptions accelerator, string region, CancellationToken cancellationToken)
    {
        try
        {
            var group = await control.GetTrafficAsync(accelerator, region, cancellationToken);
            return [new(subject, FindingState.Passed, $"answers: endpoint group {group.Arn}, dial {group.DialPercent} %, {group.Endpoints.Count} endpoints.")];
        }
        catch (AcceleratorUnavailableException fault)
        {
            return [new(subject, FindingState.Failed, fault.Message)];
        }
    }
}
