using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.FleetModel;
using FleetSystem.LocalCloud.Access;
using FleetSystem.Matchmaker.Grpc.V1;
using Grpc.Core;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FleetSystem.Matchmaker.Tests.Access;

/// <summary>Who may call the players' API and what he is told, over HTTP and gRPC: the same rules and the same codes.</summary>
public sealed class PlayersAccessTests : IAsyncLifetime
{
    private GuardedApi _api = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _api = await GuardedApi.StartAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    /// <summary>Everything that is no credential of a player or a backend, by name.</summary>
    public static TheoryData<string> BadCredentials => ["none", "empty", "no key of anybody", "hash of a key", "expired", "not yet valid", "no end", "other audience", "other issuer", "other issuer's name", "other key", "changed", "unsigned", "signed with the public key as a secret", "nobody's", "a control character's", "too long", "three parts of nothing"];

    [Theory]
    [MemberData(nameof(BadCredentials))]
    public async Task Call_WithABadCredential_UnauthenticatedOverBoth(string which)
    {
        var credential = Bad(which);
        foreach (var (method, path, body) in new[] { ("GET", "/v1/regions", null), ("POST", "/v1/sessions", GuardedApi.Session("alice")), ("GET", "/v1/sessions/s-1", null), ("DELETE", "/v1/sessions/s-1", null), ("GET", "/v1/sessions/s-1/events", null), ("GET", "/v1/no-such-path", null) })
        {
            var (status, problem, answer) = await _api.SendAsync(method, path, credential, body, "key-1");
            Assert.Equal((401, ErrorCodes.Unauthenticated), (status, (string?)problem?["code"]));
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
        }

        // What a header cannot carry is refused by the client itself.
        if (credential is not null && credential.Length > 4096) return;
        var fault = await Assert.ThrowsAsync<RpcException>(async () => await _api.Api.Grpc.CreateSessionAsync(GuardedApi.Request("alice"), GuardedApi.Headers(credential, "key-1"), cancellationToken: Cancelled));
        Assert.Equal((StatusCode.Unauthenticated, ErrorCodes.Unauthenticated), (fault.StatusCode, fault.Trailers.GetValue("fleetsystem-code")));
        Assert.StartsWith("Send the player's token", fault.Status.Detail, StringComparison.Ordinal);
        Assert.Empty(_api.Api.Sessions.Requests);
    }

    [Fact]
    public async Task Call_WithAnOperatorsKey_ForbiddenOverBoth()
    {
        var (status, problem, _) = await _api.SendAsync("GET", "/v1/sessions/s-1", GuardedApi.OperatorKey);
        Assert.Equal((403, ErrorCodes.Forbidden), (status, (string?)problem?["code"]));
        var fault = await Assert.ThrowsAsync<RpcException>(async () => await _api.Api.Grpc.GetSessionAsync(new() { SessionId = "s-1" }, GuardedApi.Headers(GuardedApi.OperatorKey), cancellationToken: Cancelled));
        Assert.Equal((StatusCode.PermissionDenied, ErrorCodes.Forbidden), (fault.StatusCode, fault.Trailers.GetValue("fleetsystem-code")));
    }

    [Theory]
    [InlineData("/livez")]
    [InlineData("/readyz")]
    [InlineData("/openapi/v1.json")]
    public async Task Get_WhatEverybodyMay_IsNotGuarded(string path) => Assert.NotInRange((await _api.SendAsync("GET", path, null)).Status, 400, 499);

