using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgonesGameServer = Agones.Dev.Sdk.GameServer;

namespace FleetSystem.LocalCloud.Sdk;

/// <summary>Turns a GameServer object into what the SDK shows of it.</summary>
internal static class SdkGameServer
{
    public static AgonesGameServer From(JsonObject gameServer)
    {
        var meta = gameServer["metadata"] as JsonObject;
        var status = gameServer["status"] as JsonObject;
        var health = HealthOf(gameServer);
        var result = new AgonesGameServer
        {
            ObjectMeta = new AgonesGameServer.Types.ObjectMeta
            {
                Name = Text(meta, "name"),
                Namespace = Text(meta, "namespace"),
                Uid = Text(meta, "uid"),
                ResourceVersion = Text(meta, "resourceVersion"),
                Generation = Whole(meta, "generation", 0),
                CreationTimestamp = UnixSeconds(meta, "creationTimestamp"),
                DeletionTimestamp = UnixSeconds(meta, "deletionTimestamp"),
            },
            Spec = new AgonesGameServer.Types.Spec
            {
                Health = new AgonesGameServer.Types.Spec.Types.Health
                {
                    Disabled = health.Disabled,
                    PeriodSeconds = (int)health.Period.TotalSeconds,
                    FailureThreshold = health.FailureThreshold,
                    InitialDelaySeconds = (int)health.InitialDelay.TotalSeconds,
                },
            },
            Status = new AgonesGameServer.Types.Status { State = Text(status, "state"), Address = Text(status, "address") },
        };

        Fill(result.ObjectMeta.Annotations, meta?["annotations"] as JsonObject);
        Fill(result.ObjectMeta.Labels, meta?["labels"] as JsonObject);
        foreach (var address in Objects(status?["addresses"]))
            result.Status.Addresses.Add(new AgonesGameServer.Types.Status.Types.Address { Type = Text(address, "type"), Address_ = Text(address, "address") });
        foreach (var port in Objects(status?["ports"]))
            result.Status.Ports.Add(new AgonesGameServer.Types.Status.Types.Port { Name = Text(port, "name"), Port_ = (int)Whole(port, "port", 0) });
        foreach (var (name, counter) in status?["counters"] as JsonObject ?? [])
        {
            result.Status.Counters[name] = new AgonesGameServer.Types.Status.Types.CounterStatus
            {
                Count = Whole(counter as JsonObject, "count", 0),
                Capacity = Whole(counter as JsonObject, "capacity", 0),
            };
        }

        foreach (var (name, list) in status?["lists"] as JsonObject ?? [])
        {
            var shown = new AgonesGameServer.Types.Status.Types.ListStatus { Capacity = Whole(list as JsonObject, "capacity", 0) };
            shown.Values.AddRange(Values(list as JsonObject));
            result.Status.Lists[name] = shown;
        }

        return result;
    }

    public static HealthSettings HealthOf(JsonObject? gameServer)
    {
        var health = gameServer?["spec"]?["health"] as JsonObject;
        return new HealthSettings(
            health?["disabled"]?.GetValueKind() == JsonValueKind.True,
            TimeSpan.FromSeconds(Whole(health, "initialDelaySeconds", 5)),
            TimeSpan.FromSeconds(Math.Max(1, Whole(health, "periodSeconds", 5))),
            (int)Math.Max(1, Whole(health, "failureThreshold", 3)));
    }

    public static string StateOf(JsonObject gameServer) => Text(gameServer["status"] as JsonObject, "state");

    /// <summary>No way leads back from deletion or Shutdown.</summary>
    public static bool IsBeingDeleted(JsonObject gameServer) =>
        gameServer["metadata"]?["deletionTimestamp"] is not null || StateOf(gameServer) == "Shutdown";

    public static long Whole(JsonObject? parent, string name, long @default) =>
        parent?[name] is JsonValue value && value.TryGetValue<long>(out var number) ? number
        : parent?[name] is JsonValue small && small.TryGetValue<int>(out var whole) ? whole
        : @default;

    public static IEnumerable<string> Values(JsonObject? list) =>
        (list?["values"] as JsonArray ?? []).Select(value => value?.GetValue<string>() ?? "");

    /// <summary>The child object of that name, made when there is none.</summary>
    public static JsonObject Child(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject child)
            parent[name] = child = [];
        return child;
    }

    private static string Text(JsonObject? parent, string name) =>
        parent?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    private static IEnumerable<JsonObject> Objects(JsonNode? array) => (array as JsonArray ?? []).OfType<JsonObject>();

    private static void Fill(Google.Protobuf.Collections.MapField<string, string> map, JsonObject? from)
    {
        foreach (var (key, value) in from ?? [])
            map[key] = value?.GetValue<string>() ?? "";
    }

    private static long UnixSeconds(JsonObject? meta, string name) =>
        DateTimeOffset.TryParse(Text(meta, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUnixTimeSeconds() : 0;
}

/// <summary>A GameServer's health settings, with Agones' defaults.</summary>
internal readonly record struct HealthSettings(bool Disabled, TimeSpan InitialDelay, TimeSpan Period, int FailureThreshold);
