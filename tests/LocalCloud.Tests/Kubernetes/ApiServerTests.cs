using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.LocalCloud.Tests.Agones;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.LocalCloud.Tests.Kubernetes;

public sealed class ApiServerTests
{
    private const string Fleets = "/apis/agones.dev/v1/namespaces/default/fleets";

    [Fact]
    public async Task List_InPages_AllShowTheFirstPagesVersion()
    {
        await using var cluster = await TestCluster.StartAsync();
        for (var i = 0; i < 10; i++) cluster.Cluster.Apply(TestCluster.Fleet($"f{i}", 0));
        var names = new List<string>();
        string? token = null, version = null;

        do
        {
            var (_, page) = await cluster.GetAsync($"{Fleets}?limit=4&continue={token}");
            version ??= (string)page!["metadata"]!["resourceVersion"]!;
            Assert.Equal(version, (string?)page!["metadata"]!["resourceVersion"]);
            names.AddRange(page["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!));
            token = (string?)page["metadata"]!["continue"];
            // What comes and goes between pages is not seen.
            cluster.Cluster.Apply(TestCluster.Fleet($"f0{names.Count}", 0));
            await cluster.SendAsync(HttpMethod.Delete, $"{Fleets}/f9");
        }
        while (token is { Length: > 0 });

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"f{i}"), names);
    }

    [Fact]
    public async Task List_ContinueFiveMinutesLate_410WithATokenThatGoesOn()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await TestCluster.StartAsync(time: time);
        for (var i = 0; i < 3; i++) cluster.Cluster.Apply(TestCluster.Fleet($"f{i}", 0));
        var (_, first) = await cluster.GetAsync($"{Fleets}?limit=2");
        cluster.Cluster.Apply(TestCluster.Fleet("f3", 0));
        time.Advance(TimeSpan.FromMinutes(6));

        var (code, expired) = await cluster.GetAsync($"{Fleets}?limit=2&continue={first!["metadata"]!["continue"]}");
        var (_, rest) = await cluster.GetAsync($"{Fleets}?limit=2&continue={expired!["metadata"]!["continue"]}");