    [Fact]
    public async Task Create_ByAPlayer_OnlyWithHimselfAmongThePlayers()
    {
        var (status, problem, _) = await _api.CreateAsync(_api.Token("mallory"), "key", "alice", "bob");
        Assert.Equal((403, ErrorCodes.Forbidden), (status, (string?)problem?["code"]));
        var fault = await Assert.ThrowsAsync<RpcException>(async () => await _api.Api.Grpc.CreateSessionAsync(GuardedApi.Request("alice"), GuardedApi.Headers(_api.Token("mallory"), "key"), cancellationToken: Cancelled));
        Assert.Equal((StatusCode.PermissionDenied, ErrorCodes.Forbidden), (fault.StatusCode, fault.Trailers.GetValue("fleetsystem-code")));
        Assert.Empty(_api.Api.Sessions.Requests);

        var (created, _, _) = await _api.CreateAsync(_api.Token("alice"), "key", "alice", "bob");
        Assert.Equal(201, created);
    }

    [Fact]
    public async Task Create_NoPlayersAtAll_IsToldAsSuch()
    {
        var (status, problem, _) = await _api.CreateAsync(_api.Token("alice"), "key");
        Assert.Equal((400, "$.players"), (status, (string?)problem?["errors"]?[0]?["path"]));
    }

    [Fact]
    public async Task Session_OfAPlayer_HeIsToldWhatIsHisAndABackendEverything()
    {
        var (_, created, _) = await _api.CreateAsync(_api.Token("alice"), "key", "alice", "bob");
        var id = (string)created!["sessionId"]!;
        foreach (var told in new[] { created, (await _api.SendAsync("GET", $"/v1/sessions/{id}", _api.Token("alice"))).Body! })
        {
            Assert.Equal(["token of alice"], Tokens(told));
            Assert.Equal("""["alice"]""", told["players"]!.ToJsonString());
            Assert.DoesNotContain("bob", told.ToJsonString(), StringComparison.Ordinal);
        }

        Assert.Equal(["token of bob"], Tokens((await _api.SendAsync("GET", $"/v1/sessions/{id}", _api.Token("bob"))).Body!));
        Assert.Equal(["token of bob"], Tokens((await _api.SendAsync("GET", $"/v1/sessions/{id}", _api.OtherIssuer.Issue("bob", TimeSpan.FromMinutes(1)))).Body!));
        Assert.Equal(["token of alice", "token of bob"], Tokens((await _api.SendAsync("GET", $"/v1/sessions/{id}", GuardedApi.BackendKey)).Body!));

        var grpc = await _api.Api.Grpc.GetSessionAsync(new() { SessionId = id }, GuardedApi.Headers(_api.Token("bob")), cancellationToken: Cancelled);
        Assert.Equal("token of bob", Assert.Single(grpc.Connections).JoinToken);
        Assert.Equal("bob", Assert.Single(grpc.PlayerIds));
        grpc = await _api.Api.Grpc.GetSessionAsync(new() { SessionId = id }, GuardedApi.Headers(GuardedApi.BackendKey), cancellationToken: Cancelled);
        Assert.Equal(["alice", "bob"], grpc.PlayerIds);
    }

