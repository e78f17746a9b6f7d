using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.LocalCloud.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetSystem.Dashboard.Tests.Browser;

/// <summary>A fleet's size on its page: seen, changed by hand and by keyboard, and found in the audit.</summary>
[Collection(WholeSystem.Name)]
public sealed class FleetSizeTests(DashboardFixture fixture) : IClassFixture<DashboardFixture>
{
    private LocalRegion Region => fixture.Cloud.Regions[0];

    private string RowOf => $"[data-size='{Region.Id}/{LocalFleet.Name}']";

    private string ButtonName => $"Change size of {LocalFleet.Name} in {Region.Id}";

    [Fact]
    public async Task ChangeSize_ByKeyboard_ServersComeAndTheAuditHasIt()
    {
        await using var page = await fixture.OpenAsync("/fleet");
        var row = page.Page.Locator(RowOf);
        await Expect(row).ToContainTextAsync("set by hand");
        var before = await DesiredAsync();
        await Expect(Value(row, "current")).ToHaveTextAsync($"{before}");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = ButtonName }).FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        var dialog = page.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Servers", new() { Exact = true }).FillAsync($"{before + 2}");
        await Expect(dialog.Locator("[data-preview]")).ToContainTextAsync($"{before + 2} servers");
        await page.Page.Keyboard.PressAsync("Tab");
        await dialog.GetByLabel("Reason").FocusAsync();
        await page.Page.Keyboard.TypeAsync("the tournament starts at six");
        await dialog.Locator("[data-action='confirm']").FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");

        // Genuine processes, which have to start first.
        await Expect(Value(row, "desired")).ToHaveTextAsync($"{before + 2}");
        await Expect(Value(row, "current")).ToHaveTextAsync($"{before + 2}");
        await Expect(page.Page.Locator("[data-server]")).ToHaveCountAsync(before + 2);
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Audit" }).ClickAsync();
        var entry = page.Page.Locator("[data-audit]").First;
        await Expect(entry).ToContainTextAsync($"Fleet {Region.Id}/{LocalFleet.Name}: {before + 2} replicas");
        await Expect(entry).ToContainTextAsync("localcloud-operator");
        await Expect(entry).ToContainTextAsync("the tournament starts at six");
        page.AssertQuiet();
    }

    [Fact]
    public async Task ChangeSize_SomebodyElseWasFaster_SaidInTheDialogAndNotOverwritten()
    {
        await using var page = await fixture.OpenAsync("/fleet");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = ButtonName }).ClickAsync();
        var dialog = page.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Reason").FillAsync("I am late");
        var now = await DesiredAsync() + 1;
        Scale(now);

        await dialog.GetByLabel("Servers", new() { Exact = true }).FillAsync("1");
        await dialog.Locator("[data-action='confirm']").ClickAsync();

        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync($"The size was changed since you looked. Now: {now} replicas.");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(Value(page.Page.Locator(RowOf), "desired")).ToHaveTextAsync($"{now}");
        page.AssertQuiet();
    }

    [Fact]
    public async Task ChangeSize_OfAnAutoscaledFleet_ItsBufferIsWhatChangesAndAnotherPolicyOffersNothing()
    {
        try
        {
            Region.Cluster.Apply($$$"""
                apiVersion: autoscaling.agones.dev/v1
                kind: FleetAutoscaler
                metadata: {name: keeper, namespace: default}
                spec:
                  fleetName: {{{LocalFleet.Name}}}
                  policy: {type: Buffer, buffer: {bufferSize: 2, minReplicas: 3, maxReplicas: 20}}
                  sync: {type: FixedInterval, fixedInterval: {seconds: 3600}}
                """);
            await using var page = await fixture.OpenAsync("/fleet");
            var row = page.Page.Locator(RowOf);
            await Expect(row).ToContainTextAsync("keeper: 2 beyond the allocated, 3 to 20 in all");

            await page.Page.GetByRole(AriaRole.Button, new() { Name = ButtonName }).ClickAsync();
            var dialog = page.Page.GetByRole(AriaRole.Dialog);
            await Expect(dialog).ToContainTextAsync("FleetAutoscaler keeper goes by it at once.");
            await dialog.GetByLabel("Fewest servers").FillAsync("5");
            await dialog.GetByLabel("Kept free").FillAsync("4");
            await dialog.GetByLabel("Reason").FillAsync("more room");
            await dialog.Locator("[data-action='confirm']").ClickAsync();

            await Expect(row).ToContainTextAsync("keeper: 4 beyond the allocated, 5 to 20 in all");
            await Expect(Value(row, "desired")).ToHaveTextAsync("5");

            Region.Cluster.Apply($$$"""
                apiVersion: autoscaling.agones.dev/v1
                kind: FleetAutoscaler
                metadata: {name: keeper, namespace: default}
                spec:
                  fleetName: {{{LocalFleet.Name}}}
                  policy: {type: Webhook, webhook: {url: "http://127.0.0.1:1/scale"}}
                """);
            await Expect(row).ToContainTextAsync("FleetAutoscaler keeper scales Agones Fleet arena by its policy Webhook");
            await Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = ButtonName })).ToHaveCountAsync(0);
            page.AssertQuiet();
        }
        finally
        {
            Region.Cluster.Store.Delete(LocalCloud.Agones.AgonesKinds.FleetAutoscaler, "default/keeper", new LocalCloud.Kubernetes.DeletionOptions(null));
        }
    }

    [Fact]
    public async Task Sizes_TheClusterDoesNotAnswer_ShownAsTheyWereAndNotChangeable()
    {
        await using var page = await fixture.OpenAsync("/fleet");
        var row = page.Page.Locator(RowOf);
        await Expect(row).ToContainTextAsync("set by hand");
        try
        {
            Region.Cluster.Faults.Api.Unavailable = true;

            await Expect(row).ToContainTextAsync("as of ");
            await Expect(Value(row, "desired")).ToHaveTextAsync($"{Desired()}");
            await Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = ButtonName })).ToHaveCountAsync(0);
        }
        finally
        {
            Region.Cluster.Faults.Api.Unavailable = false;
        }

        await Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = ButtonName })).ToBeVisibleAsync();
        page.AssertQuiet();
    }

    [Fact]
    public async Task Viewer_SeesTheSizeAndCannotChangeIt()
    {
        await using var page = await fixture.OpenAsync("/fleet", fixture.Cloud.Access!.ViewerKey);
        await Expect(Value(page.Page.Locator(RowOf), "desired")).ToHaveTextAsync($"{Desired()}");
        await Expect(page.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Change size") })).ToHaveCountAsync(0);

        // With the cookie of the page, without its button.
        var refused = await page.Page.Context.APIRequest.PutAsync($"/ops/v1/fleets/{LocalFleet.Name}/sizes/{Region.Id}/{LocalFleet.Name}", new() { DataObject = new { replicas = 0, version = "x", reason = "I want to" } });

        Assert.Equal((int)HttpStatusCode.Forbidden, refused.Status);
        page.AssertQuiet();
    }

    private static ILocator Value(ILocator row, string what) => row.Locator($"[data-value='{what}']");

    private int Desired() => LocalCloud.Agones.ReplicaFacts.Of(Region.Cluster.Store.Get(LocalCloud.Agones.AgonesKinds.Fleet, $"default/{LocalFleet.Name}")!).Replicas;

    /// <summary>The desired replicas by the API, which others than the page call.</summary>
    private async Task<int> DesiredAsync()
    {
        using var http = new HttpClient { BaseAddress = fixture.Dashboard, DefaultRequestHeaders = { Authorization = new("Bearer", fixture.Cloud.Access!.OperatorKey) } };
        var sizes = await http.GetFromJsonAsync<JsonNode>(new Uri($"/ops/v1/fleets/{LocalFleet.Name}/sizes", UriKind.Relative), TestContext.Current.CancellationToken);
        return (int)sizes!["clusters"]![0]!["agonesFleets"]![0]!["desiredReplicas"]!;
    }

    private void Scale(int replicas) => Region.Cluster.Store.Update(LocalCloud.Agones.AgonesKinds.Fleet, $"default/{LocalFleet.Name}", body =>
    {
        body["spec"]!["replicas"] = replicas;
        return true;
    });
}
