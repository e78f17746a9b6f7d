using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Access;
using FleetSystem.Matchmaker.Grpc.V1;
using FleetSystem.Matchmaker.Tests.Grpc;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace FleetSystem.Matchmaker.Tests.Access;

/// <summary>The players' API with access configured: two issuers of players' tokens, keys of a backend and of an operator.</summary>
internal sealed class GuardedApi : IAsyncDisposable
{
    public const string Audience = "game";
    public const string BackendKey = "director-0123456789abcdef0123456789abcdef";
    public const string RenewedBackendKey = "director-fedcba9876543210fedcba9876543210";
    public const string OtherBackendKey = "shop-0123456789abcdef0123456789abcdef";
    public const string OperatorKey = "olga-0123456789abcdef0123456789abcdef";

    private readonly string _directory = Directory.CreateTempSubdirectory("access-").FullName;

    private GuardedApi()
    {
        Issuer = new TokenIssuer("https://id.studio.example", Audience, TimeProvider.System);
        OtherIssuer = new TokenIssuer("own-key", Audience, TimeProvider.System);
    }

    public TestApi Api { get; private set; } = null!;

    public TokenIssuer Issuer { get; }

    public TokenIssuer OtherIssuer { get; }

    public static Task<GuardedApi> StartAsync(params (string Key, string Value)[] settings) => StartAsync(null, settings);

    public static Task<GuardedApi> StartAsync(ILoggerProvider? log, params (string Key, string Value)[] settings) => StartAsync(log, null, settings);

    public static async Task<GuardedApi> StartAsync(ILoggerProvider? log, TimeProvider? time, params (string Key, string Value)[] settings)
    {
        var guarded = new GuardedApi();
        guarded.Api = await TestApi.StartAsync(
            log,
            time,
        [
            ("Access:Players:0:Issuer", guarded.Issuer.Name), ("Access:Players:0:Audience", Audience), ("Access:Players:0:KeysFile", guarded.Keys(guarded.Issuer)),
            ("Access:Players:1:Issuer", guarded.OtherIssuer.Name), ("Access:Players:1:Audience", Audience), ("Access:Players:1:KeysFile", guarded.Keys(guarded.OtherIssuer)),
            .. Key(0, "director", "Backend", BackendKey), .. Key(1, "director", "Backend", RenewedBackendKey), .. Key(2, "shop", "Backend", OtherBackendKey), .. Key(3, "olga", "Operator", OperatorKey),
            .. settings,
        ]);
        return guarded;
    }

    /// <summary>A player's token.</summary>
    public string Token(string player) => Issuer.Issue(player, TimeSpan.FromMinutes(5));

    /// <summary>Sends a request; a body as JSON.</summary>
    public async Task<(int Status, JsonObject? Body, HttpResponseMessage Answer)> SendAsync(string method, string path, string? bearer, JsonNode? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : JsonContent.Create(body) };
        if (bearer is not null) request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + bearer);
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        var answer = await Api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var text = answer.Content.Headers.ContentType?.MediaType == "text/event-stream" ? "" : await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text)!.AsObject() : null, answer);
    }

    /// <summary>Creates a session of players.</summary>
    public Task<(int Status, JsonObject? Body, HttpResponseMessage Answer)> CreateAsync(string bearer, string key, params string[] players) => SendAsync("POST", "/v1/sessions", bearer, Session(players), key);

    public static JsonObject Session(params string[] players) => new() { ["fleet"] = "arena", ["players"] = new JsonArray([.. players.Select(player => (JsonNode)new JsonObject { ["id"] = player })]) };

    public static CreateSessionRequest Request(params string[] players) => new() { Fleet = "arena", Players = { players.Select(player => new Player { Id = player }) } };

    public static Metadata Headers(string? bearer, string? key = null)
    {
        var headers = new Metadata();
        if (bearer is not null) headers.Add("authorization", "Bearer " + bearer);
        if (key is not null) headers.Add("idempotency-key", key);
        return headers;
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        Issuer.Dispose();
        OtherIssuer.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static IEnumerable<(string, string)> Key(int index, string name, string role, string key) =>
    [
        ($"Access:ApiKeys:{index}:Name", name), ($"Access:ApiKeys:{index}:Role", role),
        ($"Access:ApiKeys:{index}:Sha256", Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)))),
    ];

    /// <summary>File with the keys of <see cref="Issuer"/>.</summary>
    public string IssuerKeysFile { get; private set; } = "";

    private string Keys(TokenIssuer issuer)
    {
        var file = Path.Combine(_directory, Guid.CreateVersion7(TimeProvider.System.GetUtcNow()) + ".json");
        File.WriteAllText(file, issuer.KeySet);
        if (issuer == Issuer) IssuerKeysFile = file;
        return file;
    }
}
