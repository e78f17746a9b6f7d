using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.FleetManager.Ops;
using FleetSystem.FleetManager.Storage;
using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FleetSystem.FleetManager.Tests.Ops;

/// <summary>The operators' API over HTTP, with a silo of one region behind it.</summary>
public sealed class OpsApiTests(OpsApiTests.Fixture fixture) : IClassFixture<OpsApiTests.Fixture>
{
    [Fact]
    public async Task GetRegions_Running_ClustersWithTheirOrderCircuitAndServers()
    {
        var (status, body) = await fixture.Send(HttpMethod.Get, "/ops/v1/regions");
        Assert.Equal(HttpStatusCode.OK, status);
        var region = Assert.Single(body!["regions"]!.AsArray())!;
        Assert.Equal((fixture.Lane.Region, true), ((string)region["id"]!, (bool)region["available"]!));
        var green = region["clusters"]!.AsArray().Single(cluster => (string)cluster!["id"]! == fixture.Lane.Green.Id)!;
        Assert.Equal((1, 100), ((int)green["configuredPriority"]!, (int)green["configuredWeight"]!));
        Assert.Equal(("closed", true), ((string)green["circuit"]!["state"]!, (bool)green["synced"]!));
        Assert.Contains(region["fleets"]!.AsArray(), fleet => (string)fleet!["fleet"]! == "arena" && (int)fleet["ready"]! > 0);
    }