        Assert.Equal((HttpStatusCode.Gone, "Expired"), (code, (string)expired["reason"]!));
        Assert.Equal(["f2", "f3"], rest!["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!));
    }

    [Theory]
    [InlineData("POST", Fleets, "application/json", "{", 400, "BadRequest")]
    [InlineData("POST", Fleets, "application/json", "[]", 400, "BadRequest")]
    [InlineData("POST", Fleets, "application/json", """{"a": 1, "a": 2}""", 400, "BadRequest")]
    [InlineData("POST", Fleets, "application/json", """{"apiVersion": "agones.dev/v2", "kind": "Fleet"}""", 400, "BadRequest")]
    [InlineData("POST", Fleets, "application/json", """{"kind": "GameServer"}""", 400, "BadRequest")]
    [InlineData("POST", Fleets, "application/vnd.kubernetes.protobuf", "x", 415, "UnsupportedMediaType")]
    [InlineData("POST", "/apis/agones.dev/v1/namespaces/nowhere/fleets", "application/json", "{}", 404, "NotFound")]
    [InlineData("POST", Fleets, "application/json", """{"metadata": {"name": "x", "namespace": "other"}}""", 400, "BadRequest")]
    [InlineData("POST", Fleets, "application/json", """{"metadata": {"name": "x"}, "spec": {"replicas": "three", "template": {}}}""", 422, "Invalid")]
    [InlineData("POST", Fleets, "application/json", """{"metadata": {"name": "x"}, "spec": {"scheduling": "Sideways", "template": {}}}""", 422, "Invalid")]
    [InlineData("POST", "/apis/agones.dev/v1/fleets", "application/json", "{}", 405, "MethodNotAllowed")]
    [InlineData("PUT", Fleets, "application/json", "{}", 405, "MethodNotAllowed")]
    [InlineData("GET", "/apis/agones.dev/v1/namespaces/default/unicorns", null, null, 404, "NotFound")]
    [InlineData("GET", Fleets + "?limit=x", null, null, 400, "BadRequest")]
    [InlineData("GET", Fleets + "?resourceVersionMatch=Exact", null, null, 422, "Invalid")]
    [InlineData("GET", Fleets + "?watch=true&sendInitialEvents=true", null, null, 422, "Invalid")]
    [InlineData("PATCH", Fleets + "/arena", "application/merge-patch+json", "[]", 400, "BadRequest")]
    [InlineData("PATCH", Fleets + "/arena", "text/plain", "{}", 415, "UnsupportedMediaType")]
    [InlineData("PATCH", Fleets + "/nobody", "application/merge-patch+json", "{}", 404, "NotFound")]
    [InlineData("PATCH", Fleets + "/arena/scale", "application/merge-patch+json", """{"spec": {"replicas": -1}}""", 422, "Invalid")]
    [InlineData("DELETE", Fleets + "/nobody", null, null, 404, "NotFound")]
    public async Task Request_ThatCannotBeServed_IsAStatusWithItsReason(string method, string path, string? type, string? body, int code, string reason)
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Cluster.Apply(TestCluster.Fleet("arena", 0));
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type!);
        }

        using var response = await cluster.Http.SendAsync(request, TestContext.Current.CancellationToken);

        var status = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal((code, code, reason, "Status"), ((int)response.StatusCode, (int)status["code"]!, (string)status["reason"]!, (string)status["kind"]!));
    }

    [Fact]
    public async Task Patch_ServerSideApplyOfYaml_CreatesThenMerges()
    {
        await using var cluster = await TestCluster.StartAsync();

        var first = await ApplyAsync(cluster, "{apiVersion: agones.dev/v1, kind: Fleet, spec: {replicas: 0, template: {spec: {template: {spec: {containers: [{name: a, image: x}]}}}}}}");
        var second = await ApplyAsync(cluster, "{spec: {replicas: 2}}");
        var malformed = await ApplyAsync(cluster, "a: [");

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.BadRequest], [first, second, malformed]);
        Assert.Equal(2, ReplicaFacts.Of(cluster.Store.Get(AgonesKinds.Fleet, "default/applied")!).Replicas);

        static async Task<HttpStatusCode> ApplyAsync(TestCluster cluster, string yaml)
        {
            using var content = new StringContent(yaml, Encoding.UTF8, new MediaTypeHeaderValue(PatchBody.Apply));
            using var response = await cluster.Http.PatchAsync(new Uri($"{Fleets}/applied?fieldManager=test", UriKind.Relative), content, TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Delete_Orphan_WhatItOwnedStays()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.StartFleetAsync("arena", 2);

        var (code, _) = await cluster.SendAsync(HttpMethod.Delete, $"{Fleets}/arena", JsonNode.Parse("""{"propagationPolicy": "Orphan"}"""));

        Assert.Equal(HttpStatusCode.OK, code);
        var set = Assert.Single(cluster.Store.List(AgonesKinds.GameServerSet).Objects.Values);
        Assert.Empty(set.Owners);
        Assert.Equal(2, cluster.ServersOf("arena", GameServerState.Ready).Count);
    }

    [Fact]
    public async Task Delete_DryRun_IsRefusedAndNothingGoes()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Cluster.Apply(TestCluster.Fleet("arena", 0));

        var (code, _) = await cluster.SendAsync(HttpMethod.Delete, $"{Fleets}/arena?dryRun=All");

        Assert.Equal(HttpStatusCode.BadRequest, code);
        Assert.NotNull(cluster.Store.Get(AgonesKinds.Fleet, "default/arena"));
    }

    [Fact]
    public async Task OpenApi_EveryGroup_SaysThatPatchesAreValidatedHere()
    {
        await using var cluster = await TestCluster.StartAsync();
        var (_, index) = await cluster.GetAsync("/openapi/v3");

        foreach (var group in index!["paths"]!.AsObject())
        {
            var (_, document) = await cluster.GetAsync((string)group.Value!["serverRelativeURL"]!);
            Assert.Contains(document!["paths"]!.AsObject(), path =>
                (string?)path.Value!["patch"]?["parameters"]?[0]?["name"] == "fieldValidation");
        }

        Assert.Equal(6, index["paths"]!.AsObject().Count);
    }

    [Fact]
    public async Task Get_ProtobufAsked_Is406()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Http.DefaultRequestHeaders.Accept.ParseAdd("application/vnd.kubernetes.protobuf");

        var (code, _) = await cluster.GetAsync(Fleets);

        Assert.Equal(HttpStatusCode.NotAcceptable, code);
    }

    [Fact]
    public async Task Post_BodyBeyondTheLimit_Is413AndNothingIsStored()
    {
        await using var cluster = await TestCluster.StartAsync();
        var fleet = TestCluster.Fleet("huge", 0);
        fleet["metadata"]!["annotations"] = new JsonObject { ["x"] = new string('x', ApiBody.SizeLimit) };

        var (code, _) = await cluster.PostAsync(Fleets, fleet);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, code);
        Assert.Empty(cluster.Store.List(AgonesKinds.Fleet).Objects);
    }

    [Fact]
    public async Task Fault_ConnectionBreaksAfterTheClaim_ServerIsAllocatedAllTheSame()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.StartFleetAsync("arena", 1);
        cluster.Cluster.Faults.Api.Inject = request => request.Resource == "gameserverallocations" ? new ApiFault(ApiFaultKind.BreakAfter) : default;

        await Assert.ThrowsAsync<HttpRequestException>(() => AllocateAsync(cluster));

        Assert.Single(cluster.ServersOf("arena", GameServerState.Allocated));
    }

    [Fact]
    public async Task Fault_ConnectionBreaksBeforeTheClaim_NothingIsAllocated()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.StartFleetAsync("arena", 1);
        cluster.Cluster.Faults.Api.Inject = _ => new ApiFault(ApiFaultKind.BreakBefore);

        await Assert.ThrowsAsync<HttpRequestException>(() => AllocateAsync(cluster));

        Assert.Empty(cluster.ServersOf("arena", GameServerState.Allocated));
    }

    [Theory]
    [InlineData(409, "Conflict")]
    [InlineData(429, "TooManyRequests")]
    [InlineData(500, "InternalError")]
    [InlineData(503, "ServiceUnavailable")]
    public async Task Fault_Refused_IsAnsweredWithTheCode(int code, string reason)
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Cluster.Faults.Api.Inject = _ => new ApiFault(ApiFaultKind.Refuse, code);

        var (answered, status) = await cluster.GetAsync(Fleets);

        Assert.Equal((code, reason), ((int)answered, (string)status!["reason"]!));
    }

    [Fact]
    public async Task Unavailable_EveryRequest_503WithRetryAfterFive()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Cluster.Faults.Api.Unavailable = true;

        using var response = await cluster.Http.GetAsync(new Uri(Fleets, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), response.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task StorageInitializing_WatchesAre429WhileListsWork()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Cluster.Faults.Api.StorageInitializing = true;

        var (list, _) = await cluster.GetAsync(Fleets);
        var (watch, status) = await cluster.GetAsync(Fleets + "?watch=true");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (list, watch));
        Assert.Equal("storage is (re)initializing", (string?)status!["message"]);
    }

    [Fact]
    public async Task StartAsync_PortTaken_FailsAndNamesIt()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var second = new LocalCluster(new LocalClusterOptions
        {
            Name = "second",
            Region = "r",
            Nodes = [],
            ListenEndpoint = IPEndPoint.Parse(new Uri(cluster.Cluster.Endpoint).Authority),
        });

        var refused = await Assert.ThrowsAnyAsync<IOException>(() => second.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains(new Uri(cluster.Cluster.Endpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture), refused.Message, StringComparison.Ordinal);
    }

    private static Task<(HttpStatusCode Code, JsonNode? Body)> AllocateAsync(TestCluster cluster) =>
        cluster.PostAsync("/apis/allocation.agones.dev/v1/namespaces/default/gameserverallocations",
            JsonNode.Parse("""{"apiVersion": "allocation.agones.dev/v1", "kind": "GameServerAllocation", "spec": {}}""")!);
}
