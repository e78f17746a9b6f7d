using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones.Allocation;

/// <summary>What an allocation does to counters and lists. What does not fit is cut off; it never fails the allocation.</summary>
internal static class CapacityActions
{
    public static void Apply(AllocationRequest request, JsonObject status)
    {
        foreach (var (name, action) in request.CounterActions ?? [])
        {
            if (status.Child("counters").Child(name) is { } counter) Change(counter, action as JsonObject);
        }

        foreach (var (name, action) in request.ListActions ?? [])
        {
            if (status.Child("lists").Child(name) is { } list) ChangeList(list, action as JsonObject);
        }
    }

    private static void Change(JsonObject counter, JsonObject? action)
    {
        if (action.Integer("capacity") is { } capacity and >= 0) counter["capacity"] = capacity;
        var limit = counter.Integer("capacity") ?? 0;
        var count = Math.Min(counter.Integer("count") ?? 0, limit);
        var amount = action.Integer("amount") ?? 0;
        counter["count"] = action.Text("action") switch
        {
            "Increment" => Math.Min(count + amount, limit),
            "Decrement" => Math.Max(count - amount, 0),
            _ => count,
        };
    }

    private static void ChangeList(JsonObject list, JsonObject? action)
    {
        if (action.Integer("capacity") is { } capacity and >= 0) list["capacity"] = capacity;
        var limit = list.Integer("capacity") ?? 0;
        var values = list.Items("values")?.Select(value => value.Text()).OfType<string>().ToList() ?? [];
        foreach (var gone in Strings(action, "deleteValues")) values.Remove(gone);
        foreach (var added in Strings(action, "addValues"))
        {
            if (values.Count < limit && !values.Contains(added)) values.Add(added);
        }

        list["values"] = new JsonArray([.. values.Take((int)Math.Min(limit, int.MaxValue)).Select(value => (JsonNode)JsonValue.Create(value))]);
    }

    private static List<string> Strings(JsonObject? action, string name) =>
        action.Items(name)?.Select(value => value.Text()).OfType<string>().ToList() ?? [];
}
