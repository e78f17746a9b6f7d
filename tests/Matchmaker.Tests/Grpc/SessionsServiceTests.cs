using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.Matchmaker.Grpc;
using FleetSystem.Matchmaker.Grpc.V1;
using Google.Protobuf;
using Grpc.Core;
using QueuePlace = FleetSystem.FleetModel.Waiting.QueuePlace;
using SessionState = FleetSystem.FleetModel.Sessions.SessionState;
using V1 = FleetSystem.Matchmaker.Grpc.V1;
using WaitFor = FleetSystem.Matchmaker.Grpc.V1.WaitFor;

namespace FleetSystem.Matchmaker.Tests.Grpc;

/// <summary>The sessions over gRPC, beside HTTP on the same host.</summary>
public sealed class SessionsServiceTests
{
    private const string GoodJson = """
        {"fleet":"arena","players":[{"id":"alice","latencyMilliseconds":{"seoul":12}}],"preferredZone":"seoul-a","region":"seoul","waitFor":"playable","deadlineSeconds":2.5,"attributes":{"map": "dust", "seed": 12345678901234567890}}
        """;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, Delegate> Refused { get; } = new()
    {
        { """{"fleet":null}""", ErrorCodes.InvalidRequest, Spoil(request => request.Fleet = "") },
        { """{"fleet":"arena2"}""", ErrorCodes.UnknownFleet, Spoil(request => request.Fleet = "arena2") },
        { """{"players":[]}""", ErrorCodes.InvalidRequest, Spoil(request => request.Players.Clear()) },
        { """{"players":[{"id":"alice"},{"id":"alice"}]}""", ErrorCodes.InvalidRequest, Spoil(request => request.Players.Add(new Player { Id = "alice" })) },
        { """{"players":[{"id":""},{"id":"bob"}]}""", ErrorCodes.InvalidRequest, Spoil(request => request.Players.Insert(0, new Player())) },
        { """{"players":[{"id":"alice","latencyMilliseconds":{"paris":5}}]}""", ErrorCodes.UnknownRegion, Spoil(request => request.Players[0].LatencyMilliseconds["paris"] = 5) },
        { """{"players":[{"id":"alice","latencyMilliseconds":{"seoul":-5}}]}""", ErrorCodes.InvalidRequest, Spoil(request => request.Players[0].LatencyMilliseconds["seoul"] = -5) },
        { """{"region":"paris","preferredZone":null}""", ErrorCodes.UnknownRegion, Spoil(request => request.Region = "paris") },
        { """{"preferredZone":"seoul-z"}""", ErrorCodes.UnknownZone, Spoil(request => request.PreferredZone = "seoul-z") },
        { """{"deadlineSeconds":0}""", ErrorCodes.InvalidRequest, Spoil(request => request.DeadlineSeconds = 0) },
        { """{"deadlineSeconds":121}""", ErrorCodes.InvalidRequest, Spoil(request => request.DeadlineSeconds = 121) },
        { """{"attributes":[1]}""", ErrorCodes.InvalidRequest, Spoil(request => request.Attributes = "[1]") },
        { """{"fleet":"x","region":"y","deadlineSeconds":-1}""", ErrorCodes.UnknownFleet, Spoil(request => (request.Fleet, request.Region, request.DeadlineSeconds) = ("x", "y", -1)) },
    };

    [Fact]
    public async Task CreateSession_SameKeyAndRequestOverHttpBefore_FindsItsSession()
    {
        await using var api = await TestApi.StartAsync();
        var (status, http) = await api.PostAsync("key-1", JsonNode.Parse(GoodJson)!);
        Assert.Equal(201, status);

        var again = await api.CreateAsync("key-1", Good());

        Assert.False(again.Created);
        Assert.Equal((string)http["sessionId"]!, again.Session.SessionId);
        Assert.Equal("""{"map":"dust","seed":12345678901234567890}""", Assert.Single(api.Sessions.Requests).Attributes);
    }

