using FleetSystem.FleetModel.Sessions;
using FleetSystem.LocalCloud.Bots;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.LocalCloud.Tests;
using FleetSystem.Matchmaker.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetSystem.Dashboard.Tests.Browser;

/// <summary>The other pages in a browser: what they find and do.</summary>
[Collection(WholeSystem.Name)]
public sealed class PageTests(DashboardFixture fixture) : IClassFixture<DashboardFixture>
{
    [Fact]
    public async Task Sessions_FoundByPlayerAndEndedByClicks_TimelineAndAuditTellIt()
    {
        using var api = PlayersApi.Of(fixture.Cloud);
        var session = (await api.CreateAsync(
            "wanted",
            new CreateSessionRequest { Fleet = LocalFleet.Name, Players = [new CreateSessionPlayer { Id = "player-wanted" }], WaitFor = WaitFor.Playable },
            TestContext.Current.CancellationToken)).Session;
        await using var page = await fixture.OpenAsync("/sessions");

        await page.Page.GetByLabel("What to find").FillAsync("player-wanted");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Find" }).ClickAsync();
        await Expect(page.Page.Locator("[data-session]")).ToHaveCountAsync(1);
        await page.Page.GetByRole(AriaRole.Link, new() { Name = session.SessionId }).ClickAsync();
        await Expect(page.Page.Locator(".timeline")).ToContainTextAsync("playable");
        await Expect(page.Page.Locator("main")).ToContainTextAsync("Accelerator");
        Assert.DoesNotContain(session.Connections![0].JoinToken, await page.Page.ContentAsync(), StringComparison.Ordinal);

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "End …" }).ClickAsync();
        await page.Page.GetByLabel("Reason").FillAsync("a player asked for it");
        await page.Page.Locator("[data-action='confirm']").ClickAsync();

        await Expect(page.Page.Locator("[data-session-state='Ended']")).ToBeVisibleAsync();
        await Expect(page.Page.Locator(".timeline")).ToContainTextAsync("ended by localcloud-operator: a player asked for it");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Audit" }).ClickAsync();
        await Expect(page.Page.Locator("[data-audit]").First).ToContainTextAsync($"Session {session.SessionId} ended");
        page.AssertQuiet();
    }

    [Fact]
    public async Task Fleet_FilteredByZone_ServersOfThatZoneAlone()
    {
        await using var page = await fixture.OpenAsync("/fleet");
        var zone = fixture.Cloud.Regions[0].Zones[1];
        await Expect(page.Page.Locator($"[data-place$='/{zone}']")).ToBeVisibleAsync();
        await Expect(page.Page.Locator("[data-server]").First).ToBeVisibleAsync();

        await page.Page.GetByLabel("Zone", new() { Exact = true }).SelectOptionAsync(zone);

        await Expect(page.Page.Locator("[data-server]").Filter(new() { HasNotText = zone })).ToHaveCountAsync(0);
        await Expect(page.Page.Locator("[data-server]").Filter(new() { HasText = zone }).First).ToBeVisibleAsync();
        page.AssertQuiet();
    }

    [Fact]
    public async Task Routing_ClustersWeightSetByClicks_ShownWithWhoSetIt()
    {
        await using var page = await fixture.OpenAsync("/routing");
        var cluster = fixture.Cloud.Regions[0].Id;

        await page.Page.GetByRole(AriaRole.Button, new() { Name = $"Actions on cluster {cluster}" }).ClickAsync();
        await page.Page.GetByText("Priority and weight …").ClickAsync();
        await page.Page.GetByRole(AriaRole.Spinbutton, new() { Name = "Weight" }).FillAsync("42");
        await page.Page.GetByLabel("Reason").FillAsync("canary");
        await page.Page.Locator("[data-action='confirm']").ClickAsync();

        var row = page.Page.Locator($"[data-cluster='{cluster}']");
        await Expect(row).ToContainTextAsync("42");
        await Expect(row).ToContainTextAsync("localcloud-operator: canary");
        page.AssertQuiet();
    }

    [Fact]
    public async Task Cells_Opened_TellTheSilosAndClusters()
    {
        await using var page = await fixture.OpenAsync("/cells");

        await Expect(page.Page.Locator("[data-silo]")).ToHaveCountAsync(2);
        await Expect(page.Page.Locator($"[data-cluster='{fixture.Cloud.Regions[0].Id}']")).ToContainTextAsync("healthy");
        page.AssertQuiet();
    }

    [Fact]
    public async Task Orleans_Mounted_ForWhoeverMaySeeOurPages()
    {
        await using var page = await fixture.OpenAsync("/", fixture.Cloud.Access!.ViewerKey);
        using var stranger = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = fixture.Dashboard };

        var seen = await page.Page.Context.APIRequest.GetAsync("/orleans/");
        var counters = await page.Page.Context.APIRequest.GetAsync("/orleans/DashboardCounters");
        using var refused = await stranger.GetAsync(new Uri("/orleans/DashboardCounters", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal((200, 200), (seen.Status, counters.Status));
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    // What is to be pressed or read and does not lie within the screen; a table may be scrolled.
    private const string StickingOut = """
        [...document.querySelectorAll('main a, main button, main h1, main h2, header a, header button, header input')]
            .filter(part => !part.closest('.scroll') && part.checkVisibility())
            .filter(part => part.getBoundingClientRect().right > window.innerWidth + 1)
            .map(part => `${part.tagName} ${part.textContent.trim()}`)
        """;

    [Fact]
    public async Task Pages_OnAPhone_NothingSticksOutAndTheMenuOpens()
    {
        await using var page = await fixture.Browser.OpenAsync(fixture.Dashboard, new ViewportSize { Width = 390, Height = 844 });
        await page.SignInAsync("/", fixture.Cloud.Access!.OperatorKey);

        foreach (var path in new[] { "/", "/fleet", "/sessions", "/routing", "/cells", "/matchmaking", "/diagnosis", "/events", "/audit" })
        {
            await page.GotoAsync(path);
            Assert.True(await page.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"), $"{path} is wider than the screen");

            // Nor with the most that the bar says.
            await page.Page.EvaluateAsync("document.querySelector('.standing span').textContent = '12 problems'");
            Assert.Empty(await page.Page.EvaluateAsync<string[]>(StickingOut));
        }

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Menu" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Fleets", Exact = true }).ClickAsync();
        await Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Fleet arena");
        page.AssertQuiet();
    }

    [Fact]
    public async Task EvacuateZone_ByKeyboardAlone_Done()
    {
        await using var page = await fixture.OpenAsync("/");
        var zone = fixture.Cloud.Regions[0].Zones[0];

        await page.Page.GetByRole(AriaRole.Button, new() { Name = $"Actions on zone {zone}" }).FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.GetByText("Evacuate …").PressAsync("Enter");
        await page.Page.GetByLabel("Reason").PressSequentiallyAsync("keys");

        // Only then is it among what the key goes to.
        var confirm = page.Page.Locator("[data-action='confirm']");
        await Expect(confirm).ToBeEnabledAsync();
        await page.Page.Keyboard.PressAsync("Tab");
        await page.Page.Keyboard.PressAsync("Tab");
        await Expect(confirm).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("Enter");

        await Expect(page.Page.Locator($"[data-zone='{zone}']")).ToHaveAttributeAsync("data-state", "evacuated");
        page.AssertQuiet();
    }
}
