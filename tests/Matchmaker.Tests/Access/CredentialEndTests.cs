using System.Net.ServerSentEvents;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.FleetModel;
using FleetSystem.LocalCloud.Access;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.Matchmaker.Tests.Access;

/// <summary>What is opened with a credential ends with it: streams over HTTP and gRPC, by the clock and by files that change.</summary>
public sealed class CredentialEndTests : IAsyncLifetime
{
    private const string LateKey = "late-0123456789abcdef0123456789abcdef";
    private static readonly TimeSpan Reload = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    private readonly string _keys = Path.GetTempFileName();
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private GuardedApi _api = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        WriteKeys(LateKey);
        _api = await GuardedApi.StartAsync(null, _clock, ("Access:ApiKeysFile", _keys), ("Access:ReloadInterval", Reload.ToString()), ("Matchmaker:MaxEventStreams", "2"));
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        File.Delete(_keys);
    }

    [Fact]
    public async Task SessionStream_TokenExpires_EndsThenAndSaysWhy()
    {
        var id = (string)(await _api.CreateAsync(GuardedApi.BackendKey, "key", "alice")).Body!["sessionId"]!;
        var (_, _, answer) = await _api.SendAsync("GET", $"/v1/sessions/{id}/events", _api.Token("alice"));
        var reading = ReadAsync(answer, "allocated");
        await reading.Seen;

        // To the second: the clock's skew is let pass as for a request.
        _clock.Advance(TimeSpan.FromMinutes(5) + ClockSkew - TimeSpan.FromSeconds(5));
        Assert.False(reading.End.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(ErrorCodes.CredentialExpired, await reading.End);
        Assert.Equal(401, (await _api.SendAsync("GET", $"/v1/sessions/{id}/events", _api.Token("alice"))).Status);
    }

    [Fact]
    public async Task GrpcStream_TokenExpires_UnauthenticatedWithTheCode()
    {
        var id = (string)(await _api.CreateAsync(GuardedApi.BackendKey, "key", "alice")).Body!["sessionId"]!;
        using var call = _api.Api.Grpc.WatchSession(new() { SessionId = id }, GuardedApi.Headers(_api.Token("alice")), cancellationToken: Cancelled);
        Assert.True(await call.ResponseStream.MoveNext(Cancelled));
        _clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal((StatusCode.Unauthenticated, ErrorCodes.CredentialExpired), await EndAsync(call.ResponseStream));
    }

    [Fact]
    public async Task Streams_KeyTakenOutOfTheFile_EndWithinTheReloadAndOthersGoOn()
    {
        var id = (string)(await _api.CreateAsync(LateKey, "key", "alice")).Body!["sessionId"]!;
        using var late = _api.Api.Grpc.WatchSession(new() { SessionId = id }, GuardedApi.Headers(LateKey), cancellationToken: Cancelled);
        using var queue = _api.Api.Tickets.WatchQueue(new() { Queue = "duel" }, GuardedApi.Headers(LateKey), cancellationToken: Cancelled);
        var (_, _, answer) = await _api.SendAsync("GET", $"/v1/sessions/{id}/events", GuardedApi.BackendKey);
        var other = ReadAsync(answer, "allocated");
        await other.Seen;
        Assert.True(await late.ResponseStream.MoveNext(Cancelled));

        WriteKeys();
        _clock.Advance(Reload);
        Assert.Equal((StatusCode.Unauthenticated, ErrorCodes.CredentialRevoked), await EndAsync(late.ResponseStream));
        Assert.Equal(StatusCode.Unauthenticated, (await EndAsync(queue.ResponseStream)).Status);
        Assert.Equal(401, (await _api.SendAsync("GET", $"/v1/sessions/{id}", LateKey)).Status);
        Assert.False(other.End.IsCompleted);
        Assert.Equal(200, (await _api.SendAsync("GET", $"/v1/sessions/{id}", GuardedApi.BackendKey)).Status);
    }

    [Fact]
    public async Task Streams_ThatEndedSo_GiveTheirPlacesBack()
    {
        var id = (string)(await _api.CreateAsync(GuardedApi.BackendKey, "key", "alice")).Body!["sessionId"]!;
        for (var round = 0; round < 5; round++)
        {
            var token = _api.Issuer.Issue("alice", _clock.GetUtcNow() - TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(1));
            var (status, _, answer) = await _api.SendAsync("GET", $"/v1/sessions/{id}/events", token);
            Assert.Equal((round, 200), (round, status));
            var reading = ReadAsync(answer, "allocated");
            await reading.Seen;
            _clock.Advance(TimeSpan.FromMinutes(2));
            Assert.Equal(ErrorCodes.CredentialExpired, await reading.End);
        }
    }

    [Fact]
    public async Task SigningKey_Exchanged_OldTokensAndTheirStreamsEndAndNewOnesCount()
    {
        var id = (string)(await _api.CreateAsync(GuardedApi.BackendKey, "key", "alice")).Body!["sessionId"]!;
        var old = _api.Token("alice");
        using var call = _api.Api.Grpc.WatchSession(new() { SessionId = id }, GuardedApi.Headers(old), cancellationToken: Cancelled);
        Assert.True(await call.ResponseStream.MoveNext(Cancelled));
        using var next = new TokenIssuer(_api.Issuer.Name, GuardedApi.Audience, TimeProvider.System);
        var fresh = next.Issue("alice", TimeSpan.FromMinutes(5));
        Assert.Equal(401, (await _api.SendAsync("GET", $"/v1/sessions/{id}", fresh)).Status);

        // A half-written one changes nothing.
        await File.WriteAllTextAsync(_api.IssuerKeysFile, next.KeySet[..40], Cancelled);
        _clock.Advance(Reload);
        Assert.Equal(200, (await _api.SendAsync("GET", $"/v1/sessions/{id}", old)).Status);

        await File.WriteAllTextAsync(_api.IssuerKeysFile, next.KeySet, Cancelled);
        _clock.Advance(Reload);
        Assert.Equal((StatusCode.Unauthenticated, ErrorCodes.CredentialRevoked), await EndAsync(call.ResponseStream));
        Assert.Equal(401, (await _api.SendAsync("GET", $"/v1/sessions/{id}", old)).Status);
        Assert.Equal(200, (await _api.SendAsync("GET", $"/v1/sessions/{id}", fresh)).Status);
    }

    private void WriteKeys(params string[] keys) => File.WriteAllText(_keys, new JsonObject
    {
        ["ApiKeys"] = new JsonArray([.. keys.Select(key => (JsonNode)new JsonObject { ["Name"] = "late", ["Role"] = "Backend", ["Sha256"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key))) })]),
    }.ToJsonString());

    /// <summary>Reads to the end of the call.</summary>
    private static async Task<(StatusCode Status, string? Code)> EndAsync<T>(IAsyncStreamReader<T> stream)
    {
        var fault = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await stream.MoveNext(Cancelled))
            {
            }
        });
        return (fault.StatusCode, fault.Trailers.GetValue("fleetsystem-code"));
    }

    /// <summary>Reads a stream: <c>Seen</c> when an event was, <c>End</c> with the code that it ended with, or null.</summary>
    private static (Task Seen, Task<string?> End) ReadAsync(HttpResponseMessage answer, string wanted)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (seen.Task, Task.Run(async () =>
        {
            string? code = null;
            await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync(Cancelled)).EnumerateAsync(Cancelled))
            {
                if (item.EventType == wanted) seen.TrySetResult();
                if (item.EventType == "credentialEnded") code = (string?)JsonNode.Parse(item.Data)!["code"];
            }

            return code;
        }, Cancelled));
    }
}
