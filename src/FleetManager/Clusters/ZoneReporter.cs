using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Zones;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>
/// Tells a cluster's region what is seen of its zones, and takes from the answer which zones take sessions. While the region cannot be asked,
/// the last answer stays in force.
/// </summary>
internal sealed partial class ZoneReporter(
    string cluster, string region, IGrainFactory grains, ClusterState state, ZoneEvidence evidence, ServerClaimer claimer, ZoneMonitorOptions options, TimeProvider time, ILogger<ZoneReporter> log)
{
    private bool _reporting;
    private bool _again;
    private bool _failed;

    /// <summary>Reports. While a report is under way, calls are gathered into one more after it.</summary>
    public async Task RunAsync()
    {
        _again = true;
        if (_reporting) return;
        _reporting = true;
        try
        {
            while (_again)
            {
                _again = false;
                await ReportAsync();
            }
        }
        finally
        {
            _reporting = false;
        }
    }

    private async Task ReportAsync()
    {
        try
        {
            // What is not known to be true now says nothing about the zones.
            var signals = state.Synced && state.LostSources.Count == 0 ? evidence.Signals(state, time.GetUtcNow()) : [];
            var directives = await grains.GetGrain<IRegionGrain>(region).ReportZones(new ZoneReport(cluster, signals, claimer.Admission.Directives)).WaitAsync(options.ReportTimeout, time);
            claimer.Admission = claimer.Admission with { Directives = directives };
            _failed = false;
        }
        catch (Exception fault)
        {
            // Told once: it is tried again at every interval.
            if (!_failed) LogReportFailed(log, cluster, region, fault);
            _failed = true;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cluster {ClusterId} could not ask region {RegionId} which zones take sessions; what it was told last stays in force")]
    private static partial void LogReportFailed(ILogger logger, string clusterId, string regionId, Exception fault);
}
