using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace FleetSystem.Dashboard.Tests.Browser;

/// <summary>A page whose requests and console are followed. What its content security policy forbids is an error there.</summary>
internal sealed class WatchedPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly Uri _dashboard;
    private long _receivedBytes;

    private WatchedPage(IBrowserContext context, IPage page, Uri dashboard) => (_context, Page, _dashboard) = (context, page, dashboard);

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>Bytes that the page was sent over its connection since it was opened.</summary>
    public long ReceivedBytes => Interlocked.Read(ref _receivedBytes);

    /// <summary>Opens an empty one.</summary>
    public static async Task<WatchedPage> OpenAsync(IBrowserContext context, Uri dashboard)
    {
        var page = new WatchedPage(context, await context.NewPageAsync(), dashboard);
        page.Page.SetDefaultTimeout(20_000);
        page.Page.Request += (_, request) => page._requests.Enqueue(request.Url);
        page.Page.WebSocket += (_, socket) =>
        {
            page._requests.Enqueue(socket.Url);
            socket.FrameReceived += (_, frame) => Interlocked.Add(ref page._receivedBytes, frame.Binary?.Length ?? frame.Text?.Length ?? 0);
        };
        page.Page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") page._errors.Enqueue($"{message.Type}: {message.Text} ({message.Location})");
        };
        page.Page.PageError += (_, error) => page._errors.Enqueue(error);
        return page;
    }

    /// <summary>Asks for a page, signs in with a key on the way to it, and returns when it is live.</summary>
    public async Task SignInAsync(string path, string key)
    {
        await Page.GotoAsync(path);
        await Page.GetByLabel("Operator's key").FillAsync(key);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await UntilLiveAsync();
    }

    /// <summary>Goes to a page by its address, and returns when it is live.</summary>
    public async Task GotoAsync(string path)
    {
        await Page.GotoAsync(path);
        await UntilLiveAsync();
    }

    /// <summary>Does something by clicks: opens it, tells the reason, confirms, and returns when it is done.</summary>
    /// <param name="opens">What is clicked first: the action, or the menu that it is in.</param>
    /// <param name="item">The action in the menu, or null without one.</param>
    /// <param name="reason">Why.</param>
    /// <param name="fill">Fills what else is asked, or null.</param>
    public async Task ActAsync(ILocator opens, string? item, string reason, Func<Task>? fill = null)
    {
        await opens.ClickAsync();
        if (item is not null) await Page.GetByText(item, new() { Exact = true }).ClickAsync();
        if (fill is not null) await fill();
        await Page.GetByLabel("Reason").FillAsync(reason);
        await Page.Locator("[data-action='confirm']").ClickAsync();
        await Assertions.Expect(Page.Locator(".mud-dialog")).ToHaveCountAsync(0);
    }

    private async Task UntilLiveAsync()
    {
        await Assertions.Expect(Page.Locator("main[data-live]")).ToBeVisibleAsync(new() { Timeout = 20_000 });
    }

    /// <summary>What went wrong in the page, and what it asked other machines for: none of both is allowed.</summary>
    public void AssertQuiet()
    {
        Assert.Empty(_errors);
        Assert.NotEmpty(_requests);
        Assert.DoesNotContain(_requests, request => new Uri(request) is var url && url.Scheme != "data" && url.Authority != _dashboard.Authority);
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
