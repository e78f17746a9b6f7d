using System.Net;
using System.Text.Json.Nodes;
using FleetSystem.FleetManager.Ops;
using FleetSystem.FleetManager.Regions;
using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Sizing;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.FleetManager.Tests.Ops;

/// <summary>A fleet's size over HTTP, with a silo behind it: what is seen, what is changed, and what is told of it afterwards.</summary>
public sealed class FleetSizeApiTests : IClassFixture<OpsApiTests.Fixture>
{
    private const string Fleet = "/ops/v1/fleets/arena/sizes";

    private readonly OpsApiTests.Fixture _fixture;

    public FleetSizeApiTests(OpsApiTests.Fixture fixture)
    {
        _fixture = fixture;
        Blue.Sizes.Clear();
        Blue.Sizes.Add(new FleetSize { AgonesFleet = "other", Uid = "u-0", ResourceVersion = "1", Replicas = 1 });
        Blue.Sizes.Add(new FleetSize { AgonesFleet = "arena", Uid = "u-1", ResourceVersion = "17", Replicas = 6, CurrentReplicas = 6, ReadyReplicas = 4, AllocatedReplicas = 2 });
        Blue.OnSizeChange = (_, _) => new FleetSizeAnswer.Written();
        Blue.IsUnreachable = _ => false;
    }

    private FakeAgonesCluster Blue => _fixture.Lane.Blue;

    private string Path => $"{Fleet}/{Blue.Id}/arena";

    [Fact]
    public async Task Get_Sizes_OfEachClusterWhatAgonesCountsAndTheVersionForAChange()
    {
        await Passed();
        var (status, body) = await _fixture.Send(HttpMethod.Get, Fleet);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal([Blue.Id, _fixture.Lane.Green.Id], body!["clusters"]!.AsArray().Select(cluster => (string)cluster!["cluster"]!));
        var size = Assert.Single(body["clusters"]![0]!["agonesFleets"]!.AsArray())!;
        Assert.Equal(("arena", 6, 6, 4, 2), ((string)size["name"]!, (int)size["desiredReplicas"]!, (int)size["currentReplicas"]!, (int)size["readyReplicas"]!, (int)size["allocatedReplicas"]!));
        Assert.Equal((Blue.Sizes[1].Version, null, null), ((string)size["version"]!, size["autoscaler"], size["obstacle"]));
        Assert.Equal((true, 0), ((bool)body["clusters"]![1]!["available"]!, body["clusters"]![1]!["agonesFleets"]!.AsArray().Count));
    }

    [Fact]
    public async Task Get_OneClusterIsAway_ItIsToldSoAndTheOtherIsShown()
    {
        await Passed();
        Blue.IsUnreachable = call => call == "read sizes";

        var (_, body) = await _fixture.Send(HttpMethod.Get, Fleet);

        Assert.Equal((false, $"cluster {Blue.Id} is away", true), ((bool)body!["clusters"]![0]!["available"]!, (string)body["clusters"]![0]!["fault"]!, (bool)body["clusters"]![1]!["available"]!));
        Assert.Single((await _fixture.Send(HttpMethod.Get, $"{Fleet}?cluster={_fixture.Lane.Green.Id}&region=r0")).Body!["clusters"]!.AsArray());
    }

    [Fact]
    public async Task Get_TheClusterHangs_ToldSoAfterAWhile()
    {
        await Passed();
        var (time, before) = (new FakeTimeProvider(), Blue.SizeReads);
        var reader = new FleetSizeReader(_fixture.Cell.Grains, _fixture.Services.GetRequiredService<RegionReader>(), _fixture.Services.GetRequiredService<IOptions<FleetSystemOptions>>(), time);
        var answer = new TaskCompletionSource();
        Blue.OnReadSizes = () => answer.Task;

        var reading = reader.ReadAsync("arena", null, Blue.Id, TestContext.Current.CancellationToken);
        await _fixture.Cell.Until(() => Blue.SizeReads > before, "the cluster is asked");
        time.Advance(TimeSpan.FromSeconds(8));
        var read = Assert.IsType<Ok<OpsFleetSizes>>((await reading).Result).Value!;

        answer.SetResult();
        Blue.OnReadSizes = () => Task.CompletedTask;
        Assert.False(Assert.Single(read.Clusters).Available);
        Assert.StartsWith($"What looks after cluster {Blue.Id} did not answer", read.Clusters[0].Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ManyLookAtOnce_TheClusterIsAskedOnceASecond()
    {
        await Passed();
        var before = Blue.SizeReads;

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _fixture.Send(HttpMethod.Get, Fleet)));

        Assert.Equal(before + 1, Blue.SizeReads);
        await Passed();
        await _fixture.Send(HttpMethod.Get, Fleet);
        Assert.Equal(before + 2, Blue.SizeReads);
    }

