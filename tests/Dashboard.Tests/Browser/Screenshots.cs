using System.Runtime.CompilerServices;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.LocalCloud.Bots;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.LocalCloud.Tests;
using FleetSystem.Matchmaker.Api;
using Microsoft.Playwright;

namespace FleetSystem.Dashboard.Tests.Browser;

/// <summary>
/// The pictures in docs/images, of a local cloud with sessions and a zone that dies. Not a test of anything; it runs when asked for alone (see the folder's README).
/// </summary>
[Collection(WholeSystem.Name)]
public sealed class Screenshots
{
    private const int Sessions = 60;
    private static readonly ViewportSize Desk = new() { Width = 1280, Height = 860 };
    private static readonly ViewportSize Phone = new() { Width = 390, Height = 844 };

    [Fact(Explicit = true)]
    public async Task Pages_OfALocalCloud_AreKeptAsPictures()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var browser = await ChromiumBrowser.StartAsync();
        await using var cloud = await WholeSystem.StartAsync(
            options =>
            {
                options.Regions = ["ap-northeast-2", "us-west-2"];
                options.SimulatedServers = 40;
                options.NodeUnknownAfter = TimeSpan.FromSeconds(1);
            },
            cancellation);
        using var api = PlayersApi.Of(cloud);
        await using var desk = await browser.OpenAsync(cloud.OperationsUrl, Desk);
        await using var phone = await browser.OpenAsync(cloud.OperationsUrl, Phone);
        await desk.SignInAsync("/", cloud.Access!.OperatorKey);
        await phone.SignInAsync("/", cloud.Access.OperatorKey);

        // Long enough for charts to have a shape.
        var session = "";
        for (var index = 0; index < Sessions; index++)
        {
            var created = await api.CreateAsync(
                $"picture-{index}",
                new CreateSessionRequest { Fleet = LocalFleet.Name, Region = cloud.Regions[index % 2].Id, Players = [new CreateSessionPlayer { Id = $"player-{index}" }], WaitFor = WaitFor.Allocated },
                cancellation);
            if (index == 0) session = created.Session.SessionId;
            await Task.Delay(TimeSpan.FromMilliseconds(600 + (index % 7 * 100)), TimeProvider.System, cancellation);
        }

        await TakeAsync(desk, "/routing", "routing");
        await TakeAsync(desk, "/fleet", "fleet");
        await TakeAsync(desk, $"/sessions/{session}", "session");
        await cloud.Regions[0].Cluster.Faults.KillZoneAsync(cloud.Regions[0].Zones[1]);
        await desk.GotoAsync("/");
        await Assertions.Expect(desk.Page.Locator($"[data-zone='{cloud.Regions[0].Zones[1]}']")).ToHaveAttributeAsync("data-state", "evacuated", new() { Timeout = 30_000 });
        await desk.Page.ScreenshotAsync(new() { Path = FileOf("overview-zone-lost") });
        await TakeAsync(phone, "/", "overview-phone");
        await TakeAsync(desk, "/events", "events");
        await TakeAsync(desk, "/audit", "audit");
        await desk.GotoAsync("/");
        await desk.Page.Locator("#theme-toggle").ClickAsync();
        await Assertions.Expect(desk.Page.Locator("body")).ToHaveClassAsync("theme-light");
        await TakeAsync(desk, "/", "overview-light");
    }

    private static async Task TakeAsync(WatchedPage page, string path, string name)
    {
        await page.GotoAsync(path);
        await page.Page.WaitForTimeoutAsync(1500);
        await page.Page.ScreenshotAsync(new() { Path = FileOf(name) });
    }

    private static string FileOf(string name, [CallerFilePath] string here = "") =>
        Path.Combine(Environment.GetEnvironmentVariable("SCREENSHOTS") ?? Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/images"), $"dashboard-{name}.png");
}
