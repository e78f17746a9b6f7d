using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Grains;

namespace FleetSystem.Matchmaker.Tests.Api;

/// <summary>Whatever is wrong with a request is told as a problem document, and no grain is asked to allocate anything.</summary>
[Collection(ApiTests.Name)]
public sealed class BadRequestTests(ApiFixture api)
{
    private const string Good = """{"fleet":"arena","players":[{"id":"p1"}]}""";

    public static TheoryData<string, string, string, string> BadBodies { get; } = new()
    {
        { "unknown fleet", """{"fleet":"nope","players":[{"id":"p"}]}""", ErrorCodes.UnknownFleet, "$.fleet" },
        { "no fleet", """{"players":[{"id":"p"}]}""", ErrorCodes.InvalidRequest, "$.fleet" },
        { "unknown region", """{"fleet":"arena","players":[{"id":"p"}],"region":"eu-central-1"}""", ErrorCodes.UnknownRegion, "$.region" },
        { "region that the fleet is not in", """{"fleet":"seoul-only","players":[{"id":"p"}],"region":"us-west-2"}""", ErrorCodes.UnknownRegion, "$.region" },
        { "unknown zone", """{"fleet":"arena","players":[{"id":"p"}],"preferredZone":"ap-northeast-2z"}""", ErrorCodes.UnknownZone, "$.preferredZone" },
        { "zone of another region", """{"fleet":"arena","players":[{"id":"p"}],"region":"us-west-2","preferredZone":"ap-northeast-2a"}""", ErrorCodes.UnknownZone, "$.preferredZone" },
        { "players missing", """{"fleet":"arena"}""", ErrorCodes.InvalidRequest, "$.players" },
        { "no players", """{"fleet":"arena","players":[]}""", ErrorCodes.InvalidRequest, "$.players" },
        { "10,000 players", $$"""{"fleet":"arena","players":[{{string.Join(',', Enumerable.Range(0, 10_000).Select(index => $$"""{"id":"p{{index}}"}"""))}}]}""", ErrorCodes.InvalidRequest, "$.players" },
        { "player null", """{"fleet":"arena","players":[null]}""", ErrorCodes.InvalidRequest, "$.players[0].id" },
        { "player without id", """{"fleet":"arena","players":[{"id":"p"},{}]}""", ErrorCodes.InvalidRequest, "$.players[1].id" },
        { "empty id", """{"fleet":"arena","players":[{"id":""}]}""", ErrorCodes.InvalidRequest, "$.players[0].id" },
        { "id of 10 kB", $$"""{"fleet":"arena","players":[{"id":"{{new string('x', 10_000)}}"}]}""", ErrorCodes.InvalidRequest, "$.players[0].id" },
        { "id with a control character", """{"fleet":"arena","players":[{"id":"a\u0000b"}]}""", ErrorCodes.InvalidRequest, "$.players[0].id" },
        { "player twice", """{"fleet":"arena","players":[{"id":"p"},{"id":"p"}]}""", ErrorCodes.InvalidRequest, "$.players[1].id" },
        { "latency to nowhere", """{"fleet":"arena","players":[{"id":"p","latencyMilliseconds":{"mars":3}}]}""", ErrorCodes.UnknownRegion, "$.players[0].latencyMilliseconds['mars']" },
        { "negative latency", """{"fleet":"arena","players":[{"id":"p","latencyMilliseconds":{"us-west-2":-1}}]}""", ErrorCodes.InvalidRequest, "$.players[0].latencyMilliseconds['us-west-2']" },
        { "deadline in the past", """{"fleet":"arena","players":[{"id":"p"}],"deadlineSeconds":-5}""", ErrorCodes.InvalidRequest, "$.deadlineSeconds" },
        { "deadline of zero", """{"fleet":"arena","players":[{"id":"p"}],"deadlineSeconds":0}""", ErrorCodes.InvalidRequest, "$.deadlineSeconds" },
        { "deadline of a day", """{"fleet":"arena","players":[{"id":"p"}],"deadlineSeconds":86400}""", ErrorCodes.InvalidRequest, "$.deadlineSeconds" },
        { "deadline beyond all numbers", """{"fleet":"arena","players":[{"id":"p"}],"deadlineSeconds":1e308}""", ErrorCodes.InvalidRequest, "$.deadlineSeconds" },
        { "attributes that are a list", """{"fleet":"arena","players":[{"id":"p"}],"attributes":[1]}""", ErrorCodes.InvalidRequest, "$.attributes" },
        { "attributes too long", $$$"""{"fleet":"arena","players":[{"id":"p"}],"attributes":{"a":"{{{new string('x', 20_000)}}}"}}""", ErrorCodes.InvalidRequest, "$.attributes" },
        { "empty body", "", ErrorCodes.MalformedRequest, "$" },
        { "no JSON", "fleet=arena", ErrorCodes.MalformedRequest, "$" },
        { "half a body", """{"fleet":"arena","players":[{"id":"p"}""", ErrorCodes.MalformedRequest, "$.players[1]" },
        { "two bodies", Good + Good, ErrorCodes.MalformedRequest, "$" },
        { "null", "null", ErrorCodes.MalformedRequest, "$" },
        { "a list", "[]", ErrorCodes.MalformedRequest, "$" },
        { "unknown field", """{"fleet":"arena","players":[{"id":"p"}],"colour":"red"}""", ErrorCodes.MalformedRequest, "$.colour" },
        { "unknown field of a player", """{"fleet":"arena","players":[{"id":"p","rank":3}]}""", ErrorCodes.MalformedRequest, "$.players[0].rank" },
        { "number for a text", """{"fleet":7,"players":[{"id":"p"}]}""", ErrorCodes.MalformedRequest, "$.fleet" },
        { "text for a number", """{"fleet":"arena","players":[{"id":"p"}],"deadlineSeconds":"5"}""", ErrorCodes.MalformedRequest, "$.deadlineSeconds" },
        { "fraction for a whole number", """{"fleet":"arena","players":[{"id":"p","latencyMilliseconds":{"us-west-2":1.5}}]}""", ErrorCodes.MalformedRequest, "$.players[0].latencyMilliseconds.us-west-2" },
        { "unknown waitFor", """{"fleet":"arena","players":[{"id":"p"}],"waitFor":"forever"}""", ErrorCodes.MalformedRequest, "$.waitFor" },
        { "waitFor by number", """{"fleet":"arena","players":[{"id":"p"}],"waitFor":1}""", ErrorCodes.MalformedRequest, "$.waitFor" },
        { "nested without end", $$"""{"fleet":"arena","players":[{"id":"p"}],"attributes":{{new string('[', 5000)}}""", ErrorCodes.MalformedRequest, "$.attributes" },
        { "half a surrogate in an id", """{"fleet":"arena","players":[{"id":"\ud800"}]}""", ErrorCodes.MalformedRequest, "$.players[0].id" },
        { "half a surrogate in a name of the attributes", """{"fleet":"arena","players":[{"id":"p"}],"attributes":{"\ud800":1}}""", ErrorCodes.InvalidRequest, "$.attributes" },
        { "half a surrogate in the attributes", """{"fleet":"arena","players":[{"id":"p"}],"attributes":{"a":"\ud800"}}""", ErrorCodes.InvalidRequest, "$.attributes" },
    };