    [Fact]
    public async Task Session_OfOthers_ReadsLikeOneThatDoesNotExist()
    {
        var (_, created, _) = await _api.CreateAsync(GuardedApi.BackendKey, "key", "alice", "bob");
        var (theirs, none) = ((string)created!["sessionId"]!, "s-aaaaaaaaaaaaaaaaaaaaaaaaaa");
        foreach (var (method, path) in new[] { ("GET", ""), ("GET", "/events"), ("DELETE", "") })
        {
            var (status, problem, answer) = await _api.SendAsync(method, $"/v1/sessions/{theirs}{path}", _api.Token("mallory"));
            var (expected, unknown, absent) = await _api.SendAsync(method, $"/v1/sessions/{none}{path}", _api.Token("mallory"));
            Assert.Equal((404, ErrorCodes.SessionNotFound), (status, (string?)problem?["code"]));
            Assert.Equal((expected, WithoutTrace(unknown!)), (status, WithoutTrace(problem!)));
            Assert.Equal(absent.Headers.Select(header => header.Key).Order(), answer.Headers.Select(header => header.Key).Order());
        }

        var headers = GuardedApi.Headers(_api.Token("mallory"));
        foreach (var call in new Func<string, Task>[]
        {
            async id => await _api.Api.Grpc.GetSessionAsync(new() { SessionId = id }, headers, cancellationToken: Cancelled),
            async id => await _api.Api.Grpc.EndSessionAsync(new() { SessionId = id }, headers, cancellationToken: Cancelled),
            async id => await _api.Api.Grpc.WatchSession(new() { SessionId = id }, headers, cancellationToken: Cancelled).ResponseStream.MoveNext(Cancelled),
        })
        {
            var fault = await Assert.ThrowsAsync<RpcException>(() => call(theirs));
            var unknown = await Assert.ThrowsAsync<RpcException>(() => call(none));
            Assert.Equal((StatusCode.NotFound, ErrorCodes.SessionNotFound), (fault.StatusCode, fault.Trailers.GetValue("fleetsystem-code")));
            Assert.Equal(unknown.Status, fault.Status);
        }

        // Nobody has ended it.
        Assert.Equal("allocated", (string?)(await _api.SendAsync("GET", $"/v1/sessions/{theirs}", GuardedApi.BackendKey)).Body!["state"]);
        Assert.Equal("ended", (string?)(await _api.SendAsync("DELETE", $"/v1/sessions/{theirs}", _api.Token("bob"))).Body!["state"]);
    }

    [Fact]
    public async Task Keys_OfDifferentCallers_NeverMeet()
    {
        var ids = new List<string>();
        foreach (var bearer in new[] { _api.Token("alice"), _api.Token("bob"), GuardedApi.BackendKey, GuardedApi.OtherBackendKey })
        {
            var (status, created, _) = await _api.CreateAsync(bearer, "the-same-key", "alice", "bob");
            Assert.Equal(201, status);
            ids.Add((string)created!["sessionId"]!);
        }

        Assert.Equal(ids.Count, ids.Distinct().Count());

        // The same caller, by another of its credentials and over the other protocol.
        var again = await _api.Api.Grpc.CreateSessionAsync(GuardedApi.Request("alice", "bob"), GuardedApi.Headers(GuardedApi.RenewedBackendKey, "the-same-key"), cancellationToken: Cancelled);
        Assert.Equal((ids[2], false), (again.Session.SessionId, again.Created));
    }

