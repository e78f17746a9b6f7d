using System.Net;
using System.Text.Json.Nodes;
using FleetSystem.FleetManager.Ops;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetManager.Tests.Ops;

/// <summary>Lists of the operators' API: each bounded, in pages, and by what operators look for.</summary>
public sealed class OpsListTests(OpsApiTests.Fixture fixture) : IClassFixture<OpsApiTests.Fixture>
{
    /// <summary>The lists, as they are described.</summary>
    public static TheoryData<string> Lists =>
    [
        "/ops/v1/regions", "/ops/v1/evacuations", "/ops/v1/sessions", "/ops/v1/fleets/{fleet}/servers", "/ops/v1/fleets/{fleet}/nodes", "/ops/v1/silos", "/ops/v1/queues", "/ops/v1/audit",
    ];

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task List_LimitOrCursorThatIsNone_RefusedByItsName(string list)
    {
        var path = list.Replace("{fleet}", "arena", StringComparison.Ordinal);
        foreach (var limit in new[] { "0", "-1", "501", "2147483647" })
        {
            var (status, problem) = await fixture.Send(HttpMethod.Get, $"{path}?limit={limit}");
            Assert.Equal((HttpStatusCode.BadRequest, ErrorCodes.InvalidRequest, "limit"), (status, (string)problem!["code"]!, (string)problem["errors"]![0]!["path"]!));
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await fixture.Send(HttpMethod.Get, $"{path}?limit=many")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await fixture.Send(HttpMethod.Get, $"{path}?after={new string('x', 5000)}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await fixture.Send(HttpMethod.Get, $"{path}?limit=1")).Status);
    }

    [Fact]
    public async Task Sessions_ByFleetStateAndRegion_EveryOneOnceOverPagesOfTwo()
    {
        foreach (var number in Enumerable.Range(0, 5)) await CreateAsync($"listed-{number}", "fragile");
        var ended = await CreateAsync("listed-ended", "fragile");
        await fixture.Send(HttpMethod.Post, $"/ops/v1/sessions/{ended.Id}/end", """{"reason": "test"}""");
        await CreateAsync("listed-other", "arena");

        var filter = $"/ops/v1/sessions?fleet=fragile&state=allocated&region={fixture.Lane.Region}&limit=2";
        var (seen, pages) = (new List<string>(), 0);
        for (JsonNode? after = null; pages == 0 || after is not null; pages++)
        {
            var (status, page) = await fixture.Send(HttpMethod.Get, filter + (after is null ? "" : $"&after={after}"));
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.InRange(page!["sessions"]!.AsArray().Count, 0, 2);
            seen.AddRange(page["sessions"]!.AsArray().Select(session => (string)session!["id"]!));
            after = page["next"];
        }

        Assert.InRange(pages, 3, 10);
        Assert.Equal(5, seen.Count);
        Assert.Equal(5, seen.Distinct().Count());
        Assert.DoesNotContain(ended.Id, seen);
        Assert.Empty((await fixture.Send(HttpMethod.Get, "/ops/v1/sessions?region=nowhere")).Body!["sessions"]!.AsArray());

        // Without anything to look for: as many as are wanted, and no more looked at.
        var (_, two) = await fixture.Send(HttpMethod.Get, "/ops/v1/sessions?limit=2");
        Assert.Equal((2, 2), (two!["sessions"]!.AsArray().Count, (int)two["looked"]!));
        Assert.NotNull(two["next"]);
    }

    [Fact]
    public async Task Audit_ByWhoWhatAndTime_ThoseAloneOverPagesOfOne()
    {
        // Other tests of the class write into the same log.
        var zone = $"/ops/v1/regions/{fixture.Lane.Region}/zones/{fixture.Lane.ZoneA}";
        var began = fixture.Cell.Clock.GetUtcNow();
        foreach (var state in new[] { "evacuated", "open" })
        {
            await fixture.Send(HttpMethod.Put, zone, $$"""{"state": "{{state}}", "reason": "audit {{state}}"}""");
            await fixture.Send(HttpMethod.Put, $"/ops/v1/regions/{fixture.Lane.Region}/routes", """{"reason": "between"}""");
        }

        var found = new List<string>();
        string? after = null;
        for (var pages = 0; (pages == 0 || after is not null) && pages < 50; pages++)
        {
            var (status, page) = await fixture.Send(HttpMethod.Get, $"/ops/v1/audit?kind=zone&subject={fixture.Lane.ZoneA}&by=127.0.0.1&since={Uri.EscapeDataString(began.ToString("O"))}&limit=1{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}");
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.InRange(page!["entries"]!.AsArray().Count, 0, 1);
            found.AddRange(page["entries"]!.AsArray().Select(entry => (string)entry!["reason"]!));
            after = (string?)page["next"];
        }

        Assert.Equal(["audit open", "audit evacuated"], found.Where(reason => reason.StartsWith("audit", StringComparison.Ordinal)));
        foreach (var none in new[] { "by=nobody", "subject=nothing", "kind=ruleSet", $"until={Uri.EscapeDataString(began.AddDays(-1).ToString("O"))}", $"since={Uri.EscapeDataString(fixture.Cell.Clock.GetUtcNow().AddDays(1).ToString("O"))}" })
            Assert.Empty((await fixture.Send(HttpMethod.Get, "/ops/v1/audit?" + none)).Body!["entries"]!.AsArray());
        Assert.Equal(HttpStatusCode.BadRequest, (await fixture.Send(HttpMethod.Get, "/ops/v1/audit?kind=nonsense")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await fixture.Send(HttpMethod.Get, "/ops/v1/audit?since=yesterday")).Status);
    }

    [Fact]
    public async Task Evacuations_AZoneEvacuated_ToldWithWhoWhyAndHowFar()
    {
        var zone = $"/ops/v1/regions/{fixture.Lane.Region}/zones/{fixture.Lane.ZoneA}";
        await CreateAsync("evacuated", "arena");
        await fixture.Send(HttpMethod.Put, zone, """{"state": "evacuated", "reason": "how far"}""");
        var (status, page) = await fixture.Send(HttpMethod.Get, $"/ops/v1/evacuations?region={fixture.Lane.Region}&zone={fixture.Lane.ZoneA}");
        Assert.Equal(HttpStatusCode.OK, status);
        var found = Assert.Single(page!["evacuations"]!.AsArray())!;
        Assert.Equal(("playingOut", "127.0.0.1", "how far", false), ((string)found["state"]!, (string)found["by"]!, (string)found["reason"]!, (bool)found["moveRunning"]!));
        Assert.Equal((int)found["sessionsThen"]!, (int)found["toGo"]!);
        Assert.InRange((int)found["toGo"]!, 1, 100);
        Assert.Empty(page["silent"]!.AsArray());
        Assert.Empty((await fixture.Send(HttpMethod.Get, "/ops/v1/evacuations?state=held")).Body!["evacuations"]!.AsArray());
        await fixture.Send(HttpMethod.Put, zone, """{"state": "open", "reason": "over"}""");
        Assert.Empty((await fixture.Send(HttpMethod.Get, $"/ops/v1/evacuations?zone={fixture.Lane.ZoneA}")).Body!["evacuations"]!.AsArray());
        Assert.Equal((HttpStatusCode.NotFound, ErrorCodes.UnknownRegion), (await fixture.Send(HttpMethod.Get, "/ops/v1/evacuations?region=mars")) is var unknown ? (unknown.Status, (string)unknown.Body!["code"]!) : default);
    }

    [Fact]
    public async Task Region_ByItsName_AsInTheList()
    {
        var (status, region) = await fixture.Send(HttpMethod.Get, $"/ops/v1/regions/{fixture.Lane.Region}");
        Assert.Equal((HttpStatusCode.OK, fixture.Lane.Region), (status, (string)region!["id"]!));
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.Send(HttpMethod.Get, "/ops/v1/regions/mars")).Status);
    }

