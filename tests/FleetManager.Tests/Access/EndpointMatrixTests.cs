using FleetSystem.SiloHost.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace FleetSystem.FleetManager.Tests.Access;

/// <summary>
/// Who may call every endpoint of the host. One that is new fails here until it is said who; what the words mean is shown by <c>Ops/OpsAccessTests</c> and <c>SignIn/SignInTests</c>.
/// </summary>
public sealed class EndpointMatrixTests
{
    private const string Everybody = "everybody";

    // To read takes a viewer, to change an operator.
    private const string ByMethod = "by method";

    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["GET /livez"] = Everybody,
        ["GET /readyz"] = Everybody,

        // Agones has no credentials to send, and nothing is changed.
        ["POST /agones/v1/fleetautoscale/{cluster}"] = Everybody,
        ["GET /login"] = Everybody,
        ["POST /login"] = Everybody,
        ["GET /login/openid"] = Everybody,

        // Scripts and styles, which say nothing of the cell.
        ["GET /assets/{name}"] = Everybody,
        ["POST /logout"] = AccessPolicies.Viewer,
        ["POST /ops/v1/regions/{region}/clusters/{cluster}/import-allocation-policies"] = AccessPolicies.Admin,
    };

    // Of these all are of one kind.
    private static readonly (string Start, string Who)[] Groups = [("/ops/v1/", ByMethod), ("/_blazor", AccessPolicies.Viewer), ("/_framework/", AccessPolicies.Viewer)];

    [Fact]
    public async Task Endpoints_AllThatThereAre_AreForWhomItIsSaid()
    {
        await using var app = FleetManagerHost.Build(["--Silo:Port=1"], builder => builder.Logging.ClearProviders());
        var wrong = new List<string>();
        var seen = new HashSet<string>();
        foreach (var endpoint in ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>())
        {
            var path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["ANY"])
            {
                var name = $"{method} {path}";
                seen.Add(name);
                var actual = WhoMayCall(endpoint);

                // Pages are many, and are for viewers each; what they do asks for more by itself.
                var expected = Known.GetValueOrDefault(name) ?? Groups.FirstOrDefault(group => path.StartsWith(group.Start, StringComparison.Ordinal)).Who
                    ?? (endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Components.Endpoints.ComponentTypeMetadata>() is not null ? AccessPolicies.Viewer : "nobody has said who");
                if (actual != expected) wrong.Add($"{name}: {actual} instead of {expected}");
            }
        }

        Assert.Empty(wrong);
        Assert.Empty(Known.Keys.Except(seen));
    }

    private static string WhoMayCall(RouteEndpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null) return Everybody;
        var policies = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Policy).Distinct().ToList();
        return policies.Count == 0 ? ByMethod : string.Join(" and ", policies);
    }
}