    [Fact]
    public async Task Put_Replicas_WrittenSeenAtOnceAndInTheAuditWithBeforeAndAfter()
    {
        var (status, body) = await Put(Wish("""{"replicas": 1}"""));

        Assert.Equal((HttpStatusCode.OK, true, 1), (status, (bool)body!["changed"]!, (int)body["size"]!["desiredReplicas"]!));
        Assert.Contains("Agones stops none of them", (string)body["notes"]![0]!, StringComparison.Ordinal);
        Assert.Equal(new FleetSizePatch.Scale("arena", "17", 1), Blue.SizeChanges[^1]);
        var (_, seen) = await _fixture.Send(HttpMethod.Get, Fleet);
        Assert.Equal(1, (int)seen!["clusters"]![0]!["agonesFleets"]![0]!["desiredReplicas"]!);
        var entry = (await Audit())[0];
        Assert.Equal(("fleetSize", $"{Blue.Id}/arena", "a tournament", "127.0.0.1"), ((string)entry["kind"]!, (string)entry["subject"]!, (string)entry["reason"]!, (string)entry["by"]!));
        Assert.Equal((6, 1), ((int)entry["before"]!["replicas"]!, (int)entry["after"]!["replicas"]!));
    }

    [Fact]
    public async Task Put_BufferOfTheAutoscaler_WrittenAndToldWhatAgonesWillKeep()
    {
        Scaled("Buffer", new BufferPolicy(5, 20, new BufferSize(4, IsPercent: false)));

        var (status, body) = await Put(Wish("""{"maxReplicas": 40, "bufferPercent": 25}"""));

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((5, 40, null, 25), ((int)body!["size"]!["autoscaler"]!["minReplicas"]!, (int)body["size"]!["autoscaler"]!["maxReplicas"]!, (int?)body["size"]!["autoscaler"]!["bufferSize"], (int)body["size"]!["autoscaler"]!["bufferPercent"]!));
        Assert.Equal("With 2 Allocated, FleetAutoscaler scaler keeps 5 replicas; now there are 6.", (string)body["notes"]![0]!);
        var entry = (await Audit())[0];
        Assert.Equal(("4", "25%", "scaler"), ((string)entry["before"]!["bufferSize"]!, (string)entry["after"]!["bufferSize"]!, (string)entry["after"]!["autoscaler"]!));
    }

    [Fact]
    public async Task Put_AutoscalerThatAsksFleetManager_ItIsToldOtherwiseFromThenOnUntilItIsTheConfigurationsAgain()
    {
        Scaled("Webhook", null, $"agones/v1/fleetautoscale/{Blue.Id}");
        var (changes, configured) = (Blue.SizeChanges.Count, await Told());

        var (status, body) = await Put(await Version("minReplicas", 9));

        Assert.Equal((HttpStatusCode.OK, true, 9, 100), (status, (bool)body!["size"]!["autoscaler"]!["asksFleetManager"]!, (int)body["size"]!["autoscaler"]!["minReplicas"]!, (int)body["size"]!["autoscaler"]!["maxReplicas"]!));
        Assert.Equal((6, 9, changes), (configured, await Told(), Blue.SizeChanges.Count));
        var entry = (await Audit())[0];
        Assert.Equal(("fleetSize", 1, 9, "a tournament"), ((string)entry["kind"]!, (int)entry["before"]!["minReplicas"]!, (int)entry["after"]!["minReplicas"]!, (string)entry["reason"]!));

        // Two who looked at the same: the second is told what it is now.
        var late = await Version("minReplicas", 12);
        Assert.Equal(HttpStatusCode.OK, (await Put(await Version("minReplicas", 8))).Status);
        var (conflict, problem) = await Put(late);
        Assert.Equal((HttpStatusCode.Conflict, ErrorCodes.SizeChanged, 8), (conflict, (string)problem!["code"]!, (int)problem["now"]!["autoscaler"]!["minReplicas"]!));

        Assert.Equal(HttpStatusCode.OK, (await Put(await Version("minReplicas", 1))).Status);
        Assert.Empty(await _fixture.Cell.Grains.GetGrain<IRegionOperations>("r0").ListFleetBounds());
        Assert.Equal(configured, await Told());

        // As in recording 29-autoscaler-webhook: what Agones is told with two Allocated.
        async Task<int> Told() => (int)(await _fixture.Send(
            HttpMethod.Post,
            $"/agones/v1/fleetautoscale/{Blue.Id}",
            """{"request":{"uid":"1","name":"arena","namespace":"default","status":{"replicas":1,"readyReplicas":0,"reservedReplicas":0,"allocatedReplicas":2}},"response":null}""")).Body!["response"]!["replicas"]!;

        async Task<string> Version(string field, int value)
        {
            await Passed();
            var (_, seen) = await _fixture.Send(HttpMethod.Get, $"{Fleet}?cluster={Blue.Id}");
            return new JsonObject { [field] = value, ["version"] = (string)seen!["clusters"]![0]!["agonesFleets"]![0]!["version"]!, ["reason"] = "a tournament" }.ToJsonString();
        }
    }

