using FleetSystem.LocalCloud.Tests;
using static Microsoft.Playwright.Assertions;

namespace FleetSystem.Dashboard.Tests.Browser;

/// <summary>The overview in a browser, in front of the whole system.</summary>
[Collection(WholeSystem.Name)]
public sealed class OverviewTests(DashboardFixture fixture) : IClassFixture<DashboardFixture>
{
    [Fact]
    public async Task Overview_ZoneDies_ItsTileAndTheProblemsTellItWithoutAReload()
    {
        await using var page = await fixture.OpenAsync("/");
        var region = fixture.Cloud.Regions[0];
        var zone = page.Page.Locator($"[data-zone='{region.Zones[1]}']");
        await Expect(zone).ToHaveAttributeAsync("data-state", "healthy");
        await page.Page.EvaluateAsync("window.loadedOnce = true");

        await region.Cluster.Faults.KillZoneAsync(region.Zones[1]);

        await Expect(zone).ToHaveAttributeAsync("data-state", "evacuated", new() { Timeout = 30_000 });
        await Expect(page.Page.Locator(".problem-critical").First).ToContainTextAsync($"Zone {region.Zones[1]} is evacuated by the zone monitor");
        await Expect(page.Page.Locator(".standing")).ToHaveClassAsync("standing standing-critical");
        Assert.True(await page.Page.EvaluateAsync<bool>("window.loadedOnce === true"));
        page.AssertQuiet();
    }
}
