using System.Net;
using FleetSystem.FleetManager.Ops;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FleetSystem.FleetManager.Tests.Ops;

public sealed class OpsOpenApiTests(OpsApiTests.Fixture fixture) : IClassFixture<OpsApiTests.Fixture>
{
    [Fact]
    public async Task Document_Served_NamesEveryEndpointWithASummaryAndEachBody()
    {
        var (status, document) = await fixture.Send(HttpMethod.Get, OpsOpenApi.Path);
        Assert.Equal(HttpStatusCode.OK, status);
        var operations = document!["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => (Key: $"{operation.Key.ToUpperInvariant()} {path.Key.TrimEnd('/')}", Operation: operation.Value!))).ToList();
        var endpoints = fixture.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText?.TrimStart('/').StartsWith("ops/v1", StringComparison.Ordinal) == true)
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}"))
            .Order(StringComparer.Ordinal);

        Assert.Equal(endpoints, operations.Select(operation => operation.Key).Order(StringComparer.Ordinal));
        Assert.All(operations, operation => Assert.False(string.IsNullOrWhiteSpace((string?)operation.Operation["summary"]), operation.Key));
        foreach (var list in OpsListTests.Lists.Select(list => "GET " + list.Data))
        {
            var parameters = operations.Single(operation => operation.Key == list).Operation["parameters"]!.AsArray();
            var limit = parameters.Single(parameter => (string)parameter!["name"]! == "limit")!;
            Assert.Equal((list, "1", "500"), (list, limit["schema"]!["minimum"]!.ToString(), limit["schema"]!["maximum"]!.ToString()));
            Assert.Contains("500", (string)limit["description"]!, StringComparison.Ordinal);
            Assert.Contains("next", (string)parameters.Single(parameter => (string)parameter!["name"]! == "after")!["description"]!, StringComparison.Ordinal);
        }

        // Filters by words say which.
        var state = operations.Single(operation => operation.Key == "GET /ops/v1/sessions").Operation["parameters"]!.AsArray().Single(parameter => (string)parameter!["name"]! == "state")!;
        Assert.Contains("playable", state["schema"]!["enum"]!.AsArray().Select(word => (string)word!));
        Assert.All(operations.Where(operation => !operation.Key.StartsWith("GET ", StringComparison.Ordinal)), operation => Assert.NotNull(operation.Operation["requestBody"]));
    }
}
