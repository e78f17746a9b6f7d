using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using FleetSystem.LocalCloud.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace FleetSystem.FleetManager.Tests.SignIn;

/// <summary>An OpenID Connect issuer: discovery, keys, and the code flow with PKCE for one client, whose user is who the test says.</summary>
internal sealed class FakeIssuer : IAsyncDisposable
{
    public const string ClientId = "fleetsystem";
    public const string ClientSecret = "a-secret-of-the-client";

    private static readonly string[] CodeAlone = ["code"];

    private readonly ConcurrentDictionary<string, (string Challenge, string Nonce)> _codes = new();
    private readonly WebApplication _app;
    private TokenIssuer _tokens = null!;

    private FakeIssuer(WebApplication app) => _app = app;

    public string Url { get; private set; } = "";

    /// <summary>Who signs in, and his roles.</summary>
    public (string Name, string[] Roles) User { get; set; } = ("grace", ["fleetsystem-operator", "something-else"]);

    public static async Task<FakeIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var issuer = new FakeIssuer(app);
        app.MapGet("/.well-known/openid-configuration", () => new Dictionary<string, object>
        {
            ["issuer"] = issuer.Url,
            ["jwks_uri"] = issuer.Url + "/keys",
            ["authorization_endpoint"] = issuer.Url + "/authorize",
            ["token_endpoint"] = issuer.Url + "/token",
            ["response_types_supported"] = CodeAlone,
        });
        app.MapGet("/keys", () => Results.Text(issuer._tokens.KeySet, "application/json"));
        app.MapGet("/authorize", (Delegate)issuer.Authorize);
        app.MapPost("/token", (Delegate)issuer.TokenAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        issuer.Url = app.Urls.Single();
        issuer._tokens = new TokenIssuer(issuer.Url, ClientId, TimeProvider.System);
        return issuer;
    }

    /// <summary>A token for the API.</summary>
    public string Token(string name, params string[] roles) => _tokens.Issue(name, TimeSpan.FromMinutes(5), roles.Select(role => new Claim("roles", role)));

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _tokens.Dispose();
    }

    private IResult Authorize(HttpContext context)
    {
        var asked = context.Request.Query;
        if (asked["client_id"] != ClientId || asked["response_type"] != "code" || asked["code_challenge_method"] != "S256") return Results.BadRequest();
        var code = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        _codes[code] = (asked["code_challenge"]!, asked["nonce"]!);
        return Results.Redirect($"{asked["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(asked["state"]!)}");
    }

    private async Task<IResult> TokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(TestContext.Current.CancellationToken);
        if (!_codes.TryRemove(form["code"]!, out var code) || form["client_secret"] != ClientSecret) return Results.BadRequest();
        if (Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"]!))) != code.Challenge) return Results.BadRequest();
        var token = _tokens.Issue(User.Name, TimeSpan.FromMinutes(5), [new Claim("nonce", code.Nonce), .. User.Roles.Select(role => new Claim("roles", role))]);
        return Results.Json(new { access_token = "opaque", token_type = "Bearer", id_token = token });
    }
}
