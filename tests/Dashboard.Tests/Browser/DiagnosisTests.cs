using FleetSystem.LocalCloud.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FleetSystem.Dashboard.Tests.Browser;

/// <summary>The diagnosis page.</summary>
[Collection(WholeSystem.Name)]
public sealed class DiagnosisTests(DashboardFixture fixture) : IClassFixture<DashboardFixture>
{
    [Fact]
    public async Task Diagnosis_ClusterGoesAway_WhatIsMissingComesFirst()
    {
        await using var page = await fixture.OpenAsync("/");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Diagnosis" }).ClickAsync();
        await Expect(page.Page.Locator("[data-worst]")).ToHaveAttributeAsync("data-worst", "Passed");
        await Expect(page.Page.Locator("[data-finding]").Filter(new() { HasText = "cluster ap-northeast-2" }).First).ToBeVisibleAsync();

        fixture.Cloud.Regions[0].Cluster.Faults.Api.Unavailable = true;

        // A round serves whoever asks for some seconds: the next one sees it.
        var worst = page.Page.Locator("[data-worst]");
        while (await worst.GetAttributeAsync("data-worst") == "Passed")
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await page.Page.GetByRole(AriaRole.Button, new() { Name = "Look again" }).ClickAsync();
        }

        await Expect(page.Page.Locator("[data-finding]").First).ToHaveAttributeAsync("data-finding", "Failed");
        await Expect(page.Page.Locator("[data-finding]").First).ToContainTextAsync("cluster ap-northeast-2");
        page.AssertQuiet();
    }
}
