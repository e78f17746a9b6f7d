using FleetSystem.FleetManager.Kubernetes;
using FleetSystem.FleetManager.Kubernetes.Requests;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.SiloHost.Diagnosis;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Diagnosis;

/// <summary>Looks whether each cluster can be reached, grants what FleetSystem needs, and has the Agones Fleets that the configuration names.</summary>
internal sealed class ClusterDiagnosis(IOptions<FleetSystemOptions> system, IOptions<KubernetesAdapterOptions> adapter, TimeProvider time) : IDiagnosis
{
    public IEnumerable<DiagnosisStep> Steps() => system.Value.Clusters.Select(cluster => new DiagnosisStep($"cluster {cluster.Id}", token => LookAsync(cluster, token)));

    private async Task<IReadOnlyList<Finding>> LookAsync(ClusterOptions cluster, CancellationToken cancellationToken)
    {
        var subject = $"cluster {cluster.Id}";
        ClusterInspection found;
        try
        {
            found = await new ClusterInspector(adapter.Value, time).InspectAsync(cluster, cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            return [new(subject, FindingState.Failed, $"cannot be asked: {TransportFailure.Describe(fault)}")];
        }

        return [.. Judge(subject, cluster, found)];
    }

    private IEnumerable<Finding> Judge(string subject, ClusterOptions cluster, ClusterInspection found)
    {
        yield return new(subject, FindingState.Passed, $"answers: Kubernetes {found.Version}.");
        var needed = found.Missing.Where(rule => RbacRule.OptionalUseOf(rule) is null).ToList();
        var unsure = found.RightsAreKnown ? "" : " The API server could not list all rules: they may be allowed all the same.";
        if (needed.Count > 0)
            yield return new(subject, found.RightsAreKnown ? FindingState.Failed : FindingState.Warning, $"does not grant in namespace {cluster.Namespace}: {string.Join("; ", needed)}. Apply agones/rbac.yaml, or grant them to the service account.{unsure}");
        foreach (var use in found.Missing.Except(needed).GroupBy(RbacRule.OptionalUseOf))
            yield return new(subject, FindingState.Warning, $"does not grant {string.Join("; ", use)}: only {use.Key} needs it.{unsure}");
        if (found.Missing.Count == 0) yield return new(subject, FindingState.Passed, $"grants all that is needed in namespace {cluster.Namespace}.");

        if (found.Fleets is null)
        {
            yield return new(subject, FindingState.Failed, $"has no fleets to tell: {found.FleetsFault}.");
            yield break;
        }

        // Of a fleet's several Agones Fleets a cluster may well have some only.
        var wanted = system.Value.Fleets.Where(fleet => fleet.RunsIn(cluster.Region)).ToList();
        var absent = wanted.Where(fleet => !fleet.NamesInAgones.Intersect(found.Fleets, StringComparer.Ordinal).Any()).ToList();
        yield return absent.Count == 0
            ? new(subject, FindingState.Passed, $"has Agones Fleets for {string.Join(", ", wanted.Select(fleet => fleet.Id))}.")
            : new(subject, FindingState.Warning, $"has no Agones Fleet for {string.Join(", ", absent.Select(fleet => $"{fleet.Id} ({string.Join(" or ", fleet.NamesInAgones)})"))}: it gives these no server. It has: {(found.Fleets.Count == 0 ? "none" : string.Join(", ", found.Fleets.Take(20)))}.");
    }
}
