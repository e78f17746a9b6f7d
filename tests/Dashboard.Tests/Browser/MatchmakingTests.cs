using System.Net.Http.Headers;
using System.Net.Http.Json;
using FleetSystem.LocalCloud.Tests;
using static Microsoft.Playwright.Assertions;

namespace FleetSystem.Dashboard.Tests.Browser;

/// <summary>The matchmaking page, in front of a queue with a ticket.</summary>
[Collection(WholeSystem.Name)]
public sealed class MatchmakingTests(DashboardFixture fixture) : IClassFixture<DashboardFixture>
{
    [Fact]
    public async Task Matchmaking_TicketWithoutPartners_WaitsAndWhatIsInTheWayIsSaid()
    {
        await using var page = await fixture.OpenAsync("/matchmaking");
        var queue = page.Page.Locator("[data-queue='arena-duos']");
        await Expect(queue.Locator("[data-fact='waiting']")).ToHaveTextAsync("0");

        using var http = new HttpClient { BaseAddress = fixture.Cloud.ApiUrl, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", fixture.Cloud.Access!.BackendKey) } };
        http.DefaultRequestHeaders.Add("Idempotency-Key", "alone");
        var ticket = new { queue = "arena-duos", players = new[] { new { id = "alone", attributes = new { skill = 1000 }, latencyMilliseconds = new Dictionary<string, int> { ["ap-northeast-2"] = 20 } } } };
        using var created = await http.PostAsJsonAsync("/v1/tickets", ticket, TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.Created, created.StatusCode);

        await Expect(queue.Locator("[data-fact='waiting']")).ToHaveTextAsync("1", new() { Timeout = 20_000 });
        await Expect(queue).ToContainTextAsync("too few players", new() { Timeout = 30_000 });
        page.AssertQuiet();
    }
}
