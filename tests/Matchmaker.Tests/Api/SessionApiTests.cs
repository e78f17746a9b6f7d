using System.Net;
using System.Text.Json.Nodes;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.Matchmaker.Tests.Api;

/// <summary>The answers of the players' API: their fields are a promise.</summary>
[Collection(ApiTests.Name)]
public sealed class SessionApiTests(ApiFixture api)
{
    [Fact]
    public async Task Post_GoodRequest_CreatedWithEveryFieldByItsName()
    {
        var answer = await api.Post("fields", """
            {"fleet":"arena","players":[{"id":"p1","latencyMilliseconds":{"ap-northeast-2":12}},{"id":"p2"}],"region":"ap-northeast-2","preferredZone":"ap-northeast-2a",
             "waitFor":"allocated","deadlineSeconds":4.5,"attributes":{"map":"dunes"}}
            """);
        Assert.Equal((HttpStatusCode.Created, "application/json"), (answer.Status, answer.MediaType));
        var session = answer.Body!.AsObject();
        var id = SessionIds.FromKey("", "fields");
        Assert.Equal($"/v1/sessions/{id}", answer.Headers.Location!.OriginalString);
        Assert.Equal(
            ["sessionId", "state", "fleet", "players", "incarnation", "createdAt", "expiresAt", "gameServer", "placement", "connections", "queue", "failure"],
            session.Select(field => field.Key));
        Assert.Equal((id, "allocated", "arena", 1), ((string?)session["sessionId"], (string?)session["state"], (string?)session["fleet"], (int)session["incarnation"]!));
        Equal("""{"name":"arena-abcde-fghij","cluster":"blue","region":"ap-northeast-2","zone":"ap-northeast-2b","node":"node-7","address":"10.0.1.7","port":7654}""", session["gameServer"]);
        Equal("""{"requestedRegion":"ap-northeast-2","requestedZone":"ap-northeast-2a","region":"ap-northeast-2","zone":"ap-northeast-2b","preferenceServed":2}""", session["placement"]);
        Equal("""
            {"playerId":"p1","routes":[
              {"kind":"accelerator","addresses":["75.2.0.1","99.83.0.1"],"port":20001,"routingToken":null},
              {"kind":"networkLoadBalancer","addresses":["nlb.example"],"port":9000,"routingToken":"AAAAAAAAAAAAAAAAAAAAAA=="},
              {"kind":"direct","addresses":["10.0.1.7"],"port":7654,"routingToken":null}],"joinToken":"token-of-p1","currentRoute":null}
            """, session["connections"]![0]);
        Assert.Equal(2, session["connections"]!.AsArray().Count);
        Assert.Null(session["failure"]);

        var asked = api.Script.Created.Last(created => created.Session == id).Request;
        Assert.Equal(("arena", "ap-northeast-2", "ap-northeast-2a", WaitFor.Allocated, TimeSpan.FromSeconds(4.5), """{"map":"dunes"}"""), (asked.Fleet, asked.Region, asked.PreferredZone, asked.WaitFor, asked.Deadline, asked.Attributes));
        Assert.Equal(12, asked.Players[0].LatencyMilliseconds["ap-northeast-2"]);
    }

    [Fact]
    public async Task Post_OnlyWhatIsNeeded_TheFleetsDefaultsHold()
    {
        await api.Post("defaults", """{"fleet":"arena","players":[{"id":"p1"}]}""");
        var asked = api.Script.Created.Last(created => created.Session == SessionIds.FromKey("", "defaults")).Request;
        Assert.Equal((null, null, WaitFor.Allocated, TimeSpan.FromSeconds(10), null, TimeSpan.FromHours(2)), (asked.Region, asked.PreferredZone, asked.WaitFor, asked.Deadline, asked.Attributes, asked.Lifetime));
    }

