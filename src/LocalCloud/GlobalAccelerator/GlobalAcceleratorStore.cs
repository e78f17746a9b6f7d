using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>Everything that the account has, found by its ARN. Not thread safe: the service lets one operation in at a time.</summary>
internal sealed class GlobalAcceleratorStore(GlobalAcceleratorOptions options, TimeProvider timeProvider)
{
    private readonly Random _ids = new(options.Seed);
    private readonly Dictionary<(string Operation, string Token), (JsonObject Request, string Arn)> _created = [];
    private long _sequence;

    public GlobalAcceleratorOptions Options { get; } = options;

    public List<AcceleratorRecord> Accelerators { get; } = [];

    public Dictionary<string, SubnetRecord> Subnets { get; } = new(StringComparer.Ordinal);

    /// <summary>Endpoints of standard accelerators that fail their health checks, with the reason.</summary>
    public Dictionary<string, string> UnhealthyEndpoints { get; } = new(StringComparer.Ordinal);

    public DateTimeOffset Now => timeProvider.GetUtcNow();

    public AcceleratorRecord Accelerator(string arn, bool? custom) =>
        Accelerators.Find(a => a.Arn == arn && (custom is null || a.IsCustomRouting == custom)) ?? throw NotFound("Accelerator", arn, "accelerator");

    public ListenerRecord Listener(string arn, bool custom) =>
        Accelerators.Where(a => a.IsCustomRouting == custom).SelectMany(a => a.Listeners).FirstOrDefault(l => l.Arn == arn)
        ?? throw NotFound("Listener", arn, "listener");

    public T Group<T>(string arn)
        where T : EndpointGroupRecord =>
        Groups<T>().FirstOrDefault(g => g.Arn == arn) ?? throw NotFound("EndpointGroup", arn, "endpoint-group");

    public IEnumerable<T> Groups<T>() =>
        Accelerators.SelectMany(a => a.Listeners).SelectMany(l => l.EndpointGroups).OfType<T>();

    public long NextSequence() => ++_sequence;

    public string NewAcceleratorArn()
    {
        var bytes = new byte[16];
        _ids.NextBytes(bytes);
        return $"arn:aws:globalaccelerator::{Options.AccountId}:accelerator/{new Guid(bytes)}";
    }

    public string NewId(int hexDigits)
    {
        var bytes = new byte[hexDigits / 2];
        _ids.NextBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Marks an accelerator as changed: it is IN_PROGRESS for the deployment time.</summary>
    public void Changed(AcceleratorRecord accelerator)
    {
        accelerator.LastModifiedTime = Now;
        accelerator.DeployedAt = Now + Options.DeploymentTime;
    }

    public void MustBeDeployed(AcceleratorRecord accelerator)
    {
        if (accelerator.IsInProgress(Now))
            throw new GlobalAcceleratorException("TransactionInProgressException", $"{accelerator.Arn} is IN_PROGRESS; try again when it is DEPLOYED.");
    }

    /// <summary>What an earlier request with the same idempotency token created, or null when there was none.</summary>
    /// <exception cref="GlobalAcceleratorException">The token was used for another request.</exception>
    public string? CreatedBefore(string operation, RequestReader request)
    {
        if (!_created.TryGetValue((operation, request.String("IdempotencyToken")), out var earlier))
            return null;
        return JsonNode.DeepEquals(earlier.Request, request.Members)
            ? earlier.Arn
            : throw GlobalAcceleratorException.InvalidArgument("IdempotencyToken was used for a request with other values.");
    }

    public void RememberCreation(string operation, RequestReader request, string arn) =>
        _created[(operation, request.String("IdempotencyToken"))] = ((JsonObject)request.Members.DeepClone(), arn);

    /// <summary>Forgets the tokens of what is gone, so that they are bounded by what exists.</summary>
    public void ForgetCreation(string arn)
    {
        foreach (var (key, value) in _created)
        {
            if (value.Arn == arn)
                _created.Remove(key);
        }
    }

    private static GlobalAcceleratorException NotFound(string kind, string arn, string resource) =>
        arn.StartsWith("arn:aws:globalaccelerator:", StringComparison.Ordinal) && arn.Contains(resource, StringComparison.Ordinal)
            ? GlobalAcceleratorException.NotFound(kind, arn)
            : GlobalAcceleratorException.InvalidArgument($"'{arn}' is not the ARN of {(resource == "listener" ? "a" : "an")} {resource}.");
}
