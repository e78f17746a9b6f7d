using System.Globalization;
using System.Text.Json.Nodes;
using FleetSystem.FleetManager.Ops;
using FleetSystem.FleetModel.Operations;

namespace FleetSystem.FleetManager.Dashboard.Views;

/// <summary>An entry of the audit log as people read it.</summary>
/// <param name="Key">What tells it from others.</param>
/// <param name="Region">The region.</param>
/// <param name="At">When it was stored.</param>
/// <param name="What">What was changed, in a few words.</param>
/// <param name="By">Who did it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Before">What held before, as JSON; empty when nothing did.</param>
/// <param name="After">What holds since, as JSON.</param>
public sealed record AuditRow(string Key, string Region, DateTimeOffset At, string What, string By, string Reason, string Before, string After)
{
    private static readonly System.Text.Json.JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The row of an entry.</summary>
    internal static AuditRow Of(OpsAuditEntry entry) => new(
        string.Create(CultureInfo.InvariantCulture, $"{(entry.Queue is { } queue ? $"queue:{queue}" : entry.Region)}/{entry.Sequence}"),
        entry.Region,
        entry.At,
        WhatOf(entry.Kind, entry.Subject, entry.After as JsonObject),
        entry.By,
        entry.Reason,
        entry.Before?.ToJsonString(Indented) ?? "",
        entry.After?.ToJsonString(Indented) ?? "");

    private static string WhatOf(AuditKind kind, string subject, JsonObject? after) => kind switch
    {
        AuditKind.Region => $"Region {subject} {(Flag(after, "drained") ? "drained" : "opened")}{Moved(after)}",
        AuditKind.Zone => $"Zone {subject} {ZoneOf(after)}{Moved(after)}",
        AuditKind.Routes => after?["kind"] is JsonValue route ? $"Route {route} forced until {Text(after, "expiresAt")}" : "Routes by their states again",
        AuditKind.Traffic => $"Standard accelerator: dial {Text(after, "dialPercent") ?? "as it was"}, weights {after?["weights"]?.ToJsonString() ?? "as they were"}",
        AuditKind.Cluster => $"Cluster {subject}: priority {Text(after, "priority") ?? "as configured"}, weight {Text(after, "weight") ?? "as configured"}",
        AuditKind.ImportedCluster => $"Cluster {subject}: priority {Text(after, "priority")}, weight {Text(after, "weight")}, from an allocation policy",
        AuditKind.ZoneVerdict => $"Zone {subject} {VerdictOf(after)}",
        AuditKind.Session => $"Session {subject} {Text(after, "act")}",
        AuditKind.FleetSize => $"Fleet {subject}: {SizeOf(after)}",
        AuditKind.RuleSet => $"Queue {subject}: rule set {(Flag(after, "isConfigured") ? "of the configuration again" : Text(after, "version"))}",
        _ => $"{kind} {subject}",
    };

    private static string VerdictOf(JsonObject? after) => Text(after, "phase") switch
    {
        "evacuated" => "evacuated",
        "healthy" => "takes every session again",
        _ => $"takes a share of {Text(after, "admittedShare")}",
    };

    private static string SizeOf(JsonObject? after) => after switch
    {
        _ when Text(after, "outcome") is { } outcome => $"size not changed as told before ({outcome})",
        _ when Text(after, "autoscaler") is { } autoscaler => $"{autoscaler} keeps {Text(after, "bufferSize")} free, {Text(after, "minReplicas")} to {Text(after, "maxReplicas")} in all",
        _ => $"{Text(after, "replicas")} replicas",
    };

    private static string ZoneOf(JsonObject? after) => after switch
    {
        _ when Flag(after, "evacuate") => "evacuated",
        _ when Text(after, "share") is "1" => "opened at once",
        _ when Text(after, "share") is { } share => $"takes a share of {share}",
        _ => "restored in steps",
    };

    private static string Moved(JsonObject? after) => Flag(after, "moveRunning") ? ", running sessions moved" : "";

    private static bool Flag(JsonObject? json, string name) => json?[name] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    private static string? Text(JsonObject? json, string name) => json?[name]?.ToString();
}