    [Fact]
    public async Task Events_OfAPlayer_TellWhatIsHisAlone()
    {
        var (_, created, _) = await _api.CreateAsync(GuardedApi.BackendKey, "key", "alice", "bob");
        var id = (string)created!["sessionId"]!;
        using var watch = _api.Api.Grpc.WatchSession(new() { SessionId = id }, GuardedApi.Headers(_api.Token("alice")), cancellationToken: Cancelled);
        Assert.True(await watch.ResponseStream.MoveNext(Cancelled));
        Assert.Equal(["token of alice"], watch.ResponseStream.Current.Session.Connections.Select(connection => connection.JoinToken));

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/sessions/{id}/events") { Headers = { { "Authorization", "Bearer " + _api.Token("alice") } } };
        using var answer = await _api.Api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancelled));
        string? line;
        while ((line = await reader.ReadLineAsync(Cancelled)) is not null && !line.StartsWith("data:", StringComparison.Ordinal)) { }
        Assert.Contains("token of alice", line, StringComparison.Ordinal);
        Assert.DoesNotContain("bob", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RouteReport_ItsOwnJoinTokenAlone_IsTaken()
    {
        var (_, created, _) = await _api.CreateAsync(GuardedApi.BackendKey, "key", "alice");
        var report = JsonNode.Parse("""{"playerId":"alice","current":"direct","paths":[]}""");
        Assert.Equal(204, (await _api.SendAsync("POST", $"/v1/sessions/{(string)created!["sessionId"]!}/route-reports", "a.join.token", report)).Status);
        Assert.Equal("a.join.token", Assert.Single(_api.Api.Sessions.Reports).Token);
        var answer = await _api.Api.Grpc.ReportRoutesAsync(new() { SessionId = (string)created["sessionId"]!, PlayerId = "alice", Current = RouteKind.Direct }, GuardedApi.Headers("a.join.token"), cancellationToken: Cancelled);
        Assert.NotNull(answer);
    }

    private static string[] Tokens(JsonObject session) => [.. session["connections"]!.AsArray().Select(connection => (string)connection!["joinToken"]!)];

    private static string WithoutTrace(JsonObject problem)
    {
        problem.Remove("traceId");
        return problem.ToJsonString();
    }

    private string? Bad(string which)
    {
        var (soon, issuer) = (TimeSpan.FromMinutes(5), _api.Issuer);
        switch (which)
        {
            case "none": return null;
            case "empty": return "";
            case "no key of anybody": return "nobody-0123456789abcdef0123456789abcdef";
            case "hash of a key": return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(GuardedApi.BackendKey)));
            case "expired": return issuer.Issue("alice", -TimeSpan.FromMinutes(1));
            case "not yet valid": return issuer.Issue("alice", soon, new Claim(JwtRegisteredClaimNames.Nbf, TimeProvider.System.GetUtcNow().AddMinutes(2).ToUnixTimeSeconds().ToString(), ClaimValueTypes.Integer64));
            case "no end": return Sign(issuer, $$"""{"iss":"{{issuer.Name}}","aud":"{{GuardedApi.Audience}}","sub":"alice"}""");
            case "other audience": using (var other = new TokenIssuer(issuer.Name, "another-game", TimeProvider.System, issuer.Pem)) return other.Issue("alice", soon);
            case "other issuer": using (var other = new TokenIssuer("https://elsewhere.example", GuardedApi.Audience, TimeProvider.System)) return other.Issue("alice", soon);
            case "other issuer's name": using (var other = new TokenIssuer(_api.OtherIssuer.Name, GuardedApi.Audience, TimeProvider.System, issuer.Pem)) return other.Issue("alice", soon);
            case "other key": using (var other = new TokenIssuer(issuer.Name, GuardedApi.Audience, TimeProvider.System)) return other.Issue("alice", soon);
            case "changed": return Changed(issuer.Issue("alice", soon));
            case "unsigned": return Unsigned(issuer.Issue("alice", soon));
            case "signed with the public key as a secret": return Symmetric(issuer);
            case "nobody's": return issuer.Issue("", soon);
            case "a control character's": return issuer.Issue("ali\nce", soon);
            case "too long": return issuer.Issue("alice", soon, new Claim("padding", new string('x', 9000)));
            case "three parts of nothing": return "a.b.c";
            default: throw new ArgumentOutOfRangeException(nameof(which), which, null);
        }
    }

    private static string Changed(string token)
    {
        var parts = token.Split('.');
        var body = Encoding.UTF8.GetString(Base64UrlEncoder.DecodeBytes(parts[1])).Replace("alice", "bob", StringComparison.Ordinal);
        return $"{parts[0]}.{Base64UrlEncoder.Encode(body)}.{parts[2]}";
    }

    private static string Unsigned(string token) => $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{token.Split('.')[1]}.";

    private static string Sign(TokenIssuer issuer, string body)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(issuer.Pem);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(body, new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = KeyIdOf(issuer) }, SecurityAlgorithms.EcdsaSha256));
    }

    private static string Symmetric(TokenIssuer issuer)
    {
        var parts = issuer.Issue("alice", TimeSpan.FromMinutes(5)).Split('.');
        var head = $"{Base64UrlEncoder.Encode($$"""{"alg":"HS256","typ":"JWT","kid":"{{KeyIdOf(issuer)}}"}""")}.{parts[1]}";
        return $"{head}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(issuer.KeySet), Encoding.ASCII.GetBytes(head)))}";
    }

    private static string KeyIdOf(TokenIssuer issuer) => (string)JsonNode.Parse(issuer.KeySet)!["keys"]![0]!["kid"]!;
}
