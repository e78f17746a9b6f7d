using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>Create, describe, list, update and delete accelerators, of one family.</summary>
internal sealed class AcceleratorOperations(GlobalAcceleratorStore store, bool custom)
{
    private const int TagValueMax = 256;

    private readonly string _family = custom ? "CustomRoutingAccelerator" : "Accelerator";

    public JsonObject Create(RequestReader request)
    {
        var name = request.String("Name");
        var type = AddressType(request) ?? "IPV4";
        var enabled = request.OptionalBoolean("Enabled") ?? true;
        var tags = (request.OptionalStructures("Tags", 0, 200) ?? []).Select(TagOf).ToList();
        if (store.CreatedBefore(_family, request) is { } arn)
            return Answer(store.Accelerator(arn, custom));

        var max = custom ? store.Options.Quotas.CustomRoutingAcceleratorsMax : store.Options.Quotas.AcceleratorsMax;
        if (store.Accelerators.Count(a => a.IsCustomRouting == custom) >= max)
            throw GlobalAcceleratorException.LimitExceeded($"The account has {max} accelerators of this kind already.");

        var now = store.Now;
        var accelerator = new AcceleratorRecord
        {
            Sequence = store.NextSequence(),
            Arn = store.NewAcceleratorArn(),
            IsCustomRouting = custom,
            Addresses = TakeAddresses(request),
            Tags = tags,
            Name = name,
            Enabled = enabled,
            IpAddressType = type,
            CreatedTime = now,
            LastModifiedTime = now,
            DeployedAt = now + store.Options.DeploymentTime,
            FirstDeployedAt = now + store.Options.DeploymentTime,
        };
        store.Accelerators.Add(accelerator);
        store.RememberCreation(_family, request, accelerator.Arn);
        return Answer(accelerator);
    }

    public JsonObject Describe(RequestReader request) => Answer(Find(request));

    /// <summary>Of an accelerator of either family.</summary>
    public static JsonObject ListTags(GlobalAcceleratorStore store, RequestReader request)
    {
        var accelerator = store.Accelerator(request.String("ResourceArn"), custom: null);
        return new JsonObject { ["Tags"] = new JsonArray([.. accelerator.Tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]) };
    }

    public JsonObject List(RequestReader request)
    {
        var rows = store.Accelerators.Where(a => a.IsCustomRouting == custom);
        var page = PageToken.Take(request, _family, rows, a => a.Sequence, 100, out var next);
        return Paged("Accelerators", page.Select(a => a.ToJson(store.Now)), next);
    }

    public JsonObject Update(RequestReader request)
    {
        var accelerator = Find(request);
        var name = request.OptionalString("Name");
        var type = AddressType(request);
        var enabled = request.OptionalBoolean("Enabled");
        if (request.OptionalStrings("IpAddresses", 0, 2) is { Count: > 0 })
            throw GlobalAcceleratorException.InvalidArgument("The local cloud cannot change the addresses of an accelerator; create another one.");
        store.MustBeDeployed(accelerator);

        accelerator.Name = name ?? accelerator.Name;
        accelerator.IpAddressType = type ?? accelerator.IpAddressType;
        accelerator.Enabled = enabled ?? accelerator.Enabled;
        store.Changed(accelerator);
        return Answer(accelerator);
    }

    public JsonObject Delete(RequestReader request)
    {
        var accelerator = Find(request);
        if (accelerator.Enabled)
            throw new GlobalAcceleratorException("AcceleratorNotDisabledException", "The accelerator is enabled; disable it first.");
        if (accelerator.Listeners.Count > 0)
            throw new GlobalAcceleratorException("AssociatedListenerFoundException", "The accelerator has listeners; delete them first.");
        store.MustBeDeployed(accelerator);

        store.Accelerators.Remove(accelerator);
        store.ForgetCreation(accelerator.Arn);
        return [];
    }

    internal static JsonObject Paged(string member, IEnumerable<JsonObject> rows, string? next)
    {
        var json = new JsonObject { [member] = new JsonArray([.. rows]) };
        if (next is not null)
            json["NextToken"] = next;
        return json;
    }

    private static (string Key, string Value) TagOf(RequestReader tag)
    {
        var key = tag.String("Key", 128);
        return tag.Members["Value"] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length <= TagValueMax
            ? (key, text)
            : throw GlobalAcceleratorException.InvalidArgument($"A tag needs a Value of 0 to {TagValueMax} characters.");
    }

    private AcceleratorRecord Find(RequestReader request) => store.Accelerator(request.String("AcceleratorArn"), custom);

    private JsonObject Answer(AcceleratorRecord accelerator) => new() { ["Accelerator"] = accelerator.ToJson(store.Now) };

    private string? AddressType(RequestReader request)
    {
        var type = request.OptionalEnumeration("IpAddressType", "IPV4", "DUAL_STACK");
        return custom && type == "DUAL_STACK"
            ? throw GlobalAcceleratorException.InvalidArgument("IpAddressType is DUAL_STACK; custom routing accelerators know IPV4 only.")
            : type;
    }

    private StaticAddressPair TakeAddresses(RequestReader request)
    {
        var wanted = request.OptionalAddresses("IpAddresses", 2) ?? [];
        var free = store.Options.StaticAddresses.Where(pair => !store.Accelerators.Exists(a => ReferenceEquals(a.Addresses, pair)));
        var found = free.FirstOrDefault(pair => wanted.TrueForAll(address => address.Equals(pair.First) || address.Equals(pair.Second)));
        return found ?? throw (wanted.Count > 0
            ? GlobalAcceleratorException.InvalidArgument($"The account has no free address pair with {string.Join(" and ", wanted)}.")
            : GlobalAcceleratorException.LimitExceeded(
                $"No static addresses are left: {nameof(GlobalAcceleratorOptions.StaticAddresses)} names {store.Options.StaticAddresses.Count} pairs."));
    }
}