    [Fact]
    public async Task Post_SameRequestInAnotherOrderOfFields_200WithTheSameSession()
    {
        var first = await api.Post("again", """{"fleet":"arena","players":[{"id":"p1","latencyMilliseconds":{"ap-northeast-2":1,"us-west-2":2}}]}""");
        var second = await api.Post("again", """ { "players" : [ { "latencyMilliseconds" : {"us-west-2":2,"ap-northeast-2":1}, "id" : "p1" } ], "fleet" : "arena" } """);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.Status, second.Status));
        Assert.Equal(first.Body!.ToJsonString(), second.Body!.ToJsonString());
    }

    [Fact]
    public async Task Post_NoCapacity_503WithTheCodeAndRetryAfter()
    {
        api.Script.Outcomes["nobody"] = session => SessionTransitions.Failed(session, ErrorCodes.NoCapacity, "No server was free until the deadline.", session.CreatedAt);
        var answer = (await api.Post("full", """{"fleet":"arena","players":[{"id":"nobody"}]}""")).AssertProblem(HttpStatusCode.ServiceUnavailable, ErrorCodes.NoCapacity);
        Assert.NotNull(answer.Headers.RetryAfter);
        var later = await api.Send(HttpMethod.Get, $"/v1/sessions/{SessionIds.FromKey("", "full")}");
        Assert.Equal((HttpStatusCode.OK, "failed", ErrorCodes.NoCapacity), (later.Status, (string?)later.Body!["state"], (string?)later.Body["failure"]!["code"]));
        Assert.Null(later.Body["gameServer"]);
        Assert.Null(later.Body["placement"]);
    }

    [Fact]
    public async Task GetAndDelete_Session_ItsStateAndItsEnd()
    {
        var created = await api.Post("life", """{"fleet":"arena","players":[{"id":"p1"}]}""");
        var path = created.Headers.Location!.OriginalString;
        var got = await api.Send(HttpMethod.Get, path);
        Assert.Equal((HttpStatusCode.OK, created.Body!.ToJsonString()), (got.Status, got.Body!.ToJsonString()));
        var ended = await api.Send(HttpMethod.Delete, path);
        Assert.Equal((HttpStatusCode.OK, "ended", 0), (ended.Status, (string?)ended.Body!["state"], ended.Body["connections"]!.AsArray().Count));
        Assert.Equal(HttpStatusCode.OK, (await api.Send(HttpMethod.Delete, path)).Status);
    }

    [Fact]
    public async Task Post_NoServerFree_202WithItsPlaceAtEachCallUntilItHasAServer()
    {
        var since = new DateTimeOffset(2026, 11, 25, 9, 0, 0, TimeSpan.Zero);
        api.Script.Outcomes["patient"] = session => SessionTransitions.Waiting(session, "ap-northeast-2", since);
        const string Body = """{"fleet":"arena","players":[{"id":"patient"}]}""";
        var path = $"/v1/sessions/{SessionIds.FromKey("", "waits")}";

        foreach (var answer in new[] { await api.Post("waits", Body), await api.Post("waits", Body) })
        {
            Assert.Equal((HttpStatusCode.Accepted, path), (answer.Status, answer.Headers.Location?.OriginalString));
            Assert.Equal(("pending", 0, null), ((string?)answer.Body!["state"], answer.Body["connections"]!.AsArray().Count, answer.Body["gameServer"]));
            Equal("""{"position":2,"waiting":5,"since":"2026-11-25T09:00:00+00:00"}""", answer.Body["queue"]);
        }

        Equal("""{"position":2,"waiting":5,"since":"2026-11-25T09:00:00+00:00"}""", (await api.Send(HttpMethod.Get, path)).Body!["queue"]);
        api.Script.Change(SessionIds.FromKey("", "waits"), session => SessionTransitions.Claimed(SessionTransitions.TurnCame(session, since), ScriptedSessionGrain.Server, since));
        var later = await api.Post("waits", Body);
        Assert.Equal((HttpStatusCode.OK, "allocated", null), (later.Status, (string?)later.Body!["state"], later.Body["queue"]));
    }

    [Fact]
    public async Task Post_QueueFull_503AtOnceWithTheCodeAndRetryAfter()
    {
        api.Script.Outcomes["too-many"] = session => SessionTransitions.Failed(session, ErrorCodes.QueueFull, "No server is free.", session.CreatedAt);
        var answer = (await api.Post("queue-full", """{"fleet":"arena","players":[{"id":"too-many"}]}""")).AssertProblem(HttpStatusCode.ServiceUnavailable, ErrorCodes.QueueFull);
        Assert.Equal(TimeSpan.FromSeconds(5), answer.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task Delete_Pending_Cancelled()
    {
        api.Script.Outcomes["leaves"] = session => SessionTransitions.Waiting(session, "ap-northeast-2", session.CreatedAt);
        var path = (await api.Post("leaves", """{"fleet":"arena","players":[{"id":"leaves"}]}""")).Headers.Location!.OriginalString;
        var ended = await api.Send(HttpMethod.Delete, path);
        Assert.Equal((HttpStatusCode.OK, "cancelled", null), (ended.Status, (string?)ended.Body!["state"], ended.Body["queue"]));
    }

    [Fact]
    public async Task Get_Regions_ZonesServersPathsAndWhereToMeasure()
    {
        var answer = await api.Send(HttpMethod.Get, "/v1/regions");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Equal("""
            {"regions":[
              {"id":"ap-northeast-2",
               "zones":[{"id":"ap-northeast-2a","fleets":[{"fleet":"arena","ready":5,"allocated":2}],"state":"healthy"},{"id":"ap-northeast-2b","fleets":[{"fleet":"arena","ready":0,"allocated":7}],"state":"evacuated"}],
               "fleets":[{"fleet":"arena","waiting":3}],
               "routes":[{"kind":"accelerator","state":"down","ageSeconds":null,"protocol":"udp"},{"kind":"direct","state":"healthy","ageSeconds":null,"protocol":"udp"}],
               "latencyEndpoint":{"address":"10.0.0.9","port":7}},
              {"id":"us-west-2","zones":[{"id":"us-west-2a","fleets":[],"state":null}],"fleets":[],"routes":[],"latencyEndpoint":null}]}
            """, answer.Body);
    }

    [Fact]
    public async Task Get_OpenApi_NamesEveryEndpointAndItsAnswers()
    {
        var document = (await api.Send(HttpMethod.Get, "/openapi/v1.json")).Body!;
        Assert.StartsWith("3.", (string?)document["openapi"], StringComparison.Ordinal);
        var operations = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key} {path.Key} {operation.Value!["operationId"]}"));
        Assert.Equal(
            [
                "delete /v1/backfills/{id} StopBackfill", "delete /v1/sessions/{id} EndSession", "delete /v1/tickets/{id} CancelTicket", "get /v1/backfills/{id} GetBackfill",
                "get /v1/queues/{queue}/events WatchQueue", "get /v1/regions ListRegions", "get /v1/sessions/{id} GetSession", "get /v1/sessions/{id}/events WatchSession",
                "get /v1/tickets/{id} GetTicket", "get /v1/tickets/{id}/events WatchTicket", "post /v1/backfills CreateBackfill", "post /v1/sessions CreateSession",
                "post /v1/sessions/{id}/route-reports ReportRoutes", "post /v1/tickets CreateTicket", "post /v1/tickets/{id}/acceptance AcceptMatch",
            ],
            operations.Select(operation => operation.Replace("/ ", " ", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

        var create = document["paths"]!.AsObject().Single(path => path.Key.TrimEnd('/') == "/v1/sessions").Value!["post"]!;
        Assert.Equal(["200", "201", "202", "400", "401", "403", "409", "413", "503"], create["responses"]!.AsObject().Select(response => response.Key).Order());
        Assert.Equal("bearer", (string?)document["components"]!["securitySchemes"]!["bearer"]!["scheme"]);
        Assert.Contains(create["parameters"]!.AsArray(), parameter => (string?)parameter!["name"] == "Idempotency-Key");
        AssertReferencesExist(document, document);
        var body = document["components"]!["schemas"]!["CreateSessionRequest"]!["properties"]!.AsObject().Select(property => property.Key);
        Assert.Equal(["attributes", "deadlineSeconds", "fleet", "players", "preferredZone", "region", "waitFor"], body.Order());
    }

    private static void AssertReferencesExist(JsonNode document, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject fields:
                if ((string?)(fields["$ref"] as JsonValue) is { } reference)
                    Assert.NotNull(reference.TrimStart('#', '/').Split('/').Aggregate<string, JsonNode?>(document, (at, step) => at?[step]));
                foreach (var (_, value) in fields) AssertReferencesExist(document, value);
                break;
            case JsonArray items:
                foreach (var item in items) AssertReferencesExist(document, item);
                break;
            default:
                break;
        }
    }

    private static void Equal(string expected, JsonNode? actual) => Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(), actual?.ToJsonString());
}
