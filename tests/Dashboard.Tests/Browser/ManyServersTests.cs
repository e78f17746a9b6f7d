using FleetSystem.LocalCloud.Hosting;
using FleetSystem.LocalCloud.Tests;
using FleetSystem.Matchmaker.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetSystem.Dashboard.Tests.Browser;

/// <summary>A fleet's page in front of as many servers as a large fleet has.</summary>
[Collection(WholeSystem.Name)]
public sealed class ManyServersTests(ManyServersTests.Fixture fixture, ITestOutputHelper output) : IClassFixture<ManyServersTests.Fixture>
{
    private const int Servers = 10_000;

    // What a page may be sent within ten seconds of nothing but time passing: a mobile connection at night carries ten times as much.
    private const int MaxBytesInTenSeconds = 200_000;

    [Fact]
    public async Task Fleet_TenThousandServers_FoundByNamePagedAndSeenToChange()
    {
        await using var page = await fixture.Browser.OpenAsync(fixture.Cloud.OperationsUrl);
        await page.SignInAsync("/", fixture.Cloud.Access!.OperatorKey);
        var servers = page.Page.Locator("[data-server]");

        // All of them are counted, and few are drawn.
        var clock = TimeProvider.System.GetTimestamp();
        await page.GotoAsync($"/fleet/{LocalFleet.SimulatedName}");
        await Expect(page.Page.Locator(".pager").Last).ToContainTextAsync($"1–50 of {Servers:N0}");
        await Expect(servers).ToHaveCountAsync(50);
        Tell("first content", clock);
        Assert.InRange(await page.Page.EvaluateAsync<int>("document.querySelectorAll('*').length"), 1, 5_000);

        // On, and back.
        var first = await servers.First.GetAttributeAsync("data-server");
        clock = TimeProvider.System.GetTimestamp();
        await page.Page.GetByRole(AriaRole.Navigation, new() { Name = "Pages of servers" }).GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await Expect(page.Page.Locator(".pager").Last).ToContainTextAsync($"51–100 of {Servers:N0}");
        Tell("next page", clock);
        Assert.NotEqual(first, await servers.First.GetAttributeAsync("data-server"));
        var wanted = (await servers.Nth(30).GetAttributeAsync("data-server"))!;

        // What is not on the page is found by a part of its name.
        await page.Page.GetByRole(AriaRole.Navigation, new() { Name = "Pages of servers" }).GetByRole(AriaRole.Button, new() { Name = "Previous" }).ClickAsync();
        await Expect(servers.First).ToHaveAttributeAsync("data-server", first!);
        clock = TimeProvider.System.GetTimestamp();
        await page.Page.GetByLabel("Name", new() { Exact = true }).FillAsync(wanted[^5..].ToUpperInvariant());
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Page.Locator($"[data-server='{wanted}']")).ToBeVisibleAsync();
        await Expect(page.Page.Locator($"[data-server='{first}']")).ToHaveCountAsync(0);
        Tell("found by a part of its name", clock);

        // A zone's servers by a click on it; the numbers fit.
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "All servers" }).ClickAsync();
        var zone = fixture.Cloud.Regions[0].Zones[1];
        clock = TimeProvider.System.GetTimestamp();
        await page.Page.Locator("[data-place]").GetByRole(AriaRole.Link, new() { Name = zone }).ClickAsync();
        await Expect(servers.Filter(new() { HasNotText = zone })).ToHaveCountAsync(0);
        await Expect(servers).ToHaveCountAsync(50);
        Tell("one zone's servers", clock);
        await Expect(page.Page.Locator("[data-node]").Filter(new() { HasNotText = zone })).ToHaveCountAsync(0);

        // While nothing happens hardly anything is sent.
        var before = page.ReceivedBytes;
        await page.Page.WaitForTimeoutAsync(10_000);
        var sent = page.ReceivedBytes - before;
        output.WriteLine($"sent in 10 s: {sent:N0} bytes");
        Assert.InRange(sent, 1, MaxBytesInTenSeconds);

        // A change comes by itself, in the numbers and in the table.
        await page.GotoAsync($"/fleet/{LocalFleet.SimulatedName}?state=Allocated");
        await Expect(page.Page.Locator("main")).ToContainTextAsync("No server is as asked for.");
        clock = TimeProvider.System.GetTimestamp();
        using var api = LocalCloud.Bots.PlayersApi.Of(fixture.Cloud);
        await api.CreateAsync("among-many", new CreateSessionRequest { Fleet = LocalFleet.SimulatedName, Players = [new CreateSessionPlayer { Id = "one" }] }, TestContext.Current.CancellationToken);
        await Expect(servers).ToHaveCountAsync(1);
        Tell("an allocation in the table", clock);
        page.AssertQuiet();
    }

    private void Tell(string what, long since) => output.WriteLine($"{what}: {TimeProvider.System.GetElapsedTime(since).TotalMilliseconds:0} ms");

    /// <summary>The whole system with a large fleet, and a browser.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal LocalCloudSystem Cloud { get; private set; } = null!;

        internal ChromiumBrowser Browser { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            SetDefaultExpectTimeout(20_000);
            Browser = await ChromiumBrowser.StartAsync();
            Cloud = await WholeSystem.StartAsync(
                options =>
                {
                    options.Regions = ["ap-northeast-2"];
                    options.ServersPerZone = 1;
                    options.SimulatedServers = Servers;
                },
                TestContext.Current.CancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            if (Browser is not null) await Browser.DisposeAsync();
            if (Cloud is not null) await Cloud.DisposeAsync();
        }
    }
}
