using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.Matchmaker.Tests.Api;

/// <summary>Players' reports of their paths over HTTP: what reaches the session, and every refusal.</summary>
[Collection(ApiTests.Name)]
public sealed class RouteReportTests(ApiFixture api)
{
    private const string Good =
        """{"playerId":"p1","current":"networkLoadBalancer","paths":[{"kind":"accelerator","state":"down","lost":20,"sent":20,"rttMilliseconds":null},{"kind":"networkLoadBalancer","state":"healthy","lost":0,"sent":20,"rttMilliseconds":31.5}]}""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Report_AsGameClientSendsIt_ReachesTheSessionWithTheToken()
    {
        var id = await Create("taken");
        var answer = await Report(id, Good, "the-token");
        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        var (_, report, token) = Assert.Single(api.Script.Reports, told => told.Session == id);
        Assert.Equal(("the-token", "p1", RouteKind.NetworkLoadBalancer), (token, report.PlayerId, report.Current));
        Assert.Equal(
            [new PathReport(RouteKind.Accelerator, PathState.Down, 20, 20, null), new PathReport(RouteKind.NetworkLoadBalancer, PathState.Healthy, 0, 20, 31.5)],
            report.Paths);
    }

    [Theory]
    [InlineData(RouteReportOutcome.InvalidToken, HttpStatusCode.Unauthorized, "join-token-invalid")]
    [InlineData(RouteReportOutcome.ExpiredToken, HttpStatusCode.Unauthorized, "join-token-expired")]
    [InlineData(RouteReportOutcome.OtherSession, HttpStatusCode.Forbidden, "join-token-other-session")]
    [InlineData(RouteReportOutcome.OtherPlayer, HttpStatusCode.Forbidden, "join-token-other-player")]
    public async Task Report_TokenThatTheSessionRefuses_SaysWhy(RouteReportOutcome outcome, HttpStatusCode status, string code)
    {
        var id = await Create($"refused-{outcome}");
        api.Script.Replies[$"token-{outcome}"] = new RouteReportReply(outcome);
        var answer = (await Report(id, Good, $"token-{outcome}")).AssertProblem(status, code);
        Assert.Equal(status == HttpStatusCode.Unauthorized ? "Bearer" : "", answer.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task Report_TooSoon_SaysWhenToComeBack()
    {
        var id = await Create("too-soon");
        api.Script.Replies["hasty"] = new RouteReportReply(RouteReportOutcome.TooSoon, TimeSpan.FromSeconds(1.2));
        var answer = (await Report(id, Good, "hasty")).AssertProblem(HttpStatusCode.TooManyRequests, "too-many-reports");
        Assert.Equal(TimeSpan.FromSeconds(2), answer.Headers.RetryAfter!.Delta);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Basic cDE6cDE=")]
    public async Task Report_WithoutABearerToken_IsRefusedBeforeTheSessionIsAsked(string? authorization)
    {
        var id = await Create($"missing-{authorization?.Length}");
        (await Report(id, Good, null, authorization)).AssertProblem(HttpStatusCode.Unauthorized, "join-token-missing");
        Assert.DoesNotContain(api.Script.Reports, told => told.Session == id);
    }

    [Theory]
    [InlineData("s-00000000000000000000000000")]
    [InlineData("nonsense")]
    public async Task Report_NoSuchSession_IsNotFound(string id) => (await Report(id, Good, "t")).AssertProblem(HttpStatusCode.NotFound, "session-not-found");

    [Fact]
    public async Task Report_LargerThanAllowed_IsRefused() =>
        (await Report(await Create("large"), Good + new string(' ', 4096), "t")).AssertProblem(HttpStatusCode.RequestEntityTooLarge, "request-too-large");

    [Theory]
    [InlineData("", "$", "malformed-request")]
    [InlineData("null", "$", "malformed-request")]
    [InlineData("""{"playerId":"p1","current":"carrierPigeon","paths":[]}""", "$.current", "malformed-request")]
    [InlineData("""{"playerId":"p1","current":"direct","paths":[],"more":1}""", "$.more", "malformed-request")]
    [InlineData("""{"current":"direct","paths":[]}""", "$.playerId", "invalid-request")]
    [InlineData("""{"playerId":"p1","paths":[]}""", "$.current", "invalid-request")]
    [InlineData("""{"playerId":"p1","current":"direct"}""", "$.paths", "invalid-request")]
    [InlineData("""{"playerId":"p1","current":"direct","paths":[null]}""", "$.paths[0]", "invalid-request")]
    [InlineData("""{"playerId":"p1","current":"direct","paths":[{"state":"down"}]}""", "$.paths[0].kind", "invalid-request")]
    [InlineData("""{"playerId":"p1","current":"direct","paths":[{"kind":"direct"}]}""", "$.paths[0].state", "invalid-request")]
    [InlineData("""{"playerId":"p1","current":"direct","paths":[{"kind":"direct","state":"down"},{"kind":"direct","state":"down"}]}""", "$.paths[1].kind", "invalid-request")]
    [InlineData("""{"playerId":"p1","current":"direct","paths":[{"kind":"direct","state":"down","lost":2,"sent":1}]}""", "$.paths[0].lost", "invalid-request")]
    [InlineData("""{"playerId":"p1","current":"direct","paths":[{"kind":"direct","state":"down","lost":-1,"sent":1}]}""", "$.paths[0].lost", "invalid-request")]
    [InlineData("""{"playerId":"p1","current":"direct","paths":[{"kind":"direct","state":"down","lost":0,"sent":1000001}]}""", "$.paths[0].sent", "invalid-request")]
    [InlineData("""{"playerId":"p1","current":"direct","paths":[{"kind":"direct","state":"down","rttMilliseconds":-1}]}""", "$.paths[0].rttMilliseconds", "invalid-request")]
    [InlineData("""{"playerId":"p1","current":"direct","paths":[{},{},{},{}]}""", "$.paths", "invalid-request")]
    public async Task Report_BadBody_SaysWhere(string body, string path, string code)
    {
        var answer = (await Report(await Create("bad"), body, "t")).AssertProblem(HttpStatusCode.BadRequest, code);
        Assert.Equal(path, (string?)answer.Body!["errors"]![0]!["path"]);
    }

    [Fact]
    public async Task OpenApi_Reports_AreDocumented()
    {
        var answer = await api.Send(HttpMethod.Get, "/openapi/v1.json");
        var call = answer.Body!["paths"]!["/v1/sessions/{id}/route-reports"]!["post"]!;
        Assert.Equal(["204", "400", "401", "403", "404", "413", "429"], call["responses"]!.AsObject().Select(response => response.Key).Order());
    }

    private async Task<string> Create(string key)
    {
        var answer = await api.Post($"report-{key}", """{"fleet":"arena","players":[{"id":"p1"}]}""");
        return (string)answer.Body!["sessionId"]!;
    }

    private async Task<Answer> Report(string id, string body, string? token, string? authorization = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/sessions/{id}/route-reports") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        else if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await api.Http.SendAsync(request, Cancelled);
        var text = await response.Content.ReadAsStringAsync(Cancelled);
        return new Answer(response.StatusCode, response.Content.Headers.ContentType?.MediaType, text.Length == 0 ? null : JsonNode.Parse(text), response.Headers);
    }
}