    [Theory]
    [InlineData("allocated", SessionState.Allocated)]
    [InlineData("Allocated", SessionState.Allocated)]
    [InlineData("3", null)]
    [InlineData("allocated,ended", null)]
    [InlineData("nonsense", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Word_OfAFilter_IsOneOfThoseThatAnswersTell(string? text, SessionState? expected) =>
        Assert.Equal(expected, OpsWord<SessionState>.TryParse(text, null, out var word) ? word.Value : null);

    [Theory]
    [InlineData(null, 2, "a,b", "b")]
    [InlineData("b", 2, "c,d", null)]
    [InlineData("a", 3, "b,c,d", null)]
    [InlineData("a", 2, "b,c", "c")]
    [InlineData("d", 2, "", null)]
    [InlineData("x", 2, null, null)]
    public void Page_OfAWhole_GoesOnBehindTheCursor(string? after, int most, string? expected, string? next)
    {
        var page = OpsPaging.Page(["a", "b", "c", "d"], name => name, after, most);
        Assert.Equal((expected, next), page is var (entries, last) ? (string.Join(',', entries), last) : (null, null));
    }

    private async Task<SessionRecord> CreateAsync(string key, string fleet)
    {
        await fixture.Lane.AddServers(fixture.Lane.ZoneA, 1, fleet);
        var created = await fixture.Lane.Create(key, fixture.Lane.Request(fleet: fleet));
        return created.View!.Session;
    }
}
