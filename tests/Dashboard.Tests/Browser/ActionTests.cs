using System.Net;
using FleetSystem.LocalCloud.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetSystem.Dashboard.Tests.Browser;

/// <summary>What operators do by clicks, and what viewers cannot.</summary>
[Collection(WholeSystem.Name)]
public sealed class ActionTests(DashboardFixture fixture) : IClassFixture<DashboardFixture>
{
    [Fact]
    public async Task EvacuateZone_ByClicks_ItsTileShowsItAndTheAuditWhoAndWhy()
    {
        await using var page = await fixture.OpenAsync("/");
        var zone = fixture.Cloud.Regions[0].Zones[2];
        var tile = page.Page.Locator($"[data-zone='{zone}']");
        await Expect(tile).ToHaveAttributeAsync("data-state", "healthy");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = $"Actions on zone {zone}" }).ClickAsync();
        await page.Page.GetByText("Evacuate …").ClickAsync();
        var confirm = page.Page.Locator("[data-action='confirm']");
        await Expect(confirm).ToBeDisabledAsync();
        await page.Page.GetByLabel("Reason").FillAsync("the switch in rack 7 is on fire");
        await confirm.ClickAsync();

        await Expect(tile).ToHaveAttributeAsync("data-state", "evacuated");
        await Expect(tile).ToContainTextAsync("localcloud-operator: the switch in rack 7 is on fire");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Audit" }).ClickAsync();
        var entry = page.Page.Locator("[data-audit]").First;
        await Expect(entry).ToContainTextAsync($"Zone {zone} evacuated");
        await Expect(entry).ToContainTextAsync("localcloud-operator");
        await Expect(entry).ToContainTextAsync("the switch in rack 7 is on fire");
        page.AssertQuiet();
    }

    [Fact]
    public async Task Viewer_OnThePageAndBesideIt_SeesAndCannotChange()
    {
        await using var page = await fixture.OpenAsync("/", fixture.Cloud.Access!.ViewerKey);
        var region = fixture.Cloud.Regions[0];
        await Expect(page.Page.Locator($"[data-zone='{region.Zones[0]}']")).ToHaveAttributeAsync("data-state", "healthy");
        await Expect(page.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Actions on ") })).ToHaveCountAsync(0);

        // With the cookie of the page, without its buttons.
        var refused = await page.Page.Context.APIRequest.PutAsync($"/ops/v1/regions/{region.Id}/zones/{region.Zones[0]}", new() { DataObject = new { state = "evacuated", reason = "I want to" } });

        Assert.Equal((int)HttpStatusCode.Forbidden, refused.Status);
        Assert.DoesNotContain("I want to", await AuditAsync(), StringComparison.Ordinal);
        page.AssertQuiet();
    }

    [Fact]
    public async Task Theme_Toggled_HoldsAfterAReload()
    {
        await using var page = await fixture.OpenAsync("/");
        await Expect(page.Page.Locator("body")).ToHaveClassAsync("theme-dark");

        await page.Page.Locator("#theme-toggle").ClickAsync();
        await Expect(page.Page.Locator("body")).ToHaveClassAsync("theme-light");
        await page.GotoAsync("/");

        await Expect(page.Page.Locator("body")).ToHaveClassAsync("theme-light");
        page.AssertQuiet();
    }

    [Fact]
    public async Task SignOut_ByClick_PagesAskToSignInAgain()
    {
        await using var page = await fixture.OpenAsync("/audit");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.Page.GetByLabel("Operator's key")).ToBeVisibleAsync();
        await page.Page.GotoAsync("/audit");

        await Expect(page.Page.GetByLabel("Operator's key")).ToBeVisibleAsync();
    }

    private async Task<string> AuditAsync()
    {
        using var http = new HttpClient { BaseAddress = fixture.Dashboard, DefaultRequestHeaders = { Authorization = new("Bearer", fixture.Cloud.Access!.OperatorKey) } };
        return await http.GetStringAsync(new Uri("/ops/v1/audit", UriKind.Relative), TestContext.Current.CancellationToken);
    }
}
