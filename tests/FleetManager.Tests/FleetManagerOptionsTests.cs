using System.Security.Cryptography;
using FleetSystem.FleetModel.Clusters;
using Microsoft.Extensions.Configuration;

namespace FleetSystem.FleetManager.Tests;

public sealed class FleetManagerOptionsTests
{
    [Fact]
    public void Bind_TaintsOfTheConfiguration_AddToTheDefaultsAndChangeThem()
    {
        var options = Bind(
            ("NodeInterruption:Taints:studio.example/maintenance", "Exclude"), ("NodeInterruption:Taints:karpenter.sh/disrupted", "Ignore"), ("NodeInterruption:Cordon", "Replace"));
        Assert.Equal(NodeAction.Exclude, options.NodeInterruption.Taints["studio.example/maintenance"]);
        Assert.Equal(NodeAction.Ignore, options.NodeInterruption.Taints["karpenter.sh/disrupted"]);
        Assert.Equal(NodeAction.Replace, options.NodeInterruption.Taints["aws-node-termination-handler/spot-itn"]);
        Assert.Equal(NodeAction.Replace, options.NodeInterruption.Cordon);
    }

    public static TheoryData<string, Action<FleetManagerOptions>> OneFault { get; } = new()
    {
        { "LabelBatch", options => options.LabelBatch = 0 },
        { "MaxFleetReplicas", options => options.MaxFleetReplicas = 0 },
        { "LabelInterval", options => options.LabelInterval = TimeSpan.Zero },
        { "ZoneMonitor:TripShare", options => options.ZoneMonitor.TripShare = 1.5 },
        { "ZoneMonitor:ClearShare", options => options.ZoneMonitor.ClearShare = 0.6 },
        { "ZoneMonitor:TripAfter", options => options.ZoneMonitor.TripAfter = TimeSpan.FromSeconds(4) },
        { "ZoneMonitor:MaxQuietTime", options => options.ZoneMonitor.MaxQuietTime = TimeSpan.FromSeconds(29) },
        { "ZoneMonitor:RestoreShares", options => options.ZoneMonitor.RestoreShares = [0.5, 0.1] },
        { "ZoneMonitor:ReportInterval", options => options.ZoneMonitor.ReportInterval = TimeSpan.FromSeconds(2) },
        { "CrossZonePricePerGigabyte", options => options.CrossZonePricePerGigabyte = double.NaN },
        { "PathReports:MinPlayers", options => (options.PathReports.MinPlayers, options.PathReports.MinSessions) = (10_001, 3) },
        { "RouteAnnouncementBatch", options => options.RouteAnnouncementBatch = 0 },
        { "RouteAnnouncementInterval", options => options.RouteAnnouncementInterval = TimeSpan.Zero },
        { "RoutesChangedJitter", options => options.RoutesChangedJitter = TimeSpan.FromMinutes(2) },
        { "NodeInterruption:Cordon", options => options.NodeInterruption.Cordon = (NodeAction)5 },
    };

    [Theory]
    [MemberData(nameof(OneFault), DisableDiscoveryEnumeration = true)]
    public void Validate_OneFault_ToldWithItsKeyAndNothingElse(string key, Action<FleetManagerOptions> spoil)
    {
        var file = Path.GetTempFileName();
        try
        {
            using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            File.WriteAllText(file, ecdsa.ExportPkcs8PrivateKeyPem());
            var options = new FleetManagerOptions { JoinTokenKeyFile = file };
            Assert.True(new FleetManagerOptionsValidator().Validate(null, options).Succeeded);
            spoil(options);
            Assert.StartsWith($"FleetManager:{key} ", Assert.Single(new FleetManagerOptionsValidator().Validate(null, options).Failures!), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static FleetManagerOptions Bind(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
        .Build()
        .Get<FleetManagerOptions>()!;
}
