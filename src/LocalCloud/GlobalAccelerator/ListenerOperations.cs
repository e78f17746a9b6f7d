using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>Create, describe, list and delete listeners, of one family.</summary>
internal sealed class ListenerOperations(GlobalAcceleratorStore store, bool custom)
{
    private readonly string _family = custom ? "CustomRoutingListener" : "Listener";

    public JsonObject Create(RequestReader request)
    {
        var accelerator = store.Accelerator(request.String("AcceleratorArn"), custom);
        var ranges = request.Structures("PortRanges", 1, int.MaxValue).ConvertAll(range => range.Ports());
        var protocol = custom ? null : request.Enumeration("Protocol", "TCP", "UDP");
        var affinity = custom ? null : request.OptionalEnumeration("ClientAffinity", "NONE", "SOURCE_IP") ?? "NONE";
        if (store.CreatedBefore(_family, request) is { } arn)
            return Answer(store.Listener(arn, custom));

        Check(accelerator, ranges, protocol);
        var listener = new ListenerRecord
        {
            Sequence = store.NextSequence(),
            Arn = $"{accelerator.Arn}/listener/{store.NewId(8)}",
            Accelerator = accelerator,
            PortRanges = ranges,
            Protocol = protocol,
            ClientAffinity = affinity,
        };
        accelerator.Listeners.Add(listener);
        store.Changed(accelerator);
        store.RememberCreation(_family, request, listener.Arn);
        return Answer(listener);
    }

    public JsonObject Describe(RequestReader request) => Answer(Find(request));

    public JsonObject List(RequestReader request)
    {
        var accelerator = store.Accelerator(request.String("AcceleratorArn"), custom);
        var page = PageToken.Take(request, accelerator.Arn, accelerator.Listeners, l => l.Sequence, 100, out var next);
        return AcceleratorOperations.Paged("Listeners", page.Select(l => l.ToJson()), next);
    }

    public JsonObject Delete(RequestReader request)
    {
        var listener = Find(request);
        if (listener.EndpointGroups.Count > 0)
            throw new GlobalAcceleratorException("AssociatedEndpointGroupFoundException", "The listener has endpoint groups; delete them first.");

        listener.Accelerator.Listeners.Remove(listener);
        store.Changed(listener.Accelerator);
        store.ForgetCreation(listener.Arn);
        return [];
    }

    private void Check(AcceleratorRecord accelerator, List<PortInterval> ranges, string? protocol)
    {
        var quotas = store.Options.Quotas;
        if (accelerator.Listeners.Count >= quotas.ListenersMax)
            throw GlobalAcceleratorException.LimitExceeded($"The accelerator has {quotas.ListenersMax} listeners already.");
        if (ranges.Count > quotas.PortRangesMax)
            throw GlobalAcceleratorException.LimitExceeded($"PortRanges has {ranges.Count} ranges; a listener may have {quotas.PortRangesMax}.");

        foreach (var range in ranges)
        {
            if (custom && range.Count < quotas.CustomRoutingPortsMin)
            {
                throw GlobalAcceleratorException.InvalidPortRange(
                    $"Range {range} has {range.Count} ports; custom routing needs at least {quotas.CustomRoutingPortsMin}.");
            }

            if (ranges.Count(range.Overlaps) > 1)
                throw GlobalAcceleratorException.InvalidPortRange($"Range {range} overlaps another range of the request.");
            if (accelerator.Listeners.Exists(l => l.Protocol == protocol && l.PortRanges.Any(range.Overlaps)))
                throw GlobalAcceleratorException.InvalidPortRange($"Range {range} overlaps a range of another listener of the accelerator.");
        }
    }

    private ListenerRecord Find(RequestReader request) => store.Listener(request.String("ListenerArn"), custom);

    private static JsonObject Answer(ListenerRecord listener) => new() { ["Listener"] = listener.ToJson() };
}
