using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.Matchmaker.Allocator.Protocol;
using FleetSystem.Matchmaker.Api;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Allocator;

/// <summary>What a caller says beside the message itself, in headers or metadata that agones-allocator does not know.</summary>
/// <param name="Caller">Subject of the client's certificate, or empty: keys of different callers never meet.</param>
/// <param name="Key">The idempotency key, or null.</param>
/// <param name="Region">The region asked for, or null.</param>
/// <param name="Zone">The zone preferred, or null.</param>
/// <param name="Deadline">Until when the caller waits, or null.</param>
internal sealed record AllocationHints(string Caller, string? Key, string? Region, string? Zone, DateTimeOffset? Deadline)
{
    /// <summary>Header or metadata entry with the idempotency key.</summary>
    public const string KeyEntry = "idempotency-key";

    /// <summary>Header or metadata entry with the region.</summary>
    public const string RegionEntry = "fleetsystem-region";

    /// <summary>Header or metadata entry with the zone.</summary>
    public const string ZoneEntry = "fleetsystem-zone";
}

/// <summary>What came of a request: an answer with where it was served, or why not.</summary>
/// <param name="Response">The answer.</param>
/// <param name="Fault">Why not.</param>
/// <param name="Notes">Entries for the answer's headers.</param>
internal sealed record AllocationReply(AllocationResponse? Response, AllocatorFault? Fault, IReadOnlyList<(string Name, string Value)> Notes)
{
    public static AllocationReply Failed(AllocatorFault fault) => new(null, fault, []);
}

