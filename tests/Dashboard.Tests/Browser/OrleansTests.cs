using FleetSystem.LocalCloud.Tests;
using static Microsoft.Playwright.Assertions;

namespace FleetSystem.Dashboard.Tests.Browser;

/// <summary>Orleans' own dashboard, beside ours.</summary>
[Collection(WholeSystem.Name)]
public sealed class OrleansTests(DashboardFixture fixture) : IClassFixture<DashboardFixture>
{
    [Fact]
    public async Task Orleans_OpenedByAViewer_ShowsTheSilosAndGrainsAndFetchesNothingFromElsewhere()
    {
        await using var page = await fixture.OpenAsync("/", fixture.Cloud.Access!.ViewerKey);

        await page.Page.GotoAsync("/orleans/");

        await Expect(page.Page.Locator("body")).ToContainTextAsync("Active Silos", new() { IgnoreCase = true });
        await page.Page.GotoAsync("/orleans/#/grains");
        await Expect(page.Page.Locator("body")).ToContainTextAsync("ClusterGrain");
        page.AssertQuiet();
    }
}
