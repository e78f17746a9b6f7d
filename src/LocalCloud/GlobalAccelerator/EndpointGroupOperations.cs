using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>What both families do with endpoint groups in the same way.</summary>
/// <typeparam name="T">The family's kind of group.</typeparam>
internal abstract partial class EndpointGroupOperations<T>(GlobalAcceleratorStore store, bool custom)
    where T : EndpointGroupRecord
{
    private readonly string _family = typeof(T).Name;

    protected GlobalAcceleratorStore Store { get; } = store;

    public JsonObject Create(RequestReader request)
    {
        var listener = Store.Listener(request.String("ListenerArn"), custom);
        var region = request.String("EndpointGroupRegion");
        if (!RegionName().IsMatch(region))
            throw GlobalAcceleratorException.InvalidArgument($"EndpointGroupRegion is '{region}'; it must be an AWS Region such as ap-northeast-2.");
        if (Store.CreatedBefore(_family, request) is { } arn)
            return Answer(Store.Group<T>(arn));
        if (listener.EndpointGroups.Exists(g => g.Region == region))
            throw new GlobalAcceleratorException("EndpointGroupAlreadyExistsException", $"The listener has an endpoint group for {region} already.");
        if (listener.EndpointGroups.Count >= Store.Options.Quotas.EndpointGroupsMax)
            throw GlobalAcceleratorException.LimitExceeded($"The listener has {Store.Options.Quotas.EndpointGroupsMax} endpoint groups already.");

        var group = Build(request, listener, region);
        listener.EndpointGroups.Add(group);
        Store.Changed(listener.Accelerator);
        Store.RememberCreation(_family, request, group.Arn);
        return Answer(group);
    }

    public JsonObject Describe(RequestReader request) => Answer(Find(request));

    public JsonObject List(RequestReader request)
    {
        var listener = Store.Listener(request.String("ListenerArn"), custom);
        var page = PageToken.Take(request, listener.Arn, listener.EndpointGroups, g => g.Sequence, 100, out var next);
        return AcceleratorOperations.Paged("EndpointGroups", page.Select(g => g.ToJson(Store.Now)), next);
    }

    public JsonObject Delete(RequestReader request)
    {
        var group = Find(request);
        group.Listener.EndpointGroups.Remove(group);
        Store.Changed(group.Listener.Accelerator);
        Store.ForgetCreation(group.Arn);
        return [];
    }

    protected abstract T Build(RequestReader request, ListenerRecord listener, string region);

    protected T Find(RequestReader request) => Store.Group<T>(request.String("EndpointGroupArn"));

    protected JsonObject Answer(T group) => new() { ["EndpointGroup"] = group.ToJson(Store.Now) };

    protected string NewArn(ListenerRecord listener) => $"{listener.Arn}/endpoint-group/{Store.NewId(12)}";

    [GeneratedRegex("^[a-z]{2,3}(-[a-z]+)+-[0-9]$")]
    private static partial Regex RegionName();
}