    [Fact]
    public async Task PutCluster_PriorityAndReason_AnsweredWithWhoAndWhyAndSeenAfterwards()
    {
        var (status, body) = await fixture.Put(fixture.Lane.Green.Id, """{"priority": 4, "reason": "maintenance"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((4, 1, "maintenance", "127.0.0.1"), ((int)body!["priority"]!, (int)body["configuredPriority"]!, (string)body["intent"]!["reason"]!, (string)body["intent"]!["by"]!));
        var (_, regions) = await fixture.Send(HttpMethod.Get, "/ops/v1/regions");
        Assert.Equal(4, (int)regions!["regions"]![0]!["clusters"]!.AsArray().Single(cluster => (string)cluster!["id"]! == fixture.Lane.Green.Id)!["priority"]!);
    }

    [Theory]
    [InlineData("""{"priority": 1}""", ErrorCodes.InvalidRequest, "$.reason")]
    [InlineData("""{"priority": 1, "reason": " "}""", ErrorCodes.InvalidRequest, "$.reason")]
    [InlineData("""{"reason": "why"}""", ErrorCodes.InvalidRequest, "$")]
    [InlineData("""{"priority": -1, "reason": "why"}""", ErrorCodes.InvalidRequest, "$.priority")]
    [InlineData("""{"weight": 1001, "reason": "why"}""", ErrorCodes.InvalidRequest, "$.weight")]
    [InlineData("""{"weight": "5", "reason": "why"}""", ErrorCodes.MalformedRequest, "$.weight")]
    [InlineData("""{"weigth": 5, "reason": "why"}""", ErrorCodes.MalformedRequest, "$.weigth")]
    [InlineData("null", ErrorCodes.MalformedRequest, "$")]
    [InlineData("{", ErrorCodes.MalformedRequest, "$")]
    [InlineData("", ErrorCodes.MalformedRequest, "$")]
    public async Task PutCluster_BadBody_ProblemWithCodeAndPathAndNothingChanged(string body, string code, string path)
    {
        var (status, problem) = await fixture.Put(fixture.Lane.Blue.Id, body);
        Assert.Equal((HttpStatusCode.BadRequest, code), (status, (string)problem!["code"]!));
        Assert.Equal("urn:fleetsystem:problem:" + code, (string)problem["type"]!);
        Assert.Equal(path, (string)problem["errors"]![0]!["path"]!);
        var (_, regions) = await fixture.Send(HttpMethod.Get, "/ops/v1/regions");
        Assert.Equal(100, (int)regions!["regions"]![0]!["clusters"]!.AsArray().Single(cluster => (string)cluster!["id"]! == fixture.Lane.Blue.Id)!["weight"]!);
    }

    [Theory]
    [InlineData("nowhere", "r0-blue", ErrorCodes.UnknownRegion)]
    [InlineData("r0", "red", ErrorCodes.UnknownCluster)]
    public async Task PutCluster_UnknownPlace_NotFoundWithTheNamesThatAreKnown(string region, string cluster, string code)
    {
        foreach (var (method, path) in new[] { (HttpMethod.Put, ""), (HttpMethod.Post, "/import-allocation-policies"), (HttpMethod.Post, "/reset") })
        {
            var (status, problem) = await fixture.Send(method, $"/ops/v1/regions/{region}/clusters/{cluster}{path}", """{"weight": 1, "reason": "why"}""");
            Assert.Equal((HttpStatusCode.NotFound, code), (status, (string)problem!["code"]!));
            Assert.Contains("r0", (string)problem["detail"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task PutCluster_BodyTooLarge_Refused()
    {
        var (status, problem) = await fixture.Put(fixture.Lane.Blue.Id, $$"""{"reason": "{{new string('x', OpsBody.MaxBytes)}}"}""");
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, ErrorCodes.RequestTooLarge), (status, (string)problem!["code"]!));
    }

    [Fact]
    public async Task ResetCluster_AfterAnotherWeight_TheConfigurationsAgainAndWhoWantedIt()
    {
        await fixture.Put(fixture.Lane.Green.Id, """{"priority": 9, "weight": 3, "reason": "a test"}""");
        var path = $"/ops/v1/regions/r0/clusters/{fixture.Lane.Green.Id}/reset";
        var (refused, problem) = await fixture.Send(HttpMethod.Post, path, "{}");
        Assert.Equal((HttpStatusCode.BadRequest, "$.reason"), (refused, (string)problem!["errors"]![0]!["path"]!));
        var (status, cluster) = await fixture.Send(HttpMethod.Post, path, """{"reason": "over"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((1, 100, "over"), ((int)cluster!["priority"]!, (int)cluster["weight"]!, (string)cluster["intent"]!["reason"]!));
    }

    [Fact]
    public async Task ImportPolicies_OneKnownOneUnknown_BothToldAndTheOrderAnswered()
    {
        fixture.Lane.Green.Policies = [new("to-green", 8, 100, fixture.Lane.Green.Id), new("to-red", 0, 100, "red")];
        var (status, body) = await fixture.Send(HttpMethod.Post, $"/ops/v1/regions/r0/clusters/{fixture.Lane.Green.Id}/import-allocation-policies", """{"reason": "moving in"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("to-green", 8), ((string)body!["imported"]![0]!["policy"]!, (int)body["imported"]![0]!["priority"]!));
        Assert.Equal("red", (string)body["skipped"]![0]!["clusterName"]!);
        Assert.Equal(8, (int)body["clusters"]!.AsArray().Single(cluster => (string)cluster!["id"]! == fixture.Lane.Green.Id)!["priority"]!);
    }

    [Fact]
    public async Task ImportPolicies_ClusterAway_Unavailable()
    {
        fixture.Lane.Blue.IsUnreachable = call => call == "list policies";
        var (status, problem) = await fixture.Send(HttpMethod.Post, $"/ops/v1/regions/r0/clusters/{fixture.Lane.Blue.Id}/import-allocation-policies", """{"reason": "moving in"}""");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable), (status, (string)problem!["code"]!));
    }

    [Theory]
    [InlineData("GET", "/ops/v1/nothing", HttpStatusCode.NotFound, "not-found")]
    [InlineData("DELETE", "/ops/v1/regions", HttpStatusCode.MethodNotAllowed, "method-not-allowed")]
    public async Task UnknownPathOrMethod_ProblemWithACode(string method, string path, HttpStatusCode status, string code)
    {
        var (answered, problem) = await fixture.Send(new HttpMethod(method), path);
        Assert.Equal((status, code), (answered, (string)problem!["code"]!));
    }

    [Fact]
    public async Task FleetAutoscale_SessionsWait_TheReviewIsAnsweredWithOneServerForEach()
    {
        foreach (var key in new[] { "k1", "k2", "k3" }) await fixture.Lane.Create(key, fixture.Lane.Request(fleet: "fragile", deadlineSeconds: 120));
        var (status, body) = await Autoscale("fragile", replicas: 2, allocated: 2);
        Assert.Equal(HttpStatusCode.OK, status);

        // Two clusters take sessions: the first takes two of the three. The buffer is two.
        Assert.Equal("2-2", (string)body!["request"]!["uid"]!);
        Assert.Equal(("2-2", true, 2 + 2 + 2), ((string)body["response"]!["uid"]!, (bool)body["response"]!["scale"]!, (int)body["response"]!["replicas"]!));
        (_, body) = await Autoscale("fragile", replicas: 6, allocated: 2);
        Assert.False((bool)body!["response"]!["scale"]!);
    }

    [Theory]
    [InlineData("nowhere", "arena", HttpStatusCode.NotFound, ErrorCodes.UnknownCluster)]
    [InlineData("r0-blue", "nothing", HttpStatusCode.NotFound, ErrorCodes.UnknownFleet)]
    public async Task FleetAutoscale_UnknownClusterOrFleet_NotFound(string cluster, string fleet, HttpStatusCode status, string code)
    {
        var (answered, problem) = await Autoscale(fleet, 1, 1, cluster);
        Assert.Equal((status, code), (answered, (string)problem!["code"]!));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    public async Task FleetAutoscale_NoReview_BadRequest(string body)
    {
        var (status, problem) = await fixture.Send(HttpMethod.Post, $"/agones/v1/fleetautoscale/{fixture.Lane.Blue.Id}", body);
        Assert.Equal((HttpStatusCode.BadRequest, ErrorCodes.MalformedRequest), (status, (string)problem!["code"]!));
    }

    // As in recording 29-autoscaler-webhook.
    private Task<(HttpStatusCode Status, JsonNode? Body)> Autoscale(string fleet, int replicas, int allocated, string? cluster = null) => fixture.Send(
        HttpMethod.Post,
        $"/agones/v1/fleetautoscale/{cluster ?? fixture.Lane.Blue.Id}",
        $$$"""{"request":{"uid":"{{{allocated}}}-2","name":"{{{fleet}}}","namespace":"default","status":{"replicas":{{{replicas}}},"readyReplicas":0,"reservedReplicas":0,"allocatedReplicas":{{{allocated}}}},"annotations":{"agones.dev/sdk-version":"1.56.0"}},"response":null}""");

    [Fact]
    public async Task PutRegion_DrainedThenOpen_SeenInTheRegionAndInTheAuditLogNewestFirst()
    {
        var (status, body) = await fixture.Send(HttpMethod.Put, "/ops/v1/regions/r0", """{"state": "drained", "reason": "new switches"}""");
        Assert.Equal((HttpStatusCode.OK, "drained", "new switches", "127.0.0.1"), (status, (string)body!["intent"]!["state"]!, (string)body["intent"]!["reason"]!, (string)body["intent"]!["by"]!));
        (_, body) = await fixture.Send(HttpMethod.Put, "/ops/v1/regions/r0", """{"state": "open", "reason": "switches are in"}""");
        Assert.Equal("open", (string)body!["intent"]!["state"]!);

        var (_, all) = await fixture.Send(HttpMethod.Get, "/ops/v1/audit");
        var entries = all!["entries"]!.AsArray();
        Assert.Equal(("r0", "region", "switches are in", "127.0.0.1"), ((string)entries[0]!["region"]!, (string)entries[0]!["kind"]!, (string)entries[0]!["reason"]!, (string)entries[0]!["by"]!));
        Assert.Equal((true, false), ((bool)entries[0]!["before"]!["drained"]!, (bool)entries[0]!["after"]!["drained"]!));
        var (_, older) = await fixture.Send(HttpMethod.Get, $"/ops/v1/audit?region=r0&after=r0:{(long)entries[0]!["sequence"]!}");
        Assert.Equal("new switches", (string)older!["entries"]![0]!["reason"]!);
    }

    [Fact]
    public async Task PutZone_EvacuatedThenAShareThenOpen_SeenInTheRegion()
    {
        var (status, body) = await Zone("""{"state": "evacuated", "reason": "why"}""");
        Assert.Equal((HttpStatusCode.OK, "evacuated", 0.0), (status, (string)body!["phase"]!, (double)body["admittedShare"]!));
        (_, body) = await Zone("""{"state": "restoring", "share": 0.3, "reason": "why"}""");
        Assert.Equal(("restoring", 0.3), ((string)body!["phase"]!, (double)body["admittedShare"]!));
        (_, body) = await Zone("""{"state": "open", "reason": "why"}""");
        Assert.Equal(("healthy", 1.0), ((string)body!["phase"]!, (double)body["admittedShare"]!));

        async Task<(HttpStatusCode Status, JsonNode? Zone)> Zone(string request)
        {
            var (answered, region) = await fixture.Send(HttpMethod.Put, $"/ops/v1/regions/r0/zones/{fixture.Lane.ZoneA}", request);
            return (answered, region!["zones"]!.AsArray().Single(zone => (string)zone!["id"]! == fixture.Lane.ZoneA));
        }
    }

    [Fact]
    public async Task PutRoutes_ForcedThenEnded_SeenInTheRegion()
    {
        var (status, body) = await fixture.Send(HttpMethod.Put, "/ops/v1/regions/r0/routes", """{"force": "networkLoadBalancer", "expiresInSeconds": 600, "reason": "why"}""");
        Assert.Equal((HttpStatusCode.OK, "networkLoadBalancer", "why"), (status, (string)body!["forcedRoute"]!["kind"]!, (string)body["forcedRoute"]!["reason"]!));
        (_, body) = await fixture.Send(HttpMethod.Put, "/ops/v1/regions/r0/routes", """{"reason": "over"}""");
        Assert.Null(body!["forcedRoute"]);
    }

    [Fact]
    public async Task PutTraffic_DialAndWeight_WantedAndSoonThere()
    {
        var (status, body) = await fixture.Send(HttpMethod.Put, "/ops/v1/regions/r0/traffic", """{"dialPercent": 40.5, "weights": {"nlb": 7}, "reason": "a canary"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        var desired = body!["traffic"]!["desired"]!;
        Assert.Equal((40.5, 7, "a canary", "127.0.0.1"), ((double)desired["dialPercent"]!, (int)desired["weights"]!["nlb"]!, (string)desired["reason"]!, (string)desired["by"]!));
        (_, body) = await fixture.Send(HttpMethod.Put, "/ops/v1/regions/r0/traffic", """{"dialPercent": 100, "reason": "over"}""");
        Assert.Equal((100.0, 7), ((double)body!["traffic"]!["desired"]!["dialPercent"]!, (int)body["traffic"]!["desired"]!["weights"]!["nlb"]!));
    }

    [Fact]
    public async Task GetRegions_PlayersReportAPath_ItsStateItsAgeAndWhatTheyTell()
    {
        var region = fixture.Cell.Grains.GetGrain<IRegionGrain>(fixture.Lane.Region);
        for (var player = 0; player < 12; player++)
            await region.NoteRoutes($"s-{player % 4}", new RouteReport($"p{player}", RouteKind.NetworkLoadBalancer, [new PathReport(RouteKind.Direct, PathState.Down, 3, 4, null)]));
        var path = await Until(body => body["paths"]!.AsArray().SingleOrDefault(known => (string)known!["kind"]! == "direct" && (string)known["state"]! == "degraded"));
        Assert.Equal(("udp", true), ((string)path["protocol"]!, (double)path["ageSeconds"]! is >= 0 and < 60));
        var reports = path["reports"]!;
        Assert.Equal((true, 12, 12, 1.0, 0.75, 0), ((bool)reports["suspected"]!, (int)reports["players"]!, (int)reports["failedPlayers"]!, (double)reports["failedShare"]!, (double)reports["lossShare"]!, (int)reports["using"]!));
        Assert.NotNull(reports["since"]);
        Assert.NotNull(reports["ageSeconds"]);
    }

    [Fact]
    public async Task GetRegions_TrafficOfBothAccelerators_WhatIsThereAndHowFarItIs()
    {
        var standard = await Until(body => body["traffic"] is { } traffic && traffic["actual"] is not null && (string)traffic["state"]! == "settled" ? traffic : null);
        Assert.Equal((true, 1), ((bool)standard["actual"]!["deployed"]!, standard["actual"]!["weights"]!.AsObject().Count));
        Assert.Null(standard["lastError"]);
        var perServer = await Until(body => body["serverTraffic"] is { } traffic && (int)traffic["open"]! == 1 && (string)traffic["state"]! == "settled" ? traffic : null);
        Assert.Equal((0, 0, 0), ((int)perServer["opening"]!, (int)perServer["closing"]!, (int)perServer["resting"]!));

        fixture.Cell.Accelerators.IsAway = true;
        try
        {
            fixture.Lane.Blue.Delete(fixture.Lane.Blue.Servers.Single(server => server is { Address: "10.1.0.2", Port: 7001 }).Name);
            perServer = await Until(body => body["serverTraffic"] is { } traffic && (string)traffic["state"]! == "failing" ? traffic : null);
            Assert.Equal((0, 1), ((int)perServer["open"]!, (int)perServer["closing"]!));
            Assert.Contains("away", (string)perServer["lastError"]!, StringComparison.Ordinal);
        }
        finally
        {
            fixture.Cell.Accelerators.IsAway = false;
        }

        // Green's server of the same address and port has it now.
        await Until(body => body["serverTraffic"] is { } traffic && (string)traffic["state"]! == "settled" && (int)traffic["open"]! == 1 ? traffic : null);
    }

    /// <summary>Lets time pass until the region shows something.</summary>
    private async Task<JsonNode> Until(Func<JsonNode, JsonNode?> shown)
    {
        for (var late = fixture.Cell.Clock.GetUtcNow() + TimeSpan.FromMinutes(5); ;)
        {
            var region = (await fixture.Cell.Wait(fixture.Send(HttpMethod.Get, "/ops/v1/regions"))).Body!["regions"]![0]!;
            if (shown(region) is { } found) return found;
            Assert.True(fixture.Cell.Clock.GetUtcNow() < late, region.ToJsonString());
            await fixture.Cell.Pass(TimeSpan.FromSeconds(0.5), TimeSpan.FromMilliseconds(50));
        }
    }

    [Theory]
    [InlineData("", """{"state": "drained"}""", ErrorCodes.InvalidRequest, "$.reason")]
    [InlineData("", """{"reason": "why"}""", ErrorCodes.InvalidRequest, "$.state")]
    [InlineData("", """{"state": "closed", "reason": "why"}""", ErrorCodes.MalformedRequest, "$.state")]
    [InlineData("", """{"state": "open", "moveRunning": true, "reason": "why"}""", ErrorCodes.InvalidRequest, "$.moveRunning")]
    [InlineData("", """{"state": "open", "share": 0.5, "reason": "why"}""", ErrorCodes.MalformedRequest, "$.share")]
    [InlineData("/zones/r0a", """{"state": "evacuated"}""", ErrorCodes.InvalidRequest, "$.reason")]
    [InlineData("/zones/r0a", """{"reason": "why"}""", ErrorCodes.InvalidRequest, "$.state")]
    [InlineData("/zones/r0a", """{"state": "restoring", "share": 0, "reason": "why"}""", ErrorCodes.InvalidRequest, "$.share")]
    [InlineData("/zones/r0a", """{"state": "restoring", "share": 1, "reason": "why"}""", ErrorCodes.InvalidRequest, "$.share")]
    [InlineData("/zones/r0a", """{"state": "evacuated", "share": 0.5, "reason": "why"}""", ErrorCodes.InvalidRequest, "$.share")]
    [InlineData("/zones/r0a", """{"state": "open", "moveRunning": true, "reason": "why"}""", ErrorCodes.InvalidRequest, "$.moveRunning")]
    [InlineData("/zones/r0a", """{"state": "evacuated", "moveRuning": true, "reason": "why"}""", ErrorCodes.MalformedRequest, "$.moveRuning")]
    [InlineData("/routes", """{"force": "direct", "expiresInSeconds": 60}""", ErrorCodes.InvalidRequest, "$.reason")]
    [InlineData("/routes", """{"force": "carrierPigeon", "expiresInSeconds": 60, "reason": "why"}""", ErrorCodes.MalformedRequest, "$.force")]
    [InlineData("/routes", """{"force": "direct", "reason": "why"}""", ErrorCodes.InvalidRequest, "$.expiresInSeconds")]
    [InlineData("/routes", """{"force": "direct", "expiresInSeconds": 9, "reason": "why"}""", ErrorCodes.InvalidRequest, "$.expiresInSeconds")]
    [InlineData("/routes", """{"force": "direct", "expiresInSeconds": 1e300, "reason": "why"}""", ErrorCodes.InvalidRequest, "$.expiresInSeconds")]
    [InlineData("/routes", """{"expiresInSeconds": 60, "reason": "why"}""", ErrorCodes.InvalidRequest, "$.force")]
    [InlineData("/traffic", """{"dialPercent": 50}""", ErrorCodes.InvalidRequest, "$.reason")]
    [InlineData("/traffic", """{"reason": "why"}""", ErrorCodes.InvalidRequest, "$")]
    [InlineData("/traffic", """{"dialPercent": 100.1, "reason": "why"}""", ErrorCodes.InvalidRequest, "$.dialPercent")]
    [InlineData("/traffic", """{"dialPercent": -1, "reason": "why"}""", ErrorCodes.InvalidRequest, "$.dialPercent")]
    [InlineData("/traffic", """{"weights": {"nlb": 256}, "reason": "why"}""", ErrorCodes.InvalidRequest, "$.weights")]
    [InlineData("/traffic", """{"weights": {"other": 1}, "reason": "why"}""", ErrorCodes.InvalidRequest, "$.weights")]
    [InlineData("/traffic", """{"dial": 50, "reason": "why"}""", ErrorCodes.MalformedRequest, "$.dial")]
    public async Task PutRegionZoneOrRoutes_BadBody_ProblemWithCodeAndPathAndNothingAudited(string what, string body, string code, string path)
    {
        var before = await NewestEntry();
        var (status, problem) = await fixture.Send(HttpMethod.Put, $"/ops/v1/regions/r0{what}", body);
        Assert.Equal((HttpStatusCode.BadRequest, code, path), (status, (string)problem!["code"]!, (string)problem["errors"]![0]!["path"]!));
        Assert.Equal(before, await NewestEntry());

        async Task<string?> NewestEntry() => (await fixture.Send(HttpMethod.Get, "/ops/v1/audit?region=r0")).Body!["entries"]!.AsArray().FirstOrDefault()?.ToJsonString();
    }

    [Theory]
    [InlineData("PUT", "/ops/v1/regions/nowhere", ErrorCodes.UnknownRegion)]
    [InlineData("PUT", "/ops/v1/regions/nowhere/routes", ErrorCodes.UnknownRegion)]
    [InlineData("PUT", "/ops/v1/regions/nowhere/traffic", ErrorCodes.UnknownRegion)]
    [InlineData("PUT", "/ops/v1/regions/nowhere/zones/r0a", ErrorCodes.UnknownRegion)]
    [InlineData("PUT", "/ops/v1/regions/r0/zones/mars-1a", ErrorCodes.UnknownZone)]
    [InlineData("GET", "/ops/v1/audit?region=nowhere", ErrorCodes.UnknownRegion)]
    public async Task UnknownRegionOrZone_NotFoundWithTheNamesThatAreKnown(string method, string path, string code)
    {
        var (status, problem) = await fixture.Send(new HttpMethod(method), path, method == "PUT" ? """{"state": "open", "reason": "why"}""" : null);
        Assert.Equal((HttpStatusCode.NotFound, code), (status, (string)problem!["code"]!));
        Assert.Contains("r0", (string)problem["detail"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("r0:-1")]
    [InlineData("r0:1,r0:2")]
    [InlineData("")]
    public async Task GetAudit_CursorThatNoPageGave_Refused(string after)
    {
        var (status, problem) = await fixture.Send(HttpMethod.Get, $"/ops/v1/audit?after={after}");
        Assert.Equal((HttpStatusCode.BadRequest, ErrorCodes.InvalidRequest), (status, (string)problem!["code"]!));
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private readonly TestCell _cell = new(regions: 1, system: system => system.Regions[0].Accelerator!.Traffic = AcceleratorTraffic.PerServer);
        private WebApplication? _host;
        private HttpClient? _http;

        internal Lane Lane { get; private set; } = null!;

        internal TestCell Cell => _cell;

        internal IServiceProvider Services => _host!.Services;

        public async ValueTask InitializeAsync()
        {
            _cell.Accelerators.Rows = [new(IPAddress.Parse("10.1.0.2"), 7001, 20_001, "arn:group", "subnet-a")];
            await _cell.StartAsync();
            Lane = _cell.NewLane();
            await Lane.AddServers(Lane.ZoneA, 2);
            await Lane.AddGreenServers(2);
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Services.AddSingleton(_cell.Grains);
            builder.Services.Configure<FleetSystemOptions>(options =>
            {
                options.Regions.Add(new RegionOptions { Id = Lane.Region, Zones = [Lane.ZoneA], StandardAccelerator = new StandardAcceleratorOptions { Arn = "arn:aws:x", Endpoints = [new() { EndpointId = "nlb" }] } });
                options.Clusters.Add(new ClusterOptions { Id = Lane.Blue.Id, Region = Lane.Region, Priority = 0 });
                options.Clusters.Add(new ClusterOptions { Id = Lane.Green.Id, Region = Lane.Region, Priority = 1 });
                options.Fleets.Add(new FleetOptions { Id = "arena" });
                options.Fleets.Add(new FleetOptions { Id = "fragile", Autoscaler = new AutoscalerOptions { BufferSize = 2 } });
            });
            builder.Services.AddOps(builder.Configuration);
            builder.Services.AddSingleton<IGrainStateIndex>(_cell.Store);
            _host = builder.Build();
            _host.MapOps();
            await _host.StartAsync(TestContext.Current.CancellationToken);
            _http = new HttpClient { BaseAddress = new Uri(_host.Urls.Single()) };
        }

        internal Task<(HttpStatusCode Status, JsonNode? Body)> Put(string cluster, string body) => Send(HttpMethod.Put, $"/ops/v1/regions/{Lane.Region}/clusters/{cluster}", body);

        internal async Task<(HttpStatusCode Status, JsonNode? Body)> Send(HttpMethod method, string path, string? body = null)
        {
            using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
            using var response = await _http!.SendAsync(request, TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            return (response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
        }

        public async ValueTask DisposeAsync()
        {
            _http?.Dispose();
            if (_host is not null) await _host.DisposeAsync();
            await _cell.DisposeAsync();
        }
    }
}