    [Fact]
    public async Task SetFleetBounds_SomebodyElseWasFaster_NothingChangedAndNothingAudited()
    {
        var (region, newest) = (_fixture.Cell.Grains.GetGrain<IRegionOperations>("r0"), await Newest());
        var policy = new BufferPolicy(2, 9, new BufferSize(1, IsPercent: false));

        Assert.False(await region.SetFleetBounds(new FleetBounds(Blue.Id, "arena", policy, "kim", "why", default), policy, new AuditNote(AuditKind.FleetSize, "x", "kim", "why", null, "{}")));

        Assert.Empty(await region.ListFleetBounds());
        Assert.Equal(newest, await Newest());
    }

    [Fact]
    public async Task Put_AnotherClustersWebhookPath_IsNotOurs()
    {
        Scaled("Webhook", null, $"agones/v1/fleetautoscale/{_fixture.Lane.Green.Id}");

        var (status, problem) = await Put(Wish("""{"minReplicas": 9}"""));

        Assert.Equal((HttpStatusCode.Conflict, ErrorCodes.SizeNotChangeable), (status, (string)problem!["code"]!));
    }

    [Fact]
    public async Task Put_AsItIs_NothingWrittenAndNothingAudited()
    {
        var (changes, newest) = (Blue.SizeChanges.Count, await Newest());

        var (status, body) = await Put(Wish("""{"replicas": 6}"""));

        Assert.Equal((HttpStatusCode.OK, false, changes), (status, (bool)body!["changed"]!, Blue.SizeChanges.Count));
        Assert.Equal(newest, await Newest());
    }

    [Fact]
    public async Task Put_StaleVersion_ConflictWithWhatItIsNow()
    {
        var wish = Wish("""{"replicas": 9}""");
        Blue.Sizes[1] = Blue.Sizes[1] with { Replicas = 8 };
        var changes = Blue.SizeChanges.Count;

        var (status, problem) = await Put(wish);

        Assert.Equal((HttpStatusCode.Conflict, ErrorCodes.SizeChanged, 8), (status, (string)problem!["code"]!, (int)problem["now"]!["desiredReplicas"]!));
        Assert.Equal(Blue.Sizes[1].Version, (string)problem["now"]!["version"]!);
        Assert.Contains("Now: 8 replicas.", (string)problem["detail"]!, StringComparison.Ordinal);
        Assert.Equal(changes, Blue.SizeChanges.Count);
    }

