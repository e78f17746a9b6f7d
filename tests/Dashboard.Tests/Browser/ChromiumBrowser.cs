using Microsoft.Playwright;

namespace FleetSystem.Dashboard.Tests.Browser;

/// <summary>This machine's own Chromium, without a window; nothing is downloaded.</summary>
internal sealed class ChromiumBrowser : IAsyncDisposable
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private ChromiumBrowser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Starts it.</summary>
    /// <exception cref="InvalidOperationException">There is none on this machine.</exception>
    public static async Task<ChromiumBrowser> StartAsync()
    {
        var executable = Environment.GetEnvironmentVariable("CHROMIUM") ?? Places.FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("There is no Chromium on this machine. Install it (Debian: apt-get install chromium; tests/run.sh does that), or name its executable in the environment variable CHROMIUM.");
        var playwright = await Playwright.CreateAsync();
        try
        {
            var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = executable,
                Headless = true,
                Args = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
            });
            return new ChromiumBrowser(playwright, browser);
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }

    /// <summary>Opens a tab, which knows nothing of others, and follows what it does.</summary>
    public async Task<WatchedPage> OpenAsync(Uri dashboard, ViewportSize? size = null)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = dashboard.ToString(), ViewportSize = size ?? new ViewportSize { Width = 1280, Height = 900 } });
        return await WatchedPage.OpenAsync(context, dashboard);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
