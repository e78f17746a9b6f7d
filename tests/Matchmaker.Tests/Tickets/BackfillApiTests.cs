using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.Matchmaker.Grpc.V1;
using FleetSystem.Matchmaker.Tests.Grpc;
using Grpc.Core;

namespace FleetSystem.Matchmaker.Tests.Tickets;

/// <summary>Backends' requests for players, over HTTP and gRPC.</summary>
public sealed class BackfillApiTests : IAsyncLifetime
{
    private static readonly string Session = SessionIds.FromKey("", "played");
    private static readonly string Good = $$"""{"queue":"duel","sessionId":"{{Session}}","teams":{"red":[{"id":"alice"}],"blue":[]},"timeoutSeconds":30}""";

    private TestApi _api = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _api = await TestApi.StartAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Create_GetAndStop_ReachTheQueue()
    {
        var (status, backfill) = await SendAsync("POST", "/v1/backfills", Good, "key");
        Assert.Equal((201, "searching", Session, "backend"), (status, (string?)backfill["status"], (string?)backfill["sessionId"], (string?)backfill["origin"]));
        var request = Assert.Single(_api.Queue.BackfillRequests);
        Assert.Equal((Session, TimeSpan.FromSeconds(30), FleetModel.Matching.Tickets.BackfillOrigin.Backend), (request.SessionId, request.Timeout, request.Origin));
        Assert.Equal(("alice", 0), (request.Teams["red"][0].Id, request.Teams["blue"].Count));
        Assert.Equal(200, (await SendAsync("POST", "/v1/backfills", Good, "key")).Status);

        var id = (string)backfill["backfillId"]!;
        Assert.Equal("searching", (string?)(await SendAsync("GET", $"/v1/backfills/{id}")).Body["status"]);
        Assert.Equal("cancelled", (string?)(await SendAsync("DELETE", $"/v1/backfills/{id}")).Body["status"]);
        var told = await _api.Tickets.GetBackfillAsync(new GetBackfillRequest { BackfillId = id }, cancellationToken: Cancelled);
        Assert.Equal((Matchmaker.Grpc.V1.TicketStatus.Cancelled, Session, "stopped by its caller"), (told.Status, told.SessionId, told.Reason));
    }

    [Fact]
    public async Task Create_OverGrpc_TheSameRequest()
    {
        await SendAsync("POST", "/v1/backfills", Good, "http");
        var request = new CreateBackfillRequest { Queue = "duel", SessionId = Session, TimeoutSeconds = 30 };
        request.Teams.Add(new BackfillTeam { Name = "red", Players = { new TicketPlayer { Id = "alice" } } });
        request.Teams.Add(new BackfillTeam { Name = "blue" });
        var told = await _api.Tickets.CreateBackfillAsync(request, new Metadata { { "idempotency-key", "grpc" } }, cancellationToken: Cancelled);
        Assert.True(told.Created);
        Assert.Single(_api.Queue.BackfillRequests.Select(one => one.Fingerprint).Distinct());
    }

    [Theory]
    [InlineData("""{"queue":"duel","sessionId":"nonsense","teams":{"red":[{"id":"p"}]}}""", 404, ErrorCodes.SessionNotFound, null)]
    [InlineData("""{"queue":"nope","sessionId":"s","teams":{"red":[{"id":"p"}]}}""", 404, ErrorCodes.UnknownQueue, "$.queue")]
    [InlineData("""{"queue":"duel","sessionId":"s","teams":{}}""", 400, ErrorCodes.InvalidRequest, "$.teams")]
    [InlineData("""{"queue":"duel","sessionId":"s","teams":{"red":[{"id":""}]}}""", 400, ErrorCodes.InvalidRequest, "$.teams['red'][0].id")]
    [InlineData("""{"queue":"duel","sessionId":"s","teams":{"red":null}}""", 400, ErrorCodes.InvalidRequest, "$.teams['red']")]
    public async Task Create_WhatCannotBe_Problem(string body, int expected, string code, string? path)
    {
        var (status, problem) = await SendAsync("POST", "/v1/backfills", body, "key");
        Assert.Equal((expected, code, path), (status, (string?)problem["code"], (string?)problem["errors"]?[0]?["path"]));
        Assert.Empty(_api.Queue.BackfillRequests);
    }

    [Fact]
    public async Task Create_NoSessionToTheQueue_NotFound()
    {
        _api.Queue.BackfillRefusal = new BackfillReply(BackfillOutcome.NoSession, null, []);
        var (status, problem) = await SendAsync("POST", "/v1/backfills", Good, "key");
        Assert.Equal((404, ErrorCodes.SessionNotFound), (status, (string?)problem["code"]));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("b-uyez2uxari6oa523p3qkb35c6v5p5crl.duel")]
    public async Task Any_NoSuchBackfill_NotFound(string id)
    {
        foreach (var method in new[] { "GET", "DELETE" })
        {
            var (status, problem) = await SendAsync(method, $"/v1/backfills/{id}");
            Assert.Equal((404, ErrorCodes.TicketNotFound), (status, (string?)problem["code"]));
        }
    }

    private async Task<(int Status, JsonObject Body)> SendAsync(string method, string path, string? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await _api.Http.SendAsync(request, Cancelled);
        return ((int)response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonObject>(Cancelled))!);
    }
}