    [Fact]
    public async Task Put_TwoOperatorsAtOnce_OneIsDoneAndTheOtherIsToldWhatItIsNow()
    {
        // Both have read the same version when the first write comes.
        var wish = Wish("""{"replicas": 9}""");
        var first = true;
        Blue.OnSizeChange = (_, _) =>
        {
            if (!first) return new FleetSizeAnswer.Outdated();
            first = false;
            Blue.Sizes[1] = Blue.Sizes[1] with { Replicas = 12, ResourceVersion = "18" };
            return new FleetSizeAnswer.Outdated();
        };

        var (status, problem) = await _fixture.Cell.Wait(Put(wish));

        Assert.Equal((HttpStatusCode.Conflict, ErrorCodes.SizeChanged, 12), (status, (string)problem!["code"]!, (int)problem["now"]!["desiredReplicas"]!));
        var entry = (await Audit())[0];
        Assert.Equal(("stale", 12), ((string)entry["after"]!["outcome"]!, (int)entry["after"]!["now"]!["replicas"]!));
        Assert.Equal(9, (int)(await Audit())[1]["after"]!["replicas"]!);
    }

    [Fact]
    public async Task Put_OthersWriteToTheFleetMeanwhile_TriedAgainAndAuditedOnce()
    {
        var (wish, newest, tries) = (Wish("""{"replicas": 9}"""), await Newest(), 0);
        Blue.OnSizeChange = (_, _) =>
        {
            // An allocation: another version, the same size.
            if (++tries > 3) return new FleetSizeAnswer.Written();
            Blue.Sizes[1] = Blue.Sizes[1] with { ResourceVersion = $"{17 + tries}", AllocatedReplicas = 2 + tries };
            return new FleetSizeAnswer.Outdated();
        };

        var (status, body) = await _fixture.Cell.Wait(Put(wish));

        Assert.Equal((HttpStatusCode.OK, 9, 4), (status, (int)body!["size"]!["desiredReplicas"]!, tries));
        Assert.Equal(new FleetSizePatch.Scale("arena", "20", 9), Blue.SizeChanges[^1]);
        Assert.Equal(newest, (await Audit()).Skip(1).FirstOrDefault()?.ToJsonString());
    }

