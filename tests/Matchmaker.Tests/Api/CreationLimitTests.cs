using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FleetSystem.FleetModel;
using FleetSystem.Matchmaker.Grpc.V1;
using FleetSystem.Matchmaker.Tests.Grpc;
using Grpc.Core;

namespace FleetSystem.Matchmaker.Tests.Api;

/// <summary>What hangs fills its own places only.</summary>
public sealed class CreationLimitTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_AFleetHangs_RefusedAtOnceOverItsLimitAndOthersAnswer()
    {
        await using var api = await TestApi.StartAsync(("Matchmaker:MaxCreations", "3"), ("FleetSystem:Fleets:1:Id", "duel"));
        var hanging = new TaskCompletionSource();
        api.Sessions.Holding["arena"] = hanging.Task;
        var held = Enumerable.Range(0, 3).Select(number => Post(api, "arena", $"held-{number}")).ToList();
        while (api.Sessions.Held < 3) await Task.Yield();

        var refused = await Post(api, "arena", "over");
        var problem = await refused.Content.ReadFromJsonAsync<JsonObject>(Cancelled);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, ErrorCodes.Overloaded), (refused.StatusCode, (string)problem!["code"]!));
        Assert.Equal(TimeSpan.FromSeconds(2), refused.Headers.RetryAfter!.Delta);
        var call = new CreateSessionRequest { Fleet = "arena", Players = { new Player { Id = "alice" } } };
        var overGrpc = await Assert.ThrowsAsync<RpcException>(() => api.Grpc.CreateSessionAsync(call, new Metadata { { "idempotency-key", "over-grpc" } }, cancellationToken: Cancelled).ResponseAsync);
        Assert.Equal((StatusCode.Unavailable, "2"), (overGrpc.StatusCode, overGrpc.Trailers.GetValue("retry-after")));
        Assert.Equal(HttpStatusCode.Created, (await Post(api, "duel", "other")).StatusCode);

        hanging.SetResult();
        foreach (var answer in held) Assert.Equal(HttpStatusCode.Created, (await answer).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await Post(api, "arena", "over")).StatusCode);
    }

    private static Task<HttpResponseMessage> Post(TestApi api, string fleet, string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sessions")
        {
            Content = JsonContent.Create(new { fleet, players = new[] { new { id = "alice" } } }),
            Headers = { { "Idempotency-Key", key } },
        };
        return api.Http.SendAsync(request, Cancelled);
    }
}
