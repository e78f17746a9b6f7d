using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Grains;
using FleetSystem.Matchmaker.Grpc;
using FleetSystem.Matchmaker.Grpc.V1;
using Google.Protobuf;
using Grpc.Core;
using PathReport = FleetSystem.Matchmaker.Grpc.V1.PathReport;
using PathState = FleetSystem.Matchmaker.Grpc.V1.PathState;
using RouteKind = FleetSystem.Matchmaker.Grpc.V1.RouteKind;

namespace FleetSystem.Matchmaker.Tests.Grpc;

/// <summary>Players' reports of their paths over gRPC: what reaches the session, and that every refusal is HTTP's.</summary>
public sealed class ReportRoutesTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string, Delegate> Refused { get; } = new()
    {
        { """{"current":"direct","paths":[]}""", Spoil(request => request.PlayerId = "") },
        { """{"playerId":"alice","paths":[]}""", Spoil(request => request.Current = RouteKind.Unspecified) },
        { """{"playerId":"alice","current":"direct","paths":[{"state":"down"}]}""", Spoil(request => request.Paths.Add(new PathReport { State = PathState.Down })) },
        { """{"playerId":"alice","current":"direct","paths":[{"kind":"direct"}]}""", Spoil(request => request.Paths.Add(new PathReport { Kind = RouteKind.Direct })) },
        { """{"playerId":"alice","current":"direct","paths":[{"kind":"direct","state":"down"},{"kind":"direct","state":"down"}]}""", Spoil(request => request.Paths.Add([Down(), Down()])) },
        { """{"playerId":"alice","current":"direct","paths":[{"kind":"direct","state":"down","lost":2,"sent":1}]}""", Spoil(request => request.Paths.Add(Down(lost: 2, sent: 1))) },
        { """{"playerId":"alice","current":"direct","paths":[{"kind":"direct","state":"down","lost":-1,"sent":1}]}""", Spoil(request => request.Paths.Add(Down(lost: -1, sent: 1))) },
        { """{"playerId":"alice","current":"direct","paths":[{"kind":"direct","state":"down","sent":1000001}]}""", Spoil(request => request.Paths.Add(Down(sent: 1_000_001))) },
        { """{"playerId":"alice","current":"direct","paths":[{"kind":"direct","state":"down","rttMilliseconds":-1}]}""", Spoil(request => request.Paths.Add(Down(roundTrip: -1))) },
        { """{"playerId":"alice","current":"direct","paths":[{"kind":"direct","state":"down"},{},{},{}]}""", Spoil(request => request.Paths.Add([Down(), new(), new(), new()])) },
    };

    [Fact]
    public async Task ReportRoutes_AGoodReport_ReachesTheSessionWithTheToken()
    {
        await using var api = await TestApi.StartAsync();
        var id = await CreateAsync(api);
        var request = Good(id);
        request.Paths.Add(new PathReport { Kind = RouteKind.Accelerator, State = PathState.Down, Lost = 20, Sent = 20 });
        request.Paths.Add(new PathReport { Kind = RouteKind.NetworkLoadBalancer, State = PathState.Degraded, Lost = 3, Sent = 20, RttMilliseconds = 31.5 });
        await ReportAsync(api, request);
        var (session, report, token) = Assert.Single(api.Sessions.Reports);
        Assert.Equal((id, "the-token", "alice", FleetModel.Routing.RouteKind.Direct), (session, token, report.PlayerId, report.Current));
        Assert.Equal(
            [
                new FleetModel.Routing.PathReport(FleetModel.Routing.RouteKind.Accelerator, FleetModel.Routing.PathState.Down, 20, 20, null),
                new FleetModel.Routing.PathReport(FleetModel.Routing.RouteKind.NetworkLoadBalancer, FleetModel.Routing.PathState.Degraded, 3, 20, 31.5),
            ],
            report.Paths);
    }

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public async Task ReportRoutes_BreaksARule_HasTheCodeAndFaultsOfHttp(string body, Delegate spoil)
    {
        await using var api = await TestApi.StartAsync();
        var id = await CreateAsync(api);
        var request = Good(id);
        ((Action<ReportRoutesRequest>)spoil)(request);
        var (status, problem) = await PostAsync(api, id, body, "the-token");
        var fault = await RefusedAsync(() => ReportAsync(api, request));
        Assert.Equal((400, StatusCode.InvalidArgument, (string)problem["code"]!), (status, fault.StatusCode, CodeOf(fault)));
        Assert.Equal(
            problem["errors"]!.AsArray().Select(error => ((string)error!["path"]!, (string)error["code"]!, (string)error["message"]!)),
            FieldFaults.Parser.ParseFrom(fault.Trailers.GetValueBytes(GrpcFault.FaultsTrailer)).Faults.Select(field => (field.Path, field.Code, field.Message)));
        Assert.Empty(api.Sessions.Reports);
    }

    [Theory]
    [InlineData(RouteReportOutcome.InvalidToken, 401, StatusCode.Unauthenticated, ErrorCodes.JoinTokenInvalid)]
    [InlineData(RouteReportOutcome.ExpiredToken, 401, StatusCode.Unauthenticated, ErrorCodes.JoinTokenExpired)]
    [InlineData(RouteReportOutcome.OtherSession, 403, StatusCode.PermissionDenied, ErrorCodes.JoinTokenOtherSession)]
    [InlineData(RouteReportOutcome.OtherPlayer, 403, StatusCode.PermissionDenied, ErrorCodes.JoinTokenOtherPlayer)]
    [InlineData(RouteReportOutcome.TooSoon, 429, StatusCode.ResourceExhausted, ErrorCodes.TooManyReports)]
    public async Task ReportRoutes_TheSessionRefuses_HasTheCodeOfHttp(RouteReportOutcome outcome, int http, StatusCode grpc, string code)
    {
        await using var api = await TestApi.StartAsync();
        var id = await CreateAsync(api);
        api.Sessions.ReportReply = new RouteReportReply(outcome, TimeSpan.FromSeconds(1.2));
        var (status, problem) = await PostAsync(api, id, """{"playerId":"alice","current":"direct","paths":[]}""", "t");
        var fault = await RefusedAsync(() => ReportAsync(api, Good(id)));
        Assert.Equal((http, grpc, code, code), (status, fault.StatusCode, (string)problem["code"]!, CodeOf(fault)));
        Assert.Equal(outcome == RouteReportOutcome.TooSoon ? "2" : null, fault.Trailers.GetValue(GrpcFault.RetryAfterTrailer));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Basic cDE6cDE=")]
    public async Task ReportRoutes_WithoutABearerToken_IsRefusedBeforeTheSessionIsAsked(string? authorization)
    {
        await using var api = await TestApi.StartAsync();
        var fault = await RefusedAsync(async () => await api.Grpc.ReportRoutesAsync(
            Good(await CreateAsync(api)), authorization is null ? null : new Metadata { { "authorization", authorization } }, cancellationToken: Cancelled));
        Assert.Equal((StatusCode.Unauthenticated, ErrorCodes.JoinTokenMissing), (fault.StatusCode, CodeOf(fault)));
        Assert.Empty(api.Sessions.Reports);
    }

    [Fact]
    public async Task ReportRoutes_NoSuchSession_IsNotFound()
    {
        await using var api = await TestApi.StartAsync();
        foreach (var id in new[] { "nonsense", "s-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" })
        {
            var fault = await RefusedAsync(() => ReportAsync(api, Good(id)));
            Assert.Equal((StatusCode.NotFound, ErrorCodes.SessionNotFound), (fault.StatusCode, CodeOf(fault)));
        }
    }

    [Fact]
    public async Task ReportRoutes_WhatThisServiceDoesNotKnowOrIsTooMuch_IsRefused()
    {
        await using var api = await TestApi.StartAsync();
        var id = await CreateAsync(api);

        var unknownField = ReportRoutesRequest.Parser.ParseFrom([.. Good(id).ToByteArray(), 0xf8, 0x07, 0x01]);
        await IsAsync(unknownField, ErrorCodes.MalformedRequest, StatusCode.InvalidArgument);
        var unknownKind = Good(id);
        unknownKind.Current = (RouteKind)9;
        await IsAsync(unknownKind, ErrorCodes.MalformedRequest, StatusCode.InvalidArgument);
        var unknownState = Good(id);
        unknownState.Paths.Add(new PathReport { Kind = RouteKind.Direct, State = (PathState)9 });
        await IsAsync(unknownState, ErrorCodes.MalformedRequest, StatusCode.InvalidArgument);
        var noNumber = Good(id);
        noNumber.Paths.Add(Down(roundTrip: double.NaN));
        await IsAsync(noNumber, ErrorCodes.InvalidRequest, StatusCode.InvalidArgument);
        var large = Good(id);
        large.PlayerId = new string('p', 8192);
        await IsAsync(large, ErrorCodes.RequestTooLarge, StatusCode.ResourceExhausted);
        Assert.Empty(api.Sessions.Reports);

        async Task IsAsync(ReportRoutesRequest request, string code, StatusCode status)
        {
            var fault = await RefusedAsync(() => ReportAsync(api, request));
            Assert.Equal((status, code), (fault.StatusCode, CodeOf(fault)));
        }
    }

    private static ReportRoutesRequest Good(string id) => new() { SessionId = id, PlayerId = "alice", Current = RouteKind.Direct };

    private static PathReport Down(long lost = 0, long sent = 0, double? roundTrip = null)
    {
        var path = new PathReport { Kind = RouteKind.Direct, State = PathState.Down, Lost = lost, Sent = sent };
        if (roundTrip is { } milliseconds) path.RttMilliseconds = milliseconds;
        return path;
    }

    private static Action<ReportRoutesRequest> Spoil(Action<ReportRoutesRequest> spoil) => spoil;

    private static async Task<string> CreateAsync(TestApi api) =>
        (await api.CreateAsync("key-1", new CreateSessionRequest { Fleet = "arena", Players = { new Player { Id = "alice" } } })).Session.SessionId;

    private static async Task ReportAsync(TestApi api, ReportRoutesRequest request) =>
        await api.Grpc.ReportRoutesAsync(request, new Metadata { { "authorization", "Bearer the-token" } }, cancellationToken: Cancelled);

    private static async Task<(int Status, JsonNode Body)> PostAsync(TestApi api, string id, string body, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/sessions/{id}/route-reports") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await api.Http.SendAsync(request, Cancelled);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancelled))!);
    }

    private static async Task<RpcException> RefusedAsync(Func<Task> call) => await Assert.ThrowsAsync<RpcException>(call);

    private static string CodeOf(RpcException fault) => fault.Trailers.GetValue(GrpcFault.CodeTrailer)!;
}
