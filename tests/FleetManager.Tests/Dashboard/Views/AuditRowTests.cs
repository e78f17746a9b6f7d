using System.Text.Json.Nodes;
using FleetSystem.FleetManager.Dashboard.Views;
using FleetSystem.FleetManager.Ops;
using FleetSystem.FleetModel.Operations;

namespace FleetSystem.FleetManager.Tests.Dashboard.Views;

public sealed class AuditRowTests
{
    [Theory]
    [InlineData(AuditKind.Region, "seoul", """{"drained":true,"moveRunning":true}""", "Region seoul drained, running sessions moved")]
    [InlineData(AuditKind.RuleSet, "ranked", """{"version":"abc","isConfigured":false}""", "Queue ranked: rule set abc")]
    [InlineData(AuditKind.Region, "seoul", """{"drained":false,"moveRunning":false}""", "Region seoul opened")]
    [InlineData(AuditKind.Zone, "a", """{"evacuate":true}""", "Zone a evacuated")]
    [InlineData(AuditKind.Zone, "a", """{"evacuate":false,"share":1}""", "Zone a opened at once")]
    [InlineData(AuditKind.Zone, "a", """{"evacuate":false,"share":0.2}""", "Zone a takes a share of 0.2")]
    [InlineData(AuditKind.Zone, "a", """{"evacuate":false,"share":null}""", "Zone a restored in steps")]
    [InlineData(AuditKind.Routes, "seoul", """{"kind":"direct","expiresAt":"2026-11-26T04:00:00+00:00"}""", "Route direct forced until 2026-11-26T04:00:00+00:00")]
    [InlineData(AuditKind.Routes, "seoul", """{"kind":null}""", "Routes by their states again")]
    [InlineData(AuditKind.Traffic, "seoul", """{"dialPercent":50,"weights":{"nlb":10}}""", """Standard accelerator: dial 50, weights {"nlb":10}""")]
    [InlineData(AuditKind.ZoneVerdict, "a", """{"phase":"evacuated","admittedShare":0}""", "Zone a evacuated")]
    [InlineData(AuditKind.ZoneVerdict, "a", """{"phase":"restoring","admittedShare":0.25}""", "Zone a takes a share of 0.25")]
    [InlineData(AuditKind.ZoneVerdict, "a", """{"phase":"healthy","admittedShare":1}""", "Zone a takes every session again")]
    [InlineData(AuditKind.Session, "s-1", """{"act":"moved"}""", "Session s-1 moved")]
    [InlineData(AuditKind.FleetSize, "blue/arena", """{"cluster":"blue","agonesFleet":"arena","replicas":8}""", "Fleet blue/arena: 8 replicas")]
    [InlineData(AuditKind.FleetSize, "blue/arena", """{"autoscaler":"arena-buffer","minReplicas":2,"maxReplicas":20,"bufferSize":"20%"}""", "Fleet blue/arena: arena-buffer keeps 20% free, 2 to 20 in all")]
    [InlineData(AuditKind.FleetSize, "blue/arena", """{"outcome":"unknown","detail":"no answer"}""", "Fleet blue/arena: size not changed as told before (unknown)")]
    [InlineData(AuditKind.Cluster, "blue", """{"priority":4,"weight":null}""", "Cluster blue: priority 4, weight as configured")]
    public void Of_EachKind_SaysInWordsWhatWasChanged(AuditKind kind, string subject, string after, string what)
    {
        var row = AuditRow.Of(new OpsAuditEntry("seoul", 7, default, kind, subject, "kim", "why", null, JsonNode.Parse(after)));

        Assert.Equal((what, "seoul/7", ""), (row.What, row.Key, row.Before));
    }
}
