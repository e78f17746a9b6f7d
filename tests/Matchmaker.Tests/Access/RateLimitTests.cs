using System.Text.Json.Nodes;
using FleetSystem.FleetModel;
using Grpc.Core;

namespace FleetSystem.Matchmaker.Tests.Access;

/// <summary>How many requests a caller and an address may send; the periods are so long that nothing is given back while a test runs.</summary>
public sealed class RateLimitTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_MoreThanACallersRate_TooManyOverBothAndOthersAreServed()
    {
        await using var api = await GuardedApi.StartAsync([.. Rate("Callers", 3)]);
        var alice = api.Token("alice");
        for (var calls = 0; calls < 3; calls++) Assert.Equal(404, (await api.SendAsync("GET", "/v1/sessions/s-1", alice)).Status);
        var (status, problem, answer) = await api.SendAsync("GET", "/v1/sessions/s-1", alice);
        Assert.Equal((429, ErrorCodes.TooManyRequests), (status, (string?)problem?["code"]));
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));

        // Another token of the same player, over the other protocol.
        var fault = await Assert.ThrowsAsync<RpcException>(async () => await api.Api.Grpc.GetSessionAsync(new() { SessionId = "s-1" }, GuardedApi.Headers(api.Token("alice")), cancellationToken: Cancelled));
        Assert.Equal((StatusCode.ResourceExhausted, ErrorCodes.TooManyRequests), (fault.StatusCode, fault.Trailers.GetValue("fleetsystem-code")));
        Assert.InRange(int.Parse(fault.Trailers.GetValue("retry-after")!), 1, 3600);

        Assert.Equal(404, (await api.SendAsync("GET", "/v1/sessions/s-1", api.Token("bob"))).Status);
        for (var calls = 0; calls < 10; calls++) Assert.Equal(404, (await api.SendAsync("GET", "/v1/sessions/s-1", GuardedApi.BackendKey)).Status);
    }

    [Fact]
    public async Task Call_MoreThanABackendsRate_TooManyByWhicheverOfItsKeys()
    {
        await using var api = await GuardedApi.StartAsync([.. Rate("Backends", 2)]);
        Assert.Equal(404, (await api.SendAsync("GET", "/v1/sessions/s-1", GuardedApi.BackendKey)).Status);
        Assert.Equal(404, (await api.SendAsync("GET", "/v1/sessions/s-1", GuardedApi.RenewedBackendKey)).Status);
        Assert.Equal(429, (await api.SendAsync("GET", "/v1/sessions/s-1", GuardedApi.BackendKey)).Status);
        Assert.Equal(404, (await api.SendAsync("GET", "/v1/sessions/s-1", GuardedApi.OtherBackendKey)).Status);
    }

    [Fact]
    public async Task Call_MoreThanAnAddressesRate_TooManyAlsoForStrangersButProbesAndBackends()
    {
        await using var api = await GuardedApi.StartAsync([.. Rate("Addresses", 3)]);
        Assert.Equal(401, (await api.SendAsync("GET", "/v1/sessions/s-1", null)).Status);
        Assert.Equal(401, (await api.SendAsync("GET", "/v1/sessions/s-1", "nobody-s")).Status);
        Assert.Equal(404, (await api.SendAsync("GET", "/v1/sessions/s-1", api.Token("alice"))).Status);
        foreach (var bearer in new[] { null, "nobody-s", api.Token("bob") }) Assert.Equal(429, (await api.SendAsync("GET", "/v1/sessions/s-1", bearer)).Status);
        Assert.Equal(429, (await api.SendAsync("POST", "/v1/sessions/s-1/route-reports", "a.join.token", new JsonObject())).Status);
        Assert.Equal(404, (await api.SendAsync("GET", "/v1/sessions/s-1", GuardedApi.BackendKey)).Status);
        Assert.NotEqual(429, (await api.SendAsync("GET", "/livez", null)).Status);
    }

    [Fact]
    public async Task Address_BehindAProxy_IsTheOneThatItTellsAndNobodyElse()
    {
        await using var behind = await GuardedApi.StartAsync([.. Rate("Addresses", 1), ("Access:Proxies:0", "127.0.0.0/8")]);
        Assert.Equal((401, 401, 429), (await FromAsync(behind, "192.0.2.1"), await FromAsync(behind, "192.0.2.2"), await FromAsync(behind, "192.0.2.1")));

        // One /64 is one address.
        Assert.Equal((401, 429, 401), (await FromAsync(behind, "2001:db8::1"), await FromAsync(behind, "2001:db8::2"), await FromAsync(behind, "2001:db8:0:1::1")));

        await using var direct = await GuardedApi.StartAsync([.. Rate("Addresses", 1)]);
        Assert.Equal((401, 429), (await FromAsync(direct, "192.0.2.1"), await FromAsync(direct, "192.0.2.2")));
    }

    private static async Task<int> FromAsync(GuardedApi api, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/sessions/s-1") { Headers = { { "X-Forwarded-For", address } } };
        using var answer = await api.Api.Http.SendAsync(request, Cancelled);
        return (int)answer.StatusCode;
    }

    private static (string, string)[] Rate(string of, int requests) =>
    [
        ($"Access:RateLimits:{of}:Requests", "1"), ($"Access:RateLimits:{of}:Burst", requests.ToString()), ($"Access:RateLimits:{of}:Period", "01:00:00"),
    ];
}
