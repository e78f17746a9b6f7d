using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.FleetManager.Ops;
using FleetSystem.FleetManager.SignIn;
using FleetSystem.FleetModel;
using FleetSystem.SiloHost.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FleetSystem.FleetManager.Tests.Ops;

/// <summary>Who may call the operators' API: every endpoint without a credential, with a foreign one, with a lesser one.</summary>
public sealed class OpsAccessTests : IAsyncLifetime
{
    private const string Unhashed = "0123456789abcdef0123456789abcdef";

    private readonly HttpClient _http = new();
    private WebApplication _host = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IGrainFactory>(_ => throw new InvalidOperationException("A call that is refused must not reach a grain."));
        builder.Services.AddOps(builder.Configuration);
        builder.Services.Configure<AccessOptions>(access => access.ApiKeys = [Key("eve", AccessRole.Viewer), Key("olga", AccessRole.Operator)]);
        _host = builder.Build();
        _host.MapOps();
        _host.MapPost("/probe", (HttpContext context) => AccessSetup.Caller(context));
        _host.MapGet("/probe", (HttpContext context) => AccessSetup.Caller(context));
        await _host.StartAsync(Cancelled);
        _http.BaseAddress = new Uri(_host.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task EveryEndpoint_NoneOrAForeignKey_UnauthenticatedAndNothingReached()
    {
        var tried = 0;
        foreach (var endpoint in _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Authorization.IAllowAnonymous>() is not null) continue;
            var path = System.Text.RegularExpressions.Regex.Replace(endpoint.RoutePattern.RawText!, "{[^}]*}", "r0");
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
            {
                foreach (var header in new[] { null, "Bearer nobody-s", "Basic ZXZlOmV2ZQ==", $"Bearer {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("eve" + Unhashed)))}", "Bearer " + new string('x', 4000), "Bearer" })
                {
                    var (status, problem) = await SendAsync(method, path, header);
                    Assert.Equal((HttpStatusCode.Unauthorized, ErrorCodes.Unauthenticated), (status, (string?)problem?["code"]));
                    tried++;
                }
            }
        }

        Assert.InRange(tried, 50, int.MaxValue);
    }

    [Theory]
    [InlineData("GET", "eve", HttpStatusCode.OK)]
    [InlineData("POST", "eve", HttpStatusCode.Forbidden)]
    [InlineData("GET", "olga", HttpStatusCode.OK)]
    [InlineData("POST", "olga", HttpStatusCode.OK)]
    public async Task Call_WithAKey_ByItsRoleAndUnderItsName(string method, string name, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/probe");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {name}{Unhashed}");
        using var answer = await _http.SendAsync(request, Cancelled);
        Assert.Equal(expected, answer.StatusCode);
        if (expected == HttpStatusCode.OK) Assert.Equal(name, await answer.Content.ReadAsStringAsync(Cancelled));
    }

    [Fact]
    public async Task EveryChange_WithAViewersKey_Forbidden()
    {
        foreach (var endpoint in _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var path = System.Text.RegularExpressions.Regex.Replace(endpoint.RoutePattern.RawText!, "{[^}]*}", "r0");
            // Who has signed in may sign out.
            if (path == SignInEndpoints.SignOutPath) continue;
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Where(method => method is not ("GET" or "HEAD")))
            {
                if (endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Authorization.IAllowAnonymous>() is not null) continue;
                var (status, problem) = await SendAsync(method, path, $"Bearer eve{Unhashed}");
                Assert.Equal((HttpStatusCode.Forbidden, ErrorCodes.Forbidden), (status, (string?)problem?["code"]));
            }
        }
    }

    private static ApiKeyOptions Key(string name, AccessRole role) => new() { Name = name, Role = role, Sha256 = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name + Unhashed))) };

    private async Task<(HttpStatusCode, JsonNode?)> SendAsync(string method, string path, string? authorization)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "GET" ? null : new StringContent("{}", Encoding.UTF8, "application/json") };
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var answer = await _http.SendAsync(request, Cancelled);
        var text = await answer.Content.ReadAsStringAsync(Cancelled);
        return (answer.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text) : null);
    }
}