    [Theory]
    [MemberData(nameof(BadBodies), DisableDiscoveryEnumeration = true)]
    public async Task Post_BadBody_ProblemNamingTheFieldAndNothingIsAllocated(string what, string body, string code, string path)
    {
        var before = api.Script.Created.Count;
        var problem = (await api.Post($"bad-{what.Replace(' ', '-')}", body)).AssertProblem(HttpStatusCode.BadRequest, code);
        var faults = problem.Body!["errors"]!.AsArray();
        Assert.Equal(path, (string?)faults[0]!["path"]);
        Assert.Equal(code, (string?)faults[0]!["code"]);
        Assert.InRange(faults.Count, 1, 20);
        Assert.Equal(before, api.Script.Created.Count);
    }

    [Fact]
    public async Task Post_BytesThatAreNoText_Problem()
    {
        var before = api.Script.Created.Count;
        byte[] body = [.. """{"fleet":"arena","players":[{"id":"""u8, (byte)'"', 0xC3, 0x28, .. "\"}]}"u8];
        var answer = await api.Send(HttpMethod.Post, "/v1/sessions", "k", new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } });
        answer.AssertProblem(HttpStatusCode.BadRequest, ErrorCodes.MalformedRequest);
        Assert.Equal(before, api.Script.Created.Count);
    }

    [Fact]
    public async Task Post_SeveralFaults_AllToldAtOnce()
    {
        var problem = (await api.Post("many", """{"fleet":"arena","players":[{"id":"p"},{"id":"p"}],"region":"mars","deadlineSeconds":-1,"attributes":3}""")).AssertProblem(HttpStatusCode.BadRequest, ErrorCodes.InvalidRequest);
        Assert.Equal(["$.players[1].id", "$.region", "$.deadlineSeconds", "$.attributes"], problem.Body!["errors"]!.AsArray().Select(fault => (string?)fault!["path"]));
    }

    [Fact]
    public async Task Post_HundredsOfFaults_TwentyTold()
    {
        var players = string.Join(',', Enumerable.Repeat("""{"id":""}""", 150));
        var problem = (await api.Post("hundreds", $$"""{"fleet":"arena","players":[{{players}}]}""")).AssertProblem(HttpStatusCode.BadRequest, ErrorCodes.InvalidRequest);
        Assert.Equal(20, problem.Body!["errors"]!.AsArray().Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_BodyOfTenMegabytes_TooLarge(bool chunked)
    {
        var before = api.Script.Created.Count;
        var body = Encoding.UTF8.GetBytes($$$"""{"fleet":"arena","players":[{"id":"p"}],"attributes":{"a":"{{{new string('x', 10 * 1024 * 1024)}}}"}}""");
        HttpContent content = chunked ? new StreamContent(new UnsizedStream(body)) : new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        (await api.Send(HttpMethod.Post, "/v1/sessions", "large", content)).AssertProblem(HttpStatusCode.RequestEntityTooLarge, ErrorCodes.RequestTooLarge);
        Assert.Equal(before, api.Script.Created.Count);
        Assert.Equal(HttpStatusCode.OK, (await api.Send(HttpMethod.Get, "/v1/regions")).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("schlüssel")]
    [InlineData("tab\tkey")]
    public async Task Post_MissingOrOddKey_Problem(string? key)
    {
        var before = api.Script.Created.Count;
        (await api.Post(key, Good)).AssertProblem(HttpStatusCode.BadRequest, ErrorCodes.InvalidIdempotencyKey);
        Assert.Equal(before, api.Script.Created.Count);
    }

    [Fact]
    public async Task Post_KeyOf256Characters_Problem()
    {
        (await api.Post(new string('k', 256), Good)).AssertProblem(HttpStatusCode.BadRequest, ErrorCodes.InvalidIdempotencyKey);
        Assert.Equal(HttpStatusCode.Created, (await api.Post(new string('k', 255), Good)).Status);
    }

    [Fact]
    public async Task Post_SameKeyOtherBody_Conflict()
    {
        Assert.Equal(HttpStatusCode.Created, (await api.Post("conflict", Good)).Status);
        (await api.Post("conflict", """{"fleet":"arena","players":[{"id":"p2"}]}""")).AssertProblem(HttpStatusCode.Conflict, ErrorCodes.IdempotencyConflict);
    }

    [Fact]
    public async Task Post_OtherMediaType_Unsupported() =>
        (await api.Post("media", Good, "text/plain")).AssertProblem(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");

    [Theory]
    [InlineData("GET", "/v1/sessions/s-uyez2uxari6oa523p3qkb35c6v5p5crl", HttpStatusCode.NotFound, ErrorCodes.SessionNotFound)]
    [InlineData("GET", "/v1/sessions/nonsense", HttpStatusCode.NotFound, ErrorCodes.SessionNotFound)]
    [InlineData("DELETE", "/v1/sessions/s-uyez2uxari6oa523p3qkb35c6v5p5crl", HttpStatusCode.NotFound, ErrorCodes.SessionNotFound)]
    [InlineData("GET", "/v1/sessions/s-uyez2uxari6oa523p3qkb35c6v5p5crl/events", HttpStatusCode.NotFound, ErrorCodes.SessionNotFound)]
    [InlineData("GET", "/v1/sessions/%20/events", HttpStatusCode.NotFound, ErrorCodes.SessionNotFound)]
    [InlineData("GET", "/v1/nothing", HttpStatusCode.NotFound, "not-found")]
    [InlineData("PUT", "/v1/sessions", HttpStatusCode.MethodNotAllowed, "method-not-allowed")]
    [InlineData("POST", "/v1/regions", HttpStatusCode.MethodNotAllowed, "method-not-allowed")]
    public async Task Send_WrongSessionPathOrMethod_Problem(string method, string path, HttpStatusCode status, string code) =>
        (await api.Send(new HttpMethod(method), path)).AssertProblem(status, code);

    [Fact]
    public async Task Post_ChunksThatAreNone_IsTheCallersFault()
    {
        var answer = await SendRaw("POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: raw\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nnonsense\r\n");
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Equal(ErrorCodes.MalformedRequest, (string?)JsonNode.Parse(answer[answer.IndexOf('{', StringComparison.Ordinal)..(answer.LastIndexOf('}') + 1)])!["code"]);
    }

    [Fact]
    public async Task Post_SessionUnavailable_503WithRetryAfter()
    {
        api.Script.Faults["away"] = () => new SessionUnavailableException("Session s-1 is being read again from the store");
        var answer = (await api.Post("away", """{"fleet":"away","players":[{"id":"p"}]}""")).AssertProblem(HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task Post_FaultOfOurs_500WithoutItsInsides()
    {
        api.Script.Faults["broken"] = () => new InvalidOperationException("secret insides");
        var answer = (await api.Post("broken", """{"fleet":"broken","players":[{"id":"p"}]}""")).AssertProblem(HttpStatusCode.InternalServerError, ErrorCodes.InternalError);
        Assert.DoesNotContain("insides", answer.Body!.ToJsonString(), StringComparison.Ordinal);
    }

    private async Task<string> SendRaw(string text)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(api.EndPoint, TestContext.Current.CancellationToken);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);
        return await new StreamReader(stream).ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>A stream that does not tell its length, so that it is sent in chunks.</summary>
    private sealed class UnsizedStream(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public override bool CanSeek => false;
    }
}
