using FleetSystem.LocalCloud.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetSystem.Dashboard.Tests.Browser;

/// <summary>The events page: what was seen and what was done, on one line of time.</summary>
[Collection(WholeSystem.Name)]
public sealed class EventTests(DashboardFixture fixture) : IClassFixture<DashboardFixture>
{
    [Fact]
    public async Task Events_ZoneDies_ToldWithoutAReloadAndFilteredByWhatTheyAreAbout()
    {
        await using var page = await fixture.OpenAsync("/");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Events" }).ClickAsync();
        await Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Events");
        var region = fixture.Cloud.Regions[0];

        await region.Cluster.Faults.KillZoneAsync(region.Zones[1]);

        // What the cluster saw, and what the zone monitor did about it, which is in the audit log.
        await Expect(page.Page.Locator("[data-kind='Node']").First).ToContainTextAsync("went out of reach", new() { Timeout = 30_000 });
        var verdict = page.Page.Locator("[data-kind='Zone']").First;
        await Expect(verdict).ToContainTextAsync($"Zone {region.Zones[1]} evacuated", new() { Timeout = 30_000 });
        await Expect(verdict).ToContainTextAsync("zone-monitor");

        await page.Page.GetByLabel("About").SelectOptionAsync("zone");
        await Expect(page.Page.Locator("[data-event]:not([data-kind='Zone'])")).ToHaveCountAsync(0);
        await Expect(verdict).ToBeVisibleAsync();
        await page.Page.GetByLabel("Known from").SelectOptionAsync("what was seen");
        await Expect(page.Page.Locator("[data-event]")).ToHaveCountAsync(0);
        page.AssertQuiet();
    }
}
