using System.Net;

namespace FleetSystem.Matchmaker.Tests.Api;

/// <summary>Metrics are read apart from what players reach.</summary>
public sealed class MetricsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Get_Metrics_AtTheirOwnPortOnly()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var http = new HttpClient();
        Assert.Contains("# TYPE http_server_request_duration_seconds histogram", await ReadAsync(api.MetricsUrl), StringComparison.Ordinal);
        foreach (var host in new[] { api.EndPoint.ToString(), api.MetricsUrl.Authority })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{api.EndPoint}/metrics") { Headers = { Host = host } };
            Assert.Equal(HttpStatusCode.NotFound, (await http.SendAsync(request, cancellation)).StatusCode);
        }

        async Task<string> ReadAsync(Uri url)
        {
            // Of the host itself: a request must have been answered before there is anything to tell.
            _ = await http.GetAsync(new Uri($"http://{api.EndPoint}/livez"), cancellation);
            return await http.GetStringAsync(new Uri(url, "metrics"), cancellation);
        }
    }
}
