using System.Net;
using System.Text.RegularExpressions;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.LocalCloud.Bots;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.LocalCloud.Tests;
using FleetSystem.Matchmaker.Api;
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
    public async Task RestoreZone_ByClicks_InStepsAndThenAtOnce()
    {
        await using var page = await fixture.OpenAsync("/");
        var zone = fixture.Cloud.Regions[0].Zones[0];
        var tile = page.Page.Locator($"[data-zone='{zone}']");
        var actions = page.Page.GetByRole(AriaRole.Button, new() { Name = $"Actions on zone {zone}" });

        await page.ActAsync(actions, "Evacuate …", "a look at its racks");
        await Expect(tile).ToHaveAttributeAsync("data-state", "evacuated");
        await page.ActAsync(actions, "Restore in steps …", "the racks are fine");
        await Expect(tile).ToHaveAttributeAsync("data-state", new Regex("^takes [0-9]+ %$"));
        await page.ActAsync(actions, "Open at once …", "and nobody waits");

        await Expect(tile).ToHaveAttributeAsync("data-state", "healthy");
        Assert.Equal([$"Zone {zone} opened at once", $"Zone {zone} restored in steps", $"Zone {zone} evacuated"], (await AuditedAsync(page, 3)).Select(entry => entry.What));
        page.AssertQuiet();
    }

    [Fact]
    public async Task DrainRegion_ByClicks_RefusesSessionsUntilItIsOpened()
    {
        await using var page = await fixture.OpenAsync("/");
        var region = fixture.Cloud.Regions[0].Id;
        var actions = page.Page.GetByRole(AriaRole.Button, new() { Name = $"Actions on region {region}" });
        var standing = page.Page.Locator($"[data-region='{region}'] .pill").First;

        await page.ActAsync(actions, "Drain the region …", "we move");
        await Expect(standing).ToContainTextAsync("no new sessions");
        await Expect(page.Page.Locator(".problems")).ToContainTextAsync("drained by localcloud-operator");
        await page.ActAsync(actions, "Open the region …", "we stay");

        await Expect(standing).Not.ToContainTextAsync("no new sessions");
        Assert.Equal([($"Region {region} opened", "we stay"), ($"Region {region} drained", "we move")], await AuditedAsync(page, 2));
        page.AssertQuiet();
    }

    [Fact]
    public async Task ForceRoute_ByClicks_ComesFirstUntilItIsReleased()
    {
        await using var page = await fixture.OpenAsync("/routing");
        var region = fixture.Cloud.Regions[0].Id;
        var actions = page.Page.GetByRole(AriaRole.Button, new() { Name = $"Actions on region {region}" });
        var direct = page.Page.Locator("[data-path^='Direct']");

        await page.ActAsync(actions, "Force a route …", "a test of the ways", async () =>
        {
            await page.Page.Locator(".mud-dialog .mud-select").First.ClickAsync();
            await page.Page.Locator(".mud-popover-open .mud-list-item").Filter(new() { HasText = "Direct" }).ClickAsync();
            await page.Page.GetByRole(AriaRole.Spinbutton, new() { Name = "Minutes" }).FillAsync("5");
        });
        await Expect(direct).ToContainTextAsync("forced");
        await Expect(page.Page.Locator(".region-head")).ToContainTextAsync("as localcloud-operator wants: a test of the ways");
        await page.ActAsync(actions, "Routes by their states again …", "it was one");

        await Expect(direct).Not.ToContainTextAsync("forced");
        Assert.Equal(["it was one", "a test of the ways"], (await AuditedAsync(page, 2)).Select(entry => entry.Why));
        page.AssertQuiet();
    }

    [Fact]
    public async Task MoveSession_ByClicks_AnotherServerUnderTheSameId()
    {
        using var api = PlayersApi.Of(fixture.Cloud);
        var session = (await api.CreateAsync(
            "mover",
            new CreateSessionRequest { Fleet = LocalFleet.Name, Players = [new CreateSessionPlayer { Id = "player-moves" }], WaitFor = WaitFor.Playable },
            TestContext.Current.CancellationToken)).Session;
        await using var page = await fixture.OpenAsync($"/sessions/{session.SessionId}");
        await Expect(page.Page.Locator("[data-session-state='Playable']")).ToBeVisibleAsync();

        await page.ActAsync(page.Page.GetByRole(AriaRole.Button, new() { Name = "Move …" }), null, "its host is slow");

        await Expect(page.Page.Locator(".timeline")).ToContainTextAsync("moved by localcloud-operator: its host is slow");
        await Expect(page.Page.Locator(".timeline")).ToContainTextAsync("replaced");
        await Expect(page.Page.Locator("main")).Not.ToContainTextAsync("\nnever");
        Assert.Equal(($"Session {session.SessionId} moved", "its host is slow"), (await AuditedAsync(page, 1))[0]);
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

    /// <summary>The newest entries of the audit page: all of them by the operator.</summary>
    private static async Task<IReadOnlyList<(string What, string Why)>> AuditedAsync(WatchedPage page, int most)
    {
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Audit" }).ClickAsync();
        await Expect(page.Page.Locator("[data-audit]").First).ToBeVisibleAsync();
        var entries = new List<(string, string)>();
        for (var index = 0; index < most; index++)
        {
            var cells = page.Page.Locator("[data-audit]").Nth(index).Locator("td");
            await Expect(cells.Nth(1)).ToHaveTextAsync("localcloud-operator");
            entries.Add(((await cells.Nth(2).EvaluateAsync<string>("cell => cell.lastChild.textContent")).Trim(), (await cells.Nth(3).InnerTextAsync()).Trim()));
        }

        return entries;
    }

    private async Task<string> AuditAsync()
    {
        using var http = new HttpClient { BaseAddress = fixture.Dashboard, DefaultRequestHeaders = { Authorization = new("Bearer", fixture.Cloud.Access!.OperatorKey) } };
        return await http.GetStringAsync(new Uri("/ops/v1/audit", UriKind.Relative), TestContext.Current.CancellationToken);
    }
}