    [Fact]
    public async Task CreateSession_NewKey_TellsTheSessionWhole()
    {
        await using var api = await TestApi.StartAsync();

        var answer = await api.CreateAsync("key-1", Good());

        Assert.True(answer.Created);
        var session = answer.Session;
        Assert.Equal(V1.SessionState.Allocated, session.State);
        Assert.Equal(("arena-abcde", "blue", 7001), (session.GameServer.Name, session.GameServer.Cluster, session.GameServer.Port));
        Assert.Equal(("seoul", "seoul-a", "seoul-b", 2), (session.Placement.RequestedRegion, session.Placement.RequestedZone, session.Placement.Zone, session.Placement.PreferenceServed));
        var routes = Assert.Single(session.Connections).Routes;
        Assert.Equal([RouteKind.Accelerator, RouteKind.NetworkLoadBalancer, RouteKind.Direct], routes.Select(route => route.Kind));
        Assert.False(routes[0].HasRoutingToken);
        Assert.Equal(16, routes[1].RoutingToken.Length);
        Assert.Null(session.Failure);
        var request = Assert.Single(api.Sessions.Requests);
        Assert.Equal((FleetModel.Sessions.WaitFor.Playable, TimeSpan.FromSeconds(2.5)), (request.WaitFor, request.Deadline));
    }

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public async Task CreateSession_RefusedRequest_HasTheCodeAndFaultsOfHttp(string spoiledFields, string code, Delegate spoil)
    {
        await using var api = await TestApi.StartAsync();
        var body = (JsonObject)JsonNode.Parse(GoodJson)!;
        foreach (var (field, value) in (JsonObject)JsonNode.Parse(spoiledFields)!) body[field] = value?.DeepClone();
        var request = Good();
        ((Action<CreateSessionRequest>)spoil)(request);

        var (status, problem) = await api.PostAsync("key-1", body);
        var fault = await RefusedAsync(() => api.CreateAsync("key-1", request));

        Assert.Equal((400, code), (status, (string)problem["code"]!));
        Assert.Equal((StatusCode.InvalidArgument, code), (fault.StatusCode, CodeOf(fault)));
        Assert.Equal((string)problem["detail"]!, fault.Status.Detail);
        Assert.Equal(
            problem["errors"]!.AsArray().Select(error => ((string)error!["path"]!, (string)error["code"]!, (string)error["message"]!)),
            V1.FieldFaults.Parser.ParseFrom(fault.Trailers.GetValueBytes(GrpcFault.FaultsTrailer)).Faults.Select(field => (field.Path, field.Code, field.Message)));
        Assert.Empty(api.Sessions.Requests);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("a key")]
    public async Task CreateSession_MissingOrMalformedKey_IsRefused(string? key)
    {
        await using var api = await TestApi.StartAsync();
        var fault = await RefusedAsync(() => api.CreateAsync(key, Good()));
        Assert.Equal((StatusCode.InvalidArgument, ErrorCodes.InvalidIdempotencyKey), (fault.StatusCode, CodeOf(fault)));
    }

    [Fact]
    public async Task CreateSession_KeyOfAnotherRequest_IsAConflict()
    {
        await using var api = await TestApi.StartAsync();
        await api.CreateAsync("key-1", Good());
        var other = Good();
        other.Players.Add(new Player { Id = "bob" });

        var fault = await RefusedAsync(() => api.CreateAsync("key-1", other));

        Assert.Equal((StatusCode.AlreadyExists, ErrorCodes.IdempotencyConflict), (fault.StatusCode, CodeOf(fault)));
    }

    [Fact]
    public async Task CreateSession_FieldsThatAreNotKnown_AreRefusedAtEveryDepth()
    {
        await using var api = await TestApi.StartAsync();
        var player = Player.Parser.ParseFrom([.. new Player { Id = "alice" }.ToByteArray(), 0x98, 0x06, 0x01]);
        var request = new CreateSessionRequest { Fleet = "arena", Players = { player } };

        var fault = await RefusedAsync(() => api.CreateAsync("key-1", request));

        Assert.Equal((StatusCode.InvalidArgument, ErrorCodes.MalformedRequest), (fault.StatusCode, CodeOf(fault)));
    }

