using FleetSystem.LocalCloud.Hosting;
using FleetSystem.LocalCloud.Tests;

namespace FleetSystem.Dashboard.Tests.Browser;

/// <summary>The whole system with one region, and a browser.</summary>
public sealed class DashboardFixture : IAsyncLifetime
{
    internal LocalCloudSystem Cloud { get; private set; } = null!;

    internal ChromiumBrowser Browser { get; private set; } = null!;

    internal Uri Dashboard => Cloud.OperationsUrl;

    /// <summary>Opens a page, signed in with a key.</summary>
    internal async Task<WatchedPage> OpenAsync(string path, string? key = null)
    {
        var page = await Browser.OpenAsync(Dashboard);
        await page.SignInAsync(path, key ?? Cloud.Access!.OperatorKey);
        return page;
    }

    public async ValueTask InitializeAsync()
    {
        // A limit for what never comes; what comes late on a busy machine is not late.
        Microsoft.Playwright.Assertions.SetDefaultExpectTimeout(20_000);
        Browser = await ChromiumBrowser.StartAsync();
        Cloud = await WholeSystem.StartAsync(
            options =>
            {
                options.Regions = ["ap-northeast-2"];
                options.ServersPerZone = 2;
                options.NodeUnknownAfter = TimeSpan.FromSeconds(1);
            },
            TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null) await Browser.DisposeAsync();
        if (Cloud is not null) await Cloud.DisposeAsync();
    }
}