/// <summary>Allocates for directors who speak Agones' own protocol, over gRPC or REST.</summary>
internal sealed partial class AllocatorOperations(
    IGrainFactory grains, IOptions<FleetSystemOptions> system, IOptions<MatchmakerOptions> options, TimeProvider time, ILogger<AllocatorOperations> log)
{
    // agones-allocator's words: clients may look for them.
    private const string NoServer = "there is no available GameServer to allocate";
    private const string Contention = "too many concurrent requests have overwhelmed the system";
    private static readonly TimeSpan FindPause = TimeSpan.FromMilliseconds(100);

    private AllocatorOptions Options => options.Value.Allocator;

    /// <summary>Allocates a server, or finds the one that the same key and request allocated.</summary>
    public async Task<AllocationReply> AllocateAsync(AllocationRequest request, AllocationHints hints, CancellationToken cancellationToken)
    {
        var (order, faults) = AllocationMessages.Read(request);
        faults = [.. CheckHints(hints), .. faults];
        if (order is null || faults.Count > 0) return AllocationReply.Failed(AllocatorFault.Invalid(faults));

        var latest = time.GetUtcNow() + Options.Timeout;
        var claim = new DirectorClaim
        {
            Namespace = request.Namespace,
            Order = order,
            Tag = hints.Key is { } key ? AllocationTags.FromKey(hints.Caller, key) : AllocationTags.OneOff(),
            Fingerprint = AllocationFingerprint.Of(request.Namespace, order),
            Repeatable = hints.Key is not null,
            Deadline = hints.Deadline < latest ? hints.Deadline.Value : latest,
        };
        var regions = Regions(hints);
        if (claim.Repeatable && await FindAsync(system.Value.Regions.Select(region => region.Id), claim.Tag) is { Claimed: { } earlier } found)
        {
            return earlier.Status!.Annotations.GetValueOrDefault(AllocationTags.KeyOf(claim.Tag), claim.Fingerprint) == claim.Fingerprint
                ? Served(earlier, found.Region, regions, hints, repeated: true)
                : AllocationReply.Failed(new(StatusCode.AlreadyExists, $"the {AllocationHints.KeyEntry} was used with another request; use a new key for a new game server"));
        }

        return await ClaimAsync(claim, regions, hints, cancellationToken);
    }

    private async Task<AllocationReply> ClaimAsync(DirectorClaim claim, IReadOnlyList<string> regions, AllocationHints hints, CancellationToken cancellationToken)
    {
        DirectorOutcome? worst = null;
        foreach (var region in regions)
        {
            // Somebody who has left needs no server. What is under way goes on: its outcome must become known.
            cancellationToken.ThrowIfCancellationRequested();
            var outcome = await AskAsync(region, claim with { PreferredZone = ZoneIn(region, hints.Zone) });
            if (outcome.Result == DirectorResult.Claimed) return Served(outcome, region, regions, hints, repeated: false);
            if (outcome.Result == DirectorResult.Unknown) return AllocationReply.Failed(Unknown(claim, outcome));
            if (worst is null || Weight(outcome.Result) > Weight(worst.Result)) worst = outcome;
        }

        return AllocationReply.Failed(FaultOf(worst!));
    }

    private async Task<DirectorOutcome> AskAsync(string region, DirectorClaim claim)
    {
        try
        {
            return await grains.Reach<IAllocatorGrain>(region).Allocate(claim);
        }
        catch (Exception fault)
        {
            // A silo died or a call timed out on the way: the server may have been claimed all the same.
            LogAskFailed(log, claim.Tag, region, fault);
            while (true)
            {
                if (await FindAsync([region], claim.Tag) is { Claimed: { } found }) return found;
                if (time.GetUtcNow() + FindPause >= claim.Deadline) return DirectorOutcome.Without(DirectorResult.Unknown, "", $"region {region} did not answer");
                await Task.Delay(FindPause, time, CancellationToken.None);
            }
        }
    }

    /// <summary>The server that carries a tag, in any of some regions; a region that cannot be asked is passed over.</summary>
    private async Task<(DirectorOutcome? Claimed, string Region)> FindAsync(IEnumerable<string> regions, string tag)
    {
        var finds = await Task.WhenAll(regions.Select(async region =>
        {
            try
            {
                return (await grains.Reach<IAllocatorGrain>(region).Find(tag), region);
            }
            catch (Exception fault)
            {
                LogFindFailed(log, tag, region, fault);
                return (DirectorOutcome.Without(DirectorResult.Unknown, "", fault.Message), region);
            }
        }));
        var (outcome, where) = finds.FirstOrDefault(find => find.Item1.Result == DirectorResult.Claimed);
        return (outcome, where ?? "");
    }

    private List<FieldFault> CheckHints(AllocationHints hints)
    {
        var faults = new List<FieldFault>();
        var regions = system.Value.Regions;
        if (hints.Key is { } key && !SessionOperations.IsKey(key))
            faults.Add(new FieldFault(AllocationHints.KeyEntry, $"is malformed; it must be 1 to {ApiFault.MaxKeyLength} printable ASCII characters without spaces"));
        if (hints.Region is { } asked && regions.All(region => region.Id != asked))
            faults.Add(new FieldFault(AllocationHints.RegionEntry, $"is '{asked}'; it must be one of {string.Join(", ", regions.Select(region => region.Id))}"));
        var zones = regions.Where(region => hints.Region is null || region.Id == hints.Region).SelectMany(region => region.Zones).ToList();
        if (hints.Zone is { } zone && zones.Count > 0 && !zones.Contains(zone))
            faults.Add(new FieldFault(AllocationHints.ZoneEntry, $"is '{zone}'; it must be one of {string.Join(", ", zones)}"));
        return faults;
    }

    /// <summary>Where to try, first choice first: the region asked for alone, else that of the zone, then those of the configuration.</summary>
    private IReadOnlyList<string> Regions(AllocationHints hints)
    {
        if (hints.Region is { } asked) return [asked];
        IEnumerable<string> configured = Options.Regions.Count > 0 ? Options.Regions : system.Value.Regions.Select(region => region.Id);
        var home = system.Value.Regions.FirstOrDefault(region => hints.Zone is { } zone && region.Zones.Contains(zone))?.Id;
        return [.. (home is null ? configured : configured.Prepend(home)).Distinct()];
    }

    private string? ZoneIn(string region, string? zone) =>
        zone is not null && system.Value.Regions.Any(candidate => candidate.Id == region && candidate.Zones.Contains(zone)) ? zone : null;

    private static AllocationReply Served(DirectorOutcome outcome, string region, IReadOnlyList<string> regions, AllocationHints hints, bool repeated)
    {
        var preference = region != regions[0] ? "3" : hints.Zone is { } zone && zone != outcome.Zone ? "2" : "1";
        List<(string, string)> notes = [("fleetsystem-region", region), ("fleetsystem-preference-served", preference)];
        if (outcome.Zone.Length > 0) notes.Add(("fleetsystem-zone", outcome.Zone));
        if (repeated) notes.Add(("fleetsystem-repeated", "true"));
        return new(AllocationMessages.Of(outcome), null, notes);
    }

    private AllocatorFault FaultOf(DirectorOutcome outcome) => outcome.Result switch
    {
        DirectorResult.Contention => new(StatusCode.Aborted, Contention),
        DirectorResult.NoServer => new(AllocatorStatus.FromHttp(Options.UnallocatedStatus)!.Value, outcome.Cluster.Length > 0 ? NoServer : $"{NoServer}: {outcome.Reason}"),
        DirectorResult.Refused => new(StatusCode.Internal, $"the request was refused, nothing was allocated: cluster {outcome.Cluster}: {outcome.Reason}"),
        _ => new(StatusCode.Unavailable, $"no cluster could be asked, nothing was allocated: {outcome.Reason}"),
    };

    private static AllocatorFault Unknown(DirectorClaim claim, DirectorOutcome outcome) => new(
        StatusCode.DeadlineExceeded,
        claim.Repeatable
            ? $"it is not known whether a game server was allocated ({outcome.Reason}); repeat the request with the same {AllocationHints.KeyEntry} to learn it"
            : $"it is not known whether a game server was allocated ({outcome.Reason}); if so it is given back");

    private static int Weight(DirectorResult result) => result switch
    {
        DirectorResult.Contention => 3,
        DirectorResult.NoServer => 2,
        DirectorResult.Unavailable => 1,
        _ => 0,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The allocation with tag {AllocationTag} got no answer from region {RegionId}; its tag is looked for")]
    private static partial void LogAskFailed(ILogger logger, string allocationTag, string regionId, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Region {RegionId} could not be asked for the allocation with tag {AllocationTag}")]
    private static partial void LogFindFailed(ILogger logger, string allocationTag, string regionId, Exception fault);
}