    [Fact]
    public async Task CreateSession_UnreadableParts_AreNamed()
    {
        await using var api = await TestApi.StartAsync();
        var waitFor = Good();
        waitFor.WaitFor = (WaitFor)9;
        var attributes = Good();
        attributes.Attributes = "{";
        var deep = Good();
        deep.Attributes = string.Concat(Enumerable.Repeat("{\"a\":", 20)) + "1" + new string('}', 20);

        Assert.Contains("$.waitFor", (await RefusedAsync(() => api.CreateAsync("key-1", waitFor))).Status.Detail, StringComparison.Ordinal);
        Assert.Contains("$.attributes", (await RefusedAsync(() => api.CreateAsync("key-1", attributes))).Status.Detail, StringComparison.Ordinal);
        Assert.Contains("$.attributes", (await RefusedAsync(() => api.CreateAsync("key-1", deep))).Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateSession_LargerThanTheLimit_IsRefusedWithItsCode()
    {
        await using var api = await TestApi.StartAsync(("Matchmaker:MaxRequestBytes", "1024"));
        var request = Good();
        request.Attributes = $$"""{"a":"{{new string('x', 2000)}}"}""";

        var fault = await RefusedAsync(() => api.CreateAsync("key-1", request));

        Assert.Equal((StatusCode.ResourceExhausted, ErrorCodes.RequestTooLarge), (fault.StatusCode, CodeOf(fault)));
    }

    [Fact]
    public async Task CreateSession_ManyLongFaults_FitTheTrailersOfEveryClient()
    {
        await using var api = await TestApi.StartAsync();
        var request = Good();
        for (var i = 0; i < 39; i++) request.Players.Add(new Player { Id = new string('가', 128) });

        var fault = await RefusedAsync(() => api.CreateAsync("key-1", request));

        Assert.InRange(fault.Trailers.Sum(entry => entry.Key.Length + (entry.IsBinary ? entry.ValueBytes.Length * 4 / 3 : entry.Value.Length)) + Escaped(fault.Status.Detail), 4 * 1024, 8 * 1024);

        static int Escaped(string text) => Encoding.UTF8.GetBytes(text).Sum(letter => letter is >= (byte)' ' and <= (byte)'~' ? 1 : 3);
    }

    [Theory]
    [InlineData(ErrorCodes.NoCapacity, StatusCode.ResourceExhausted, "2")]
    [InlineData(ErrorCodes.QueueFull, StatusCode.ResourceExhausted, "5")]
    [InlineData(ErrorCodes.AllocationFailed, StatusCode.Aborted, "2")]
    [InlineData(ErrorCodes.NotPlayable, StatusCode.Aborted, "2")]
    public async Task CreateSession_SessionThatFails_TellsWhyAndWhenToTryAgain(string code, StatusCode status, string seconds)
    {
        await using var api = await TestApi.StartAsync();
        api.Sessions.Failing = new SessionFailure(code, "Nothing was free.");

        var fault = await RefusedAsync(() => api.CreateAsync("key-1", Good()));

        Assert.Equal((status, code, seconds), (fault.StatusCode, CodeOf(fault), fault.Trailers.GetValue(GrpcFault.RetryAfterTrailer)));
        Assert.StartsWith("Nothing was free.", fault.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateSession_NoServerFree_AnswersPendingWithItsPlaceAndTheStreamTellsTheRest()
    {
        await using var api = await TestApi.StartAsync();
        api.Sessions.Queue = new QueuePlace(4, 9, new DateTimeOffset(2026, 1, 1, 0, 0, 5, TimeSpan.Zero));

        var reply = await api.CreateAsync("key-1", Good());

        Assert.True(reply.Created);
        Assert.Equal(V1.SessionState.Pending, reply.Session.State);
        Assert.Equal((4, 9, api.Sessions.Queue.Since), (reply.Session.Queue.Position, reply.Session.Queue.Waiting, reply.Session.Queue.Since.ToDateTimeOffset()));
        Assert.Equal(4, (await api.Grpc.GetSessionAsync(new GetSessionRequest { SessionId = reply.Session.SessionId }, cancellationToken: Cancelled)).Queue.Position);

        using var watch = api.Grpc.WatchSession(new WatchSessionRequest { SessionId = reply.Session.SessionId }, cancellationToken: Cancelled);
        Assert.True(await watch.ResponseStream.MoveNext(Cancelled));
        Assert.Equal((V1.SessionState.Pending, 4), (watch.ResponseStream.Current.State, watch.ResponseStream.Current.Session.Queue.Position));
        api.Sessions.Of(reply.Session.SessionId).Become(SessionState.Cancelled, "by its caller");
        Assert.True(await watch.ResponseStream.MoveNext(Cancelled));
        Assert.Equal((V1.SessionState.Cancelled, (V1.QueuePlace?)null), (watch.ResponseStream.Current.State, watch.ResponseStream.Current.Session.Queue));
    }

    [Fact]
    public async Task EveryCall_ServiceThatCannotAnswer_IsUnavailableOrInternalWithoutOurInsides()
    {
        await using var api = await TestApi.StartAsync();
        api.Sessions.Broken = new TimeoutException("secret");
        var late = await RefusedAsync(() => api.CreateAsync("key-1", Good()));
        api.Sessions.Broken = new InvalidOperationException("secret");
        var broken = await RefusedAsync(() => api.CreateAsync("key-1", Good()));
        using var watch = api.Grpc.WatchSession(new WatchSessionRequest { SessionId = SessionIds.FromKey("", "key-1") }, cancellationToken: Cancelled);
        var stream = await Assert.ThrowsAsync<RpcException>(() => watch.ResponseStream.MoveNext(Cancelled));

        Assert.Equal((StatusCode.Unavailable, ErrorCodes.Unavailable, "1"), (late.StatusCode, CodeOf(late), late.Trailers.GetValue(GrpcFault.RetryAfterTrailer)));
        Assert.Equal((StatusCode.Internal, ErrorCodes.InternalError), (broken.StatusCode, CodeOf(broken)));
        Assert.Equal((StatusCode.Internal, ErrorCodes.InternalError), (stream.StatusCode, CodeOf(stream)));
        Assert.All([late, broken, stream], fault => Assert.DoesNotContain("secret", fault.Status.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task GetAndEndSession_KnownAndUnknown_AnswerAsHttpDoes()
    {
        await using var api = await TestApi.StartAsync();
        var id = (await api.CreateAsync("key-1", Good())).Session.SessionId;

        Assert.Equal(V1.SessionState.Allocated, (await api.Grpc.GetSessionAsync(new GetSessionRequest { SessionId = id }, cancellationToken: Cancelled)).State);
        Assert.Equal(V1.SessionState.Ended, (await api.Grpc.EndSessionAsync(new EndSessionRequest { SessionId = id }, cancellationToken: Cancelled)).State);
        foreach (var unknown in new[] { "", "nonsense", SessionIds.FromKey("", "never") })
        {
            var get = await RefusedAsync(() => api.Grpc.GetSessionAsync(new GetSessionRequest { SessionId = unknown }, cancellationToken: Cancelled).ResponseAsync);
            var end = await RefusedAsync(() => api.Grpc.EndSessionAsync(new EndSessionRequest { SessionId = unknown }, cancellationToken: Cancelled).ResponseAsync);
            Assert.All([get, end], fault => Assert.Equal((StatusCode.NotFound, ErrorCodes.SessionNotFound), (fault.StatusCode, CodeOf(fault))));
        }
    }

    [Fact]
    public async Task WatchSession_EventsBeforeAndAfter_ComeInOrderAndTheStreamEndsWithTheSession()
    {
        await using var api = await TestApi.StartAsync();
        var id = (await api.CreateAsync("key-1", Good())).Session.SessionId;
        var session = api.Sessions.Of(id);
        session.Become(SessionState.Playable, null);
        using var watch = api.Grpc.WatchSession(new WatchSessionRequest { SessionId = id, AfterSequence = 1 }, cancellationToken: Cancelled);
        Assert.True(await watch.ResponseStream.MoveNext(Cancelled));
        Assert.Equal((2, V1.SessionState.Playable, false), (watch.ResponseStream.Current.Sequence, watch.ResponseStream.Current.State, watch.ResponseStream.Current.HasReason));

        session.Become(SessionState.Lost, "its node died");
        Assert.True(await watch.ResponseStream.MoveNext(Cancelled));
        Assert.Equal((3, "its node died"), (watch.ResponseStream.Current.Sequence, watch.ResponseStream.Current.Reason));
        Assert.Empty(watch.ResponseStream.Current.Session.Connections);

        session.Become(SessionState.Ended, "over");
        Assert.True(await watch.ResponseStream.MoveNext(Cancelled));
        Assert.Equal(V1.SessionState.Ended, watch.ResponseStream.Current.State);
        Assert.False(await watch.ResponseStream.MoveNext(Cancelled));
        Assert.Equal(StatusCode.OK, watch.GetStatus().StatusCode);
    }

    [Fact]
    public async Task WatchSession_HostStops_StreamsOfBothProtocolsEndAtOnceAndMayGoOnElsewhere()
    {
        await using var api = await TestApi.StartAsync();
        var id = (await api.CreateAsync("key-1", Good())).Session.SessionId;
        using var first = api.Grpc.WatchSession(new WatchSessionRequest { SessionId = id }, cancellationToken: Cancelled);
        Assert.True(await first.ResponseStream.MoveNext(Cancelled));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/sessions/{id}/events");
        using var second = await api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        using var events = new StreamReader(await second.Content.ReadAsStreamAsync(Cancelled));

        // Long before requests that are under way are cut off.
        await api.StopAsync();
        Assert.StartsWith("event: allocated", await events.ReadToEndAsync(Cancelled), StringComparison.Ordinal);
        var ended = await Assert.ThrowsAsync<RpcException>(() => first.ResponseStream.MoveNext(Cancelled));
        Assert.Equal((StatusCode.Unavailable, ErrorCodes.Unavailable), (ended.StatusCode, CodeOf(ended)));
    }

    [Fact]
    public async Task WatchSession_MoreStreamsThanTheLimitOverBothProtocols_IsRefusedUntilOneEnds()
    {
        await using var api = await TestApi.StartAsync(("Matchmaker:MaxEventStreams", "2"));
        var id = (await api.CreateAsync("key-1", Good())).Session.SessionId;
        using var first = api.Grpc.WatchSession(new WatchSessionRequest { SessionId = id }, cancellationToken: Cancelled);
        Assert.True(await first.ResponseStream.MoveNext(Cancelled));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/sessions/{id}/events");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var second = await api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        using var events = new StreamReader(await second.Content.ReadAsStreamAsync(Cancelled));
        Assert.Equal("event: allocated", await events.ReadLineAsync(Cancelled));

        using var third = api.Grpc.WatchSession(new WatchSessionRequest { SessionId = id }, cancellationToken: Cancelled);
        var fault = await Assert.ThrowsAsync<RpcException>(() => third.ResponseStream.MoveNext(Cancelled));
        Assert.Equal((StatusCode.Unavailable, ErrorCodes.Unavailable, "5"), (fault.StatusCode, CodeOf(fault), fault.Trailers.GetValue(GrpcFault.RetryAfterTrailer)));

        api.Sessions.Of(id).Become(SessionState.Ended, null);
        Assert.True(await first.ResponseStream.MoveNext(Cancelled));
        Assert.False(await first.ResponseStream.MoveNext(Cancelled));
        using var fourth = api.Grpc.WatchSession(new WatchSessionRequest { SessionId = id }, cancellationToken: Cancelled);
        Assert.True(await fourth.ResponseStream.MoveNext(Cancelled));
    }

    [Fact]
    public async Task Start_WithoutGrpcUrl_ListensOnTheHttpAddressAlone()
    {
        await using var api = await TestApi.StartAsync(("Matchmaker:GrpcUrl", ""));
        Assert.Single(api.Addresses);
        Assert.Equal(201, (await api.PostAsync("key-1", JsonNode.Parse(GoodJson)!)).Status);
    }

    // The messages are internal, hence no type of a public test's parameter.
    private static Delegate Spoil(Action<CreateSessionRequest> change) => change;

    private static CreateSessionRequest Good() => new()
    {
        Fleet = "arena",
        Players = { new Player { Id = "alice", LatencyMilliseconds = { ["seoul"] = 12 } } },
        PreferredZone = "seoul-a",
        Region = "seoul",
        WaitFor = WaitFor.Playable,
        DeadlineSeconds = 2.5,
        Attributes = """{"map": "dust", "seed": 12345678901234567890}""",
    };

    private static string? CodeOf(RpcException fault) => fault.Trailers.GetValue(GrpcFault.CodeTrailer);

    private static async Task<RpcException> RefusedAsync(Func<Task> call) => await Assert.ThrowsAsync<RpcException>(call);
}