    [Fact]
    public async Task Put_OthersWriteAgainAndAgain_GivenUpAndSaid()
    {
        var wish = Wish("""{"replicas": 9}""");
        Blue.OnSizeChange = (_, _) => new FleetSizeAnswer.Outdated();

        var (status, problem) = await _fixture.Cell.Wait(Put(wish));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable), (status, (string)problem!["code"]!));
        Assert.Contains("written by others 8 times in a row", (string)problem["detail"]!, StringComparison.Ordinal);
        Assert.Equal("unavailable", (string)(await Audit())[0]["after"]!["outcome"]!);
    }

    [Theory]
    [InlineData("Webhook")]
    [InlineData("Counter")]
    [InlineData("Chain")]
    public async Task Put_AnotherPolicy_ConflictThatNamesTheAutoscalerAndItsPolicyAndTheSizeSaysSoToo(string policy)
    {
        Scaled(policy, null);
        await Passed();
        var (_, body) = await _fixture.Send(HttpMethod.Get, Fleet);

        var (status, problem) = await Put(Wish("""{"replicas": 9}"""));

        Assert.Equal((HttpStatusCode.Conflict, ErrorCodes.SizeNotChangeable), (status, (string)problem!["code"]!));
        Assert.Contains($"FleetAutoscaler scaler scales Agones Fleet arena by its policy {policy}", (string)problem["detail"]!, StringComparison.Ordinal);
        Assert.Equal((string)problem["detail"]!, (string)body!["clusters"]![0]!["agonesFleets"]![0]!["obstacle"]!);
    }

    [Fact]
    public async Task Put_NoAnswerToTheWrite_UnknownIsSaidAndAudited()
    {
        Blue.OnSizeChange = (_, _) => new FleetSizeAnswer.Unknown("no answer within 5 s");

        var (status, problem) = await Put(Wish("""{"replicas": 9}"""));

        Assert.Equal((HttpStatusCode.GatewayTimeout, ErrorCodes.OutcomeUnknown), (status, (string)problem!["code"]!));
        Assert.Contains("It is still as before (6 replicas), and may yet change", (string)problem["detail"]!, StringComparison.Ordinal);
        Assert.Equal("unknown", (string)(await Audit())[0]["after"]!["outcome"]!);
        Assert.Equal(9, (int)(await Audit())[1]["after"]!["replicas"]!);
    }

    [Fact]
    public async Task Put_NoAnswerToTheWriteButItIsThere_Done()
    {
        Blue.OnSizeChange = (patch, _) =>
        {
            Blue.MakeSize(patch);
            return new FleetSizeAnswer.Unknown("the connection broke");
        };

        var (status, body) = await Put(Wish("""{"replicas": 9}"""));

        Assert.Equal((HttpStatusCode.OK, true, 9), (status, (bool)body!["changed"]!, (int)body["size"]!["desiredReplicas"]!));
        Assert.Equal(9, (int)(await Audit())[0]["after"]!["replicas"]!);
    }

    [Theory]
    [InlineData(false, HttpStatusCode.Conflict, ErrorCodes.SizeNotChangeable, "notChangeable")]
    [InlineData(true, HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable, "unavailable")]
    public async Task Put_TheClusterRefusesTheWrite_SaidAndAudited(bool isTransient, HttpStatusCode expected, string code, string outcome)
    {
        Blue.OnSizeChange = (_, _) => new FleetSizeAnswer.Refused("422 Invalid: no", isTransient);

        var (status, problem) = await Put(Wish("""{"replicas": 9}"""));

        Assert.Equal((expected, code), (status, (string)problem!["code"]!));
        Assert.Contains("422 Invalid: no", (string)problem["detail"]!, StringComparison.Ordinal);
        Assert.Equal(outcome, (string)(await Audit())[0]["after"]!["outcome"]!);
    }

    [Fact]
    public async Task Put_TheAuditLogCannotBeWritten_NothingIsDone()
    {
        var (wish, changes) = (Wish("""{"replicas": 9}"""), Blue.SizeChanges.Count);
        _fixture.Cell.Store.OnWrite = (state, _) => Task.FromResult(state == RegionGrainState.Name ? WriteFault.NotStored : WriteFault.None);

        var (status, problem) = await _fixture.Cell.Wait(Put(wish));
        _fixture.Cell.Store.OnWrite = (_, _) => Task.FromResult(WriteFault.None);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, changes), (status, Blue.SizeChanges.Count));
        Assert.Contains("Nothing was changed, because the audit log", (string)problem!["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_TheClusterIsAway_UnavailableAndNothingAudited()
    {
        var (wish, newest) = (Wish("""{"replicas": 9}"""), await Newest());
        Blue.IsUnreachable = call => call == "read sizes";

        var (status, problem) = await Put(wish);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable, $"Nothing was changed: cluster {Blue.Id} is away"), (status, (string)problem!["code"]!, (string)problem["detail"]!));
        Assert.Equal(newest, await Newest());
    }

    [Theory]
    [InlineData("""{"replicas": 9, "version": "x"}""", ErrorCodes.InvalidRequest, "$.reason")]
    [InlineData("""{"replicas": 9, "version": "x", "reason": "a\u0000b"}""", ErrorCodes.InvalidRequest, "$.reason")]
    [InlineData("""{"replicas": 9, "reason": "why"}""", ErrorCodes.InvalidRequest, "$.version")]
    [InlineData("""{"replicas": 9, "version": "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrstuvwxyz2345678", "reason": "why"}""", ErrorCodes.InvalidRequest, "$.version")]
    [InlineData("""{"version": "x", "reason": "why"}""", ErrorCodes.InvalidRequest, "$")]
    [InlineData("""{"replicas": -1, "version": "x", "reason": "why"}""", ErrorCodes.InvalidRequest, "$.replicas")]
    [InlineData("""{"replicas": 10001, "version": "x", "reason": "why"}""", ErrorCodes.InvalidRequest, "$.replicas")]
    [InlineData("""{"replicas": 2147483648, "version": "x", "reason": "why"}""", ErrorCodes.MalformedRequest, "$.replicas")]
    [InlineData("""{"replicas": 1e300, "version": "x", "reason": "why"}""", ErrorCodes.MalformedRequest, "$.replicas")]
    [InlineData("""{"replicas": 1.5, "version": "x", "reason": "why"}""", ErrorCodes.MalformedRequest, "$.replicas")]
    [InlineData("""{"replicas": "NaN", "version": "x", "reason": "why"}""", ErrorCodes.MalformedRequest, "$.replicas")]
    [InlineData("""{"replicas": NaN, "version": "x", "reason": "why"}""", ErrorCodes.MalformedRequest, "$.replicas")]
    [InlineData("""{"maxReplicas": 0, "version": "x", "reason": "why"}""", ErrorCodes.InvalidRequest, "$.maxReplicas")]
    [InlineData("""{"bufferPercent": 100, "version": "x", "reason": "why"}""", ErrorCodes.InvalidRequest, "$.bufferPercent")]
    [InlineData("""{"size": 9, "version": "x", "reason": "why"}""", ErrorCodes.MalformedRequest, "$.size")]
    public async Task Put_BadBody_ProblemWithCodeAndPathAlsoOfAClusterThatIsAway(string body, string code, string path)
    {
        var newest = await Newest();
        Blue.IsUnreachable = call => call == "read sizes";

        var (status, problem) = await _fixture.Send(HttpMethod.Put, Path, body);

        Assert.Equal((HttpStatusCode.BadRequest, code, path), (status, (string)problem!["code"]!, (string)problem["errors"]![0]!["path"]!));
        Assert.Equal(newest, await Newest());
    }

    [Fact]
    public async Task Put_MinAboveWhatMaxIs_ProblemWithItsPath()
    {
        Scaled("Buffer", new BufferPolicy(5, 20, new BufferSize(4, IsPercent: false)));

        var (status, problem) = await Put(Wish("""{"minReplicas": 21}"""));

        Assert.Equal((HttpStatusCode.BadRequest, "$.minReplicas"), (status, (string)problem!["errors"]![0]!["path"]!));
    }

    [Theory]
    [InlineData("GET", "/ops/v1/fleets/nothing/sizes", ErrorCodes.UnknownFleet, "arena")]
    [InlineData("GET", "/ops/v1/fleets/arena/sizes?cluster=red", ErrorCodes.UnknownCluster, "r0-blue")]
    [InlineData("GET", "/ops/v1/fleets/arena/sizes?region=mars", ErrorCodes.UnknownRegion, "r0")]
    [InlineData("PUT", "/ops/v1/fleets/nothing/sizes/r0-blue/arena", ErrorCodes.UnknownFleet, "arena")]
    [InlineData("PUT", "/ops/v1/fleets/arena/sizes/red/arena", ErrorCodes.UnknownCluster, "r0-blue")]
    [InlineData("PUT", "/ops/v1/fleets/arena/sizes/r0-blue/other", ErrorCodes.UnknownFleet, "arena")]
    [InlineData("PUT", "/ops/v1/fleets/arena/sizes/r0-green/arena", ErrorCodes.UnknownFleet, "has no Agones Fleet 'arena'")]
    public async Task UnknownFleetOrCluster_NotFoundWithTheNamesThatAreKnown(string method, string path, string code, string named)
    {
        var (status, problem) = await _fixture.Send(new HttpMethod(method), path, method == "PUT" ? """{"replicas": 1, "version": "x", "reason": "why"}""" : null);

        Assert.Equal((HttpStatusCode.NotFound, code), (status, (string)problem!["code"]!));
        Assert.Contains(named, (string)problem["detail"]!, StringComparison.Ordinal);
    }

    private void Scaled(string policy, BufferPolicy? buffer, string webhook = "") => Blue.Sizes[1] = Blue.Sizes[1] with
    {
        Autoscalers = [new FleetAutoscalerSnapshot { Name = "scaler", Uid = "a-1", ResourceVersion = "23", AgonesFleet = "arena", Policy = policy, Buffer = buffer, IntervalSeconds = 30, WebhookPath = webhook }],
    };

    /// <summary>The body of a wish by what is there now.</summary>
    private string Wish(string fields)
    {
        var body = (JsonObject)JsonNode.Parse(fields)!;
        body["version"] = Blue.Sizes[1].Version;
        body["reason"] = "a tournament";
        return body.ToJsonString();
    }

    private Task<(HttpStatusCode Status, JsonNode? Body)> Put(string body) => _fixture.Send(HttpMethod.Put, Path, body);

    /// <summary>Lets so much time pass that the next look is a new one.</summary>
    private Task Passed() => _fixture.Cell.Pass(TimeSpan.FromSeconds(1.1), TimeSpan.FromMilliseconds(50));

    private async Task<IReadOnlyList<JsonNode>> Audit() => [.. (await _fixture.Send(HttpMethod.Get, "/ops/v1/audit?region=r0")).Body!["entries"]!.AsArray().Select(entry => entry!)];

    private async Task<string?> Newest() => (await Audit()) is [var newest, ..] ? newest.ToJsonString() : null;
}
