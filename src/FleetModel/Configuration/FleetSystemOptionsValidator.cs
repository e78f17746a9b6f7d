using System.Net;
using System.Text.RegularExpressions;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Routing;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetModel.Configuration;

/// <summary>Checks a cell's configuration as a whole, and tells every fault at once with its key.</summary>
public sealed partial class FleetSystemOptionsValidator : IValidateOptions<FleetSystemOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, FleetSystemOptions options)
    {
        var faults = new FaultList(FleetSystemOptions.Section);
        faults.Check(options.Cell.Length > 0, "Cell", "is empty: name this cell");
        CheckRegions(options, faults);
        CheckClusters(options, faults);
        CheckFleets(options, faults);
        CheckQueues(options, faults);
        return faults.ToResult();
    }

    private static void CheckRegions(FleetSystemOptions options, FaultList faults)
    {
        faults.Check(options.Regions.Count > 0, "Regions", "is empty: name at least one region");
        CheckIds(options.Regions.Select(region => region.Id), "Regions", faults);
        var zones = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < options.Regions.Count; i++)
        {
            var region = options.Regions[i];
            faults.Check(region.Zones.Count > 0, $"Regions:{i}:Zones", "is empty: name the region's zones");
            for (var z = 0; z < region.Zones.Count; z++)
            {
                if (!Name().IsMatch(region.Zones[z])) faults.Add($"Regions:{i}:Zones:{z}", $"is '{region.Zones[z]}': use a zone's name as its nodes' label has it");
                else faults.Check(zones.Add(region.Zones[z]), $"Regions:{i}:Zones:{z}", $"names zone '{region.Zones[z]}' a second time: a zone belongs to one region, once");
            }

            if (region.Accelerator is { } accelerator)
            {
                if (accelerator.Arn.Length > 0 || (accelerator.Name is null && accelerator.Tags.Count == 0))
                    faults.Check(accelerator.Arn.StartsWith("arn:", StringComparison.Ordinal), $"Regions:{i}:Accelerator:Arn", $"is '{accelerator.Arn}', not an ARN: give the custom routing accelerator's, or leave it out and give its Name or Tags");
                else if (accelerator.Name is not null)
                    faults.Check(accelerator.Name.Length is > 0 and <= 255, $"Regions:{i}:Accelerator:Name", $"has {accelerator.Name.Length} characters: 1 to 255 are possible");
                faults.Check(accelerator.Tags.Count <= AcceleratorOptions.MaxTags, $"Regions:{i}:Accelerator:Tags", $"has {accelerator.Tags.Count} tags: {AcceleratorOptions.MaxTags} are possible");
                foreach (var (tag, value) in accelerator.Tags)
                    faults.Check(tag.Length is >= 1 and <= 128 && value.Length <= 256, $"Regions:{i}:Accelerator:Tags:{tag}", "is too long: a tag's key has 1 to 128 characters, its value up to 256");
                faults.Check(Enum.IsDefined(accelerator.Traffic), $"Regions:{i}:Accelerator:Traffic", $"is {accelerator.Traffic}: {string.Join(", ", Enum.GetNames<AcceleratorTraffic>())} are possible");
                CustomRoutingPlanReader.Read(accelerator, faults, $"Regions:{i}:Accelerator")?.Check(faults, $"Regions:{i}:Accelerator");
            }

            if (region.StandardAccelerator is { } standard) CheckStandardAccelerator(standard, $"Regions:{i}:StandardAccelerator", faults);
            if (region.NetworkLoadBalancer is { } balancer)
            {
                faults.Check(balancer.Address.Length > 0, $"Regions:{i}:NetworkLoadBalancer:Address", "is empty: give the NLB's DNS name or address");
                CheckPort(balancer.Port, $"Regions:{i}:NetworkLoadBalancer:Port", faults);
            }

            if (region.Echo is { } echo)
            {
                faults.Check(IPAddress.TryParse(echo.Address, out _), $"Regions:{i}:Echo:Address", $"is '{echo.Address}', not an IP address");
                CheckPort(echo.Port, $"Regions:{i}:Echo:Port", faults);
                for (var p = 0; p < echo.Protocols.Count; p++)
                    faults.Check(Enum.IsDefined(echo.Protocols[p]), $"Regions:{i}:Echo:Protocols:{p}", $"is {echo.Protocols[p]}: {string.Join(", ", Enum.GetNames<GameProtocol>())} are possible");
                faults.Check(echo.Protocols.Distinct().Count() == echo.Protocols.Count, $"Regions:{i}:Echo:Protocols", "names a protocol twice");
                if (echo.RoutingToken is { } token)
                    faults.Check(IsToken(token), $"Regions:{i}:Echo:RoutingToken", $"is not base64 of {RoutingToken.Bytes} bytes");
            }
        }
    }

    private static void CheckStandardAccelerator(StandardAcceleratorOptions standard, string key, FaultList faults)
    {
        foreach (var (name, arn) in new[] { ("Arn", standard.Arn), ("ListenerArn", standard.ListenerArn), ("EndpointGroupArn", standard.EndpointGroupArn) })
            faults.Check(arn is null || arn.StartsWith("arn:", StringComparison.Ordinal), $"{key}:{name}", $"is '{arn}', not an ARN");
        faults.Check(standard.Endpoints.Count <= StandardAcceleratorOptions.MaxEndpoints, $"{key}:Endpoints", $"names {standard.Endpoints.Count} endpoints: a group has at most {StandardAcceleratorOptions.MaxEndpoints}");
        for (var e = 0; e < standard.Endpoints.Count; e++)
        {
            var (id, weight) = (standard.Endpoints[e].EndpointId, standard.Endpoints[e].Weight);
            faults.Check(id.Length is > 0 and <= 255, $"{key}:Endpoints:{e}:EndpointId", $"has {id.Length} characters: give an ARN, an allocation id or an instance id of up to 255");
            faults.Check(standard.Endpoints.Take(e).All(other => other.EndpointId != id), $"{key}:Endpoints:{e}:EndpointId", $"names '{id}' a second time");
            faults.Check(weight is >= 0 and <= 255, $"{key}:Endpoints:{e}:Weight", $"is {weight}: 0 to 255 is possible");
        }
    }

    private static void CheckClusters(FleetSystemOptions options, FaultList faults)
    {
        faults.Check(options.Clusters.Count > 0, "Clusters", "is empty: name at least one cluster");
        CheckIds(options.Clusters.Select(cluster => cluster.Id), "Clusters", faults);
        for (var i = 0; i < options.Clusters.Count; i++)
        {
            var cluster = options.Clusters[i];
            faults.Check(options.Regions.Any(region => region.Id == cluster.Region), $"Clusters:{i}:Region", $"is '{cluster.Region}', which is no region of this configuration");
            faults.Check(cluster.KubeConfig is null || File.Exists(cluster.KubeConfig), $"Clusters:{i}:KubeConfig", $"is '{cluster.KubeConfig}', a file that does not exist");
            faults.Check(Name().IsMatch(cluster.Namespace), $"Clusters:{i}:Namespace", $"is '{cluster.Namespace}', not a Kubernetes name");
            faults.Check(cluster.Weight is >= 0 and <= 1000, $"Clusters:{i}:Weight", $"is {cluster.Weight}: 0 to 1000 is possible");
        }

        foreach (var region in options.Regions.Where(region => !options.Clusters.Any(cluster => cluster.Region == region.Id)))
            faults.Add("Clusters", $"has no cluster in region '{region.Id}': add one, or take the region out");
    }

    private static void CheckFleets(FleetSystemOptions options, FaultList faults)
    {
        faults.Check(options.Fleets.Count > 0, "Fleets", "is empty: name at least one fleet");
        CheckIds(options.Fleets.Select(fleet => fleet.Id), "Fleets", faults);
        for (var i = 0; i < options.Fleets.Count; i++)
        {
            var fleet = options.Fleets[i];
            for (var r = 0; r < fleet.Regions.Count; r++)
                faults.Check(options.Regions.Any(region => region.Id == fleet.Regions[r]), $"Fleets:{i}:Regions:{r}", $"is '{fleet.Regions[r]}', which is no region of this configuration");
            for (var a = 0; a < fleet.AgonesFleets.Count; a++)
                faults.Check(Name().IsMatch(fleet.AgonesFleets[a]), $"Fleets:{i}:AgonesFleets:{a}", $"is '{fleet.AgonesFleets[a]}', not a Kubernetes name");
            for (var r = 0; r < fleet.Routes.Count; r++)
                faults.Check(Enum.IsDefined(fleet.Routes[r]), $"Fleets:{i}:Routes:{r}", $"is {fleet.Routes[r]}: {string.Join(", ", Enum.GetNames<RouteKind>())} are possible");
            faults.Check(fleet.Routes.Distinct().Count() == fleet.Routes.Count, $"Fleets:{i}:Routes", "names a route twice");
            CheckPacking(options, i, faults);
            faults.Check(
                fleet.Protocol != GameProtocol.Tcp || !fleet.Routes.Contains(RouteKind.NetworkLoadBalancer), $"Fleets:{i}:Routes",
                $"names {RouteKind.NetworkLoadBalancer}, whose proxy carries datagrams only: a TCP fleet has {RouteKind.Accelerator} and {RouteKind.Direct}");
            faults.Check(Enum.IsDefined(fleet.Protocol), $"Fleets:{i}:Protocol", $"is {fleet.Protocol}: {string.Join(", ", Enum.GetNames<GameProtocol>())} are possible");
            CheckRange(fleet.SessionLifetime, TimeSpan.FromMinutes(1), TimeSpan.FromHours(24), $"Fleets:{i}:SessionLifetime", faults);
            CheckRange(fleet.AllocationDeadline, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), $"Fleets:{i}:AllocationDeadline", faults);
            CheckRange(fleet.PlayableDeadline, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), $"Fleets:{i}:PlayableDeadline", faults);
            faults.Check(Enum.IsDefined(fleet.ZonePolicy), $"Fleets:{i}:ZonePolicy", $"is {fleet.ZonePolicy}: {string.Join(", ", Enum.GetNames<ZonePolicy>())} are possible");
            faults.Check(fleet.MaxZoneShare is > 0 and <= 1, $"Fleets:{i}:MaxZoneShare", $"is {fleet.MaxZoneShare}: more than 0 and at most 1 is possible");
            faults.Check(fleet.ExpectedTransferGigabytes is >= 0 and <= 10_000, $"Fleets:{i}:ExpectedTransferGigabytes", $"is {fleet.ExpectedTransferGigabytes}: 0 to 10000 is possible");
            faults.Check(fleet.MaxPlayers is >= 1 and <= 1000, $"Fleets:{i}:MaxPlayers", $"is {fleet.MaxPlayers}: 1 to 1000 is possible");
            faults.Check(fleet.Autoscaler.BufferSize is >= 0 and <= 10_000, $"Fleets:{i}:Autoscaler:BufferSize", $"is {fleet.Autoscaler.BufferSize}: 0 to 10000 is possible");
            faults.Check(fleet.Autoscaler.MinReplicas is >= 0 and <= 100_000, $"Fleets:{i}:Autoscaler:MinReplicas", $"is {fleet.Autoscaler.MinReplicas}: 0 to 100000 is possible");
            faults.Check(fleet.Autoscaler.MaxReplicas is >= 1 and <= 100_000 && fleet.Autoscaler.MaxReplicas >= fleet.Autoscaler.MinReplicas, $"Fleets:{i}:Autoscaler:MaxReplicas", $"is {fleet.Autoscaler.MaxReplicas}: 1 to 100000 is possible, and not less than MinReplicas, {fleet.Autoscaler.MinReplicas}");
            faults.Check(fleet.MaxWaiting is >= 0 and <= 100_000, $"Fleets:{i}:MaxWaiting", $"is {fleet.MaxWaiting}: 0 to 100000 is possible");
            faults.Check(fleet.MaxLatencyMilliseconds is >= 1 and <= 60_000, $"Fleets:{i}:MaxLatencyMilliseconds", $"is {fleet.MaxLatencyMilliseconds}: 1 to 60000 is possible");
        }
    }

    private static void CheckPacking(FleetSystemOptions options, int index, FaultList faults)
    {
        var fleet = options.Fleets[index];
        faults.Check(Enum.IsDefined(fleet.Scheduling), $"Fleets:{index}:Scheduling", $"is {fleet.Scheduling}: {string.Join(", ", Enum.GetNames<SchedulingStrategy>())} are possible");
        foreach (var other in options.Fleets.Take(index).Where(other => !Equals(other.Packing?.Place, fleet.Packing?.Place)))
        {
            foreach (var shared in other.NamesInAgones.Intersect(fleet.NamesInAgones))
                faults.Add($"Fleets:{index}:Packing", $"differs from that of fleet '{other.Id}', and both have Agones Fleet '{shared}': its servers can host sessions in one way only");
        }

        if (fleet.Packing is not { } packing) return;
        if (packing.Counter is null == packing.List is null)
            faults.Add($"Fleets:{index}:Packing", "takes either a Counter or a List: name the one whose capacity is the number of sessions a server");
        else
            faults.Check(Name().IsMatch(packing.Place.Name), $"Fleets:{index}:Packing:{packing.Place.Type}", $"is '{packing.Place.Name}': use up to 63 lower-case letters, digits and dashes, as the fleet's template has it");
        faults.Check(Enum.IsDefined(packing.WhenEmpty), $"Fleets:{index}:Packing:WhenEmpty", $"is {packing.WhenEmpty}: {string.Join(", ", Enum.GetNames<EmptyServerPolicy>())} are possible");
    }

    private static void CheckQueues(FleetSystemOptions options, FaultList faults)
    {
        CheckIds(options.Queues.Select(queue => queue.Id), "Queues", faults);
        for (var i = 0; i < options.Queues.Count; i++)
        {
            var (queue, key) = (options.Queues[i], $"Queues:{i}");
            faults.Check(queue.RuleSetFile.Length > 0, $"{key}:RuleSetFile", "is empty: give the file of the queue's rule set");
            faults.Check(options.Fleets.Any(fleet => fleet.Id == queue.Fleet), $"{key}:Fleet", $"is '{queue.Fleet}', which is no fleet of this configuration");
            CheckRange(queue.TicketTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(12), $"{key}:TicketTimeout", faults);
            CheckRange(queue.AcceptanceTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), $"{key}:AcceptanceTimeout", faults);
            CheckRange(queue.PlacementTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), $"{key}:PlacementTimeout", faults);
            CheckRange(queue.PoolPatience, TimeSpan.Zero, TimeSpan.FromMinutes(10), $"{key}:PoolPatience", faults);
            CheckRange(queue.PassInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(10), $"{key}:PassInterval", faults);
            CheckRange(queue.ClosedTicketRetention, TimeSpan.FromSeconds(10), TimeSpan.FromHours(1), $"{key}:ClosedTicketRetention", faults);
            faults.Within(queue.MinPoolTickets, 0, 1_000_000, $"{key}:MinPoolTickets");
            faults.Within(queue.MaxTickets, 1, 2_000_000, $"{key}:MaxTickets");
            CheckDefined(queue.SecondTicket, $"{key}:SecondTicket", faults);
            CheckDefined(queue.Backfill, $"{key}:Backfill", faults);
            CheckDefined(queue.Pools, $"{key}:Pools", faults);
        }
    }

    private static void CheckDefined<T>(T value, string key, FaultList faults)
        where T : struct, Enum => faults.Check(Enum.IsDefined(value), key, $"is {value}: {string.Join(", ", Enum.GetNames<T>())} are possible");

    private static void CheckIds(IEnumerable<string> ids, string key, FaultList faults)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, id) in ids.Index())
        {
            // Ids become Kubernetes names and label values, and parts of grain keys.
            if (!Name().IsMatch(id)) faults.Add($"{key}:{index}:Id", $"is '{id}': use up to 63 lower-case letters, digits and dashes, beginning and ending with a letter or digit");
            else faults.Check(seen.Add(id), $"{key}:{index}:Id", $"is '{id}', which is there already");
        }
    }

    private static void CheckPort(int port, string key, FaultList faults) =>
        faults.Check(port is >= 1 and <= ushort.MaxValue, key, $"is {port}: 1 to 65535 is possible");

    private static void CheckRange(TimeSpan value, TimeSpan least, TimeSpan most, string key, FaultList faults) =>
        faults.Check(value >= least && value <= most, key, $"is {value}: {least} to {most} is possible");

    private static bool IsToken(string token)
    {
        Span<byte> bytes = stackalloc byte[RoutingToken.Bytes];
        return token.Length <= RoutingToken.Bytes * 2 && Convert.TryFromBase64String(token, bytes, out var written) && written == RoutingToken.Bytes;
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\z")]
    private static partial Regex Name();
}
