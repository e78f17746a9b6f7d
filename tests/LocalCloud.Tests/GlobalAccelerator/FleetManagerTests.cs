using System.Net;
using FleetSystem.FleetManager;
using FleetSystem.FleetManager.Regions;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.LocalCloud.Tests.GlobalAccelerator;

/// <summary>The FleetManager's way to the API, against the local one.</summary>
public sealed class FleetManagerTests
{
    private const string Region = "ap-northeast-2";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SetTraffic_DialAndWeights_FoundByRegionChangedAndTheRestKept()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var accelerator = await CreateAsync(local);
        var plane = Plane();

        var before = await plane.GetTrafficAsync(accelerator, Region, Stop);
        Assert.Equal((true, 100.0), (before.IsDeployed, before.DialPercent));
        Assert.Equal([new("nlb-a", 128, true), new GroupEndpoint("nlb-b", 10, false)], before.Endpoints);
        await plane.SetTrafficAsync(accelerator, before.Arn, TrafficPlanner.Next(new WantedTraffic(33.3, new Dictionary<string, int> { ["nlb-b"] = 0 }), before)!, Stop);

        var after = await plane.GetTrafficAsync(accelerator, Region, Stop);
        Assert.Null(TrafficPlanner.Next(new WantedTraffic(33.3, new Dictionary<string, int>()), after));
        Assert.Equal([new("nlb-a", 128, true), new GroupEndpoint("nlb-b", 0, false)], after.Endpoints);
        accelerator.EndpointGroupArn = before.Arn;
        Assert.Equal(after.Arn, (await plane.GetTrafficAsync(accelerator, "not looked at", Stop)).Arn);
    }

    [Fact]
    public async Task GetTraffic_InProgressOrNoGroupOrNoAccelerator_ToldAsSuch()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        await using var local = await LocalGlobalAccelerator.StartAsync(options => options.DeploymentTime = TimeSpan.FromMinutes(5), clock);
        var accelerator = await CreateAsync(local);
        Assert.False((await Plane().GetTrafficAsync(accelerator, Region, Stop)).IsDeployed);
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.True((await Plane().GetTrafficAsync(accelerator, Region, Stop)).IsDeployed);

        var noGroup = await Assert.ThrowsAsync<AcceleratorUnavailableException>(() => Plane().GetTrafficAsync(accelerator, "eu-west-1", Stop));
        Assert.Contains("no endpoint group in eu-west-1", noGroup.Message, StringComparison.Ordinal);
        accelerator.Arn += "x";
        var noAccelerator = await Assert.ThrowsAsync<AcceleratorUnavailableException>(() => Plane().GetTrafficAsync(accelerator, Region, Stop));
        Assert.False(noAccelerator.IsInProgress);
    }

    [Fact]
    public async Task Load_ByName_TheOnlyOneOfThatName()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        foreach (var (name, token) in new[] { ("one", "1"), ("two", "2"), ("two", "3") })
            await local.Client.CreateCustomRoutingAcceleratorAsync(new() { Name = name, Enabled = true, IdempotencyToken = token }, Stop);
        var mapping = (await Plane().LoadAsync(Named("one"), Stop)).Mapping;
        Assert.Equal([LocalGlobalAccelerator.Pair(1).First, LocalGlobalAccelerator.Pair(1).Second], mapping.Addresses.Select(IPAddress.Parse));
        Assert.Contains("2 custom", (await Assert.ThrowsAsync<AcceleratorUnavailableException>(() => Plane().LoadAsync(Named("two"), Stop))).Message, StringComparison.Ordinal);
        Assert.Contains("0 custom", (await Assert.ThrowsAsync<AcceleratorUnavailableException>(() => Plane().LoadAsync(Named("three"), Stop))).Message, StringComparison.Ordinal);

        AcceleratorOptions Named(string name) => new() { Name = name, ServiceUrl = new Uri(local.Url), CredentialsFile = Credentials() };
    }

    [Fact]
    public async Task Load_ByTags_TheOnlyOneThatBearsAllOfThem()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        foreach (var (cell, stage) in new[] { ("tokyo", "live"), ("seoul", "live"), ("seoul", "test") })
        {
            List<Amazon.GlobalAccelerator.Model.Tag> tags = [new() { Key = "cell", Value = cell }, new() { Key = "stage", Value = stage }];
            await local.Client.CreateCustomRoutingAcceleratorAsync(new() { Name = "games", Enabled = true, IdempotencyToken = cell + stage, Tags = tags }, Stop);
        }

        var mapping = (await Plane().LoadAsync(Tagged(("stage", "live"), ("cell", "seoul")), Stop)).Mapping;
        Assert.Equal([LocalGlobalAccelerator.Pair(2).First, LocalGlobalAccelerator.Pair(2).Second], mapping.Addresses.Select(IPAddress.Parse));
        Assert.Contains("2 custom", (await Assert.ThrowsAsync<AcceleratorUnavailableException>(() => Plane().LoadAsync(Tagged(("cell", "seoul")), Stop))).Message, StringComparison.Ordinal);
        var none = await Assert.ThrowsAsync<AcceleratorUnavailableException>(() => Plane().LoadAsync(Tagged(("cell", "Seoul")), Stop));
        Assert.Contains("0 custom routing accelerators of the account have the tags cell=Seoul", none.Message, StringComparison.Ordinal);

        AcceleratorOptions Tagged(params (string Key, string Value)[] tags) =>
            new() { Tags = tags.ToDictionary(tag => tag.Key, tag => tag.Value), ServiceUrl = new Uri(local.Url), CredentialsFile = Credentials() };
    }

    [Fact]
    public async Task SetServerTraffic_AllowedThenDenied_LoadedAsSuchWithTheSubnets()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var plan = await CustomRoutingPlan.CreateAsync(local, networks: ["127.20.0.0/28", "127.20.1.0/28"]);
        var accelerator = Accelerator(local, plan.AcceleratorArn);
        var (mapping, allowed) = await Plane().LoadAsync(accelerator, Stop);
        Assert.Equal((2 * 16 * 32, 2), (mapping.Count, mapping.Subnets.Count));
        Assert.Empty(allowed);

        Destination[] servers = [At("127.20.0.3", 7001), At("127.20.0.4", 7001), At("127.20.1.5", 7009)];
        var batches = TrafficBatch.Of(mapping, servers);
        Assert.Equal(["subnet-1", "subnet-2"], batches.Select(batch => batch.EndpointId));
        foreach (var batch in batches) await Plane().SetServerTrafficAsync(accelerator, batch, allow: true, Stop);
        Assert.Equal(servers.ToHashSet(), (await Plane().LoadAsync(accelerator, Stop)).Allowed.ToHashSet());

        // Doing it again changes nothing.
        await Plane().SetServerTrafficAsync(accelerator, batches[0], allow: false, Stop);
        await Plane().SetServerTrafficAsync(accelerator, batches[0], allow: false, Stop);
        Assert.Equal([servers[2]], (await Plane().LoadAsync(accelerator, Stop)).Allowed);
    }

    [Fact]
    public async Task SetServerTraffic_GroupOrSubnetThatIsNotThere_ARefusalAndNoOutage()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var plan = await CustomRoutingPlan.CreateAsync(local, networks: ["127.20.0.0/28"]);
        var accelerator = Accelerator(local, plan.AcceleratorArn);
        var batch = Assert.Single(TrafficBatch.Of((await Plane().LoadAsync(accelerator, Stop)).Mapping, [At("127.20.0.3", 7001)]));
        foreach (var gone in new[] { batch with { EndpointGroupArn = batch.EndpointGroupArn + "0" }, batch with { EndpointId = "subnet-9" } })
            Assert.True((await Assert.ThrowsAsync<AcceleratorUnavailableException>(() => Plane().SetServerTrafficAsync(accelerator, gone, allow: true, Stop))).IsRefusal);
        accelerator.ServiceUrl = new Uri("http://127.0.0.1:1/");
        Assert.False((await Assert.ThrowsAsync<AcceleratorUnavailableException>(() => Plane().SetServerTrafficAsync(accelerator, batch, allow: true, Stop))).IsRefusal);
    }

    [Fact]
    public async Task Load_AcceleratorThatIsNotThere_UnavailableNamesIt()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var plan = await CustomRoutingPlan.CreateAsync(local);
        var fault = await Assert.ThrowsAsync<AcceleratorUnavailableException>(() => Plane().LoadAsync(Accelerator(local, plan.AcceleratorArn + "0"), Stop));
        Assert.Contains(plan.AcceleratorArn + "0", fault.Message, StringComparison.Ordinal);
    }

    private static AcceleratorOptions Accelerator(LocalGlobalAccelerator local, string arn) => new() { Arn = arn, ServiceUrl = new Uri(local.Url), CredentialsFile = Credentials() };

    private static Destination At(string address, ushort port) => Destination.Of(IPAddress.Parse(address), port);

    private static AwsAcceleratorControlPlane Plane() => new(Options.Create(new FleetManagerOptions()), TimeProvider.System);

    private static async Task<StandardAcceleratorOptions> CreateAsync(LocalGlobalAccelerator local)
    {
        var arn = (await local.Client.CreateAcceleratorAsync(new() { Name = "api", Enabled = true, IdempotencyToken = "a" }, Stop)).Accelerator.AcceleratorArn;
        foreach (var port in new[] { 80, 443 })
        {
            var listener = await local.Client.CreateListenerAsync(
                new() { AcceleratorArn = arn, Protocol = Amazon.GlobalAccelerator.Protocol.TCP, PortRanges = [new() { FromPort = port, ToPort = port }], IdempotencyToken = $"l{port}" }, Stop);
            if (port == 80) continue;
            await local.Client.CreateEndpointGroupAsync(
                new()
                {
                    ListenerArn = listener.Listener.ListenerArn,
                    EndpointGroupRegion = Region,
                    EndpointConfigurations = [new() { EndpointId = "nlb-a", ClientIPPreservationEnabled = true }, new() { EndpointId = "nlb-b", Weight = 10 }],
                    IdempotencyToken = "g",
                },
                Stop);
        }

        return new StandardAcceleratorOptions { Arn = arn, ServiceUrl = new Uri(local.Url), CredentialsFile = Credentials() };
    }

    private static string Credentials()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("accelerator-").FullName, "credentials");
        File.WriteAllText(file, "local\nlocal-secret\n");
        return file;
    }
}
