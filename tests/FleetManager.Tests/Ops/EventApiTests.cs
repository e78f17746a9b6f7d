using System.Net;
using System.Text.Json.Nodes;
using FleetSystem.FleetManager.Events;
using FleetSystem.FleetModel;
using Microsoft.Extensions.DependencyInjection;
using Severity = FleetSystem.FleetManager.Dashboard.Views.Severity;

namespace FleetSystem.FleetManager.Tests.Ops;

/// <summary>What happened, in the operators' API.</summary>
public sealed class EventApiTests(OpsApiTests.Fixture fixture) : IClassFixture<OpsApiTests.Fixture>
{
    // Newer than whatever the audit log says meanwhile, so that both are told apart by time.
    private static readonly DateTimeOffset Future = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task GetEvents_SeenAndDone_OnOneLineOfTime()
    {
        var (_, _) = await fixture.Put(fixture.Lane.Blue.Id, """{"weight": 7, "reason": "told among events"}""");
        Append(new FleetEvent(Future, EventKind.Route, Severity.Critical, fixture.Lane.Region, "NLB", "NLB is down"), new FleetEvent(DateTimeOffset.UnixEpoch, EventKind.Silo, Severity.Good, "", "one", "long ago"));

        var events = await ReadAsync("");

        Assert.Equal(events.OrderByDescending(happened => (DateTimeOffset)happened["at"]!).Select(Id), events.Select(Id));
        var seen = events.Single(happened => (string)happened["what"]! == "NLB is down");
        Assert.Equal(("seen", "route", "critical", fixture.Lane.Region, null), ((string)seen["source"]!, (string)seen["kind"]!, (string)seen["severity"]!, (string)seen["region"]!, (string?)seen["by"]));
        var done = events.Single(happened => (string?)happened["reason"] == "told among events");
        Assert.Equal(("audit", "cluster", fixture.Lane.Blue.Id), ((string)done["source"]!, (string)done["kind"]!, (string)done["subject"]!));
        Assert.True(events.IndexOf(seen) < events.IndexOf(done) && events.IndexOf(done) < events.FindIndex(happened => (string)happened["what"]! == "long ago"));
    }

    [Fact]
    public async Task GetEvents_Filtered_ThoseAlone()
    {
        await fixture.Put(fixture.Lane.Blue.Id, """{"weight": 8, "reason": "filtered"}""");
        Append(new FleetEvent(Future, EventKind.Cell, Severity.Warning, "", "tokyo", "tokyo is away"), new FleetEvent(Future, EventKind.Cluster, Severity.Warning, "elsewhere", "c", "not of the region"));

        Assert.All(await ReadAsync("?kind=cell"), happened => Assert.Equal("cell", (string)happened["kind"]!));
        Assert.All(await ReadAsync("?source=audit"), happened => Assert.Equal("audit", (string)happened["source"]!));
        Assert.All(await ReadAsync("?source=seen"), happened => Assert.Equal("seen", (string)happened["source"]!));
        var ofRegion = await ReadAsync($"?kind=cluster&region={fixture.Lane.Region}");
        Assert.NotEmpty(ofRegion);
        Assert.All(ofRegion, happened => Assert.Equal((fixture.Lane.Region, "cluster"), ((string?)happened["region"], (string)happened["kind"]!)));
    }

    [Fact]
    public async Task GetEvents_MoreThanAPageOfBoth_EachOnceOverThePages()
    {
        for (var change = 0; change < 130; change++) await fixture.Put(fixture.Lane.Green.Id, $$"""{"weight": {{change}}, "reason": "page {{change}}"}""");
        Append([.. Enumerable.Range(0, 150).Select(second => new FleetEvent(DateTimeOffset.UnixEpoch.AddSeconds(second), EventKind.Fleet, Severity.Notice, fixture.Lane.Region, "arena", $"event {second}"))]);

        // As long a page as can be has less of the audit log than there is, and must not go past it.
        var events = await ReadAsync("?limit=500");

        Assert.Equal((await ReadAsync("")).Select(Id), events.Select(Id));
        Assert.Equal(events.Select(Id).Distinct(), events.Select(Id));
        Assert.Equal(130, events.Count(happened => ((string?)happened["reason"])?.StartsWith("page ", StringComparison.Ordinal) == true));
        Assert.Equal(150, events.Count(happened => ((string)happened["what"]!).StartsWith("event ", StringComparison.Ordinal)));
        Assert.Equal(events.OrderByDescending(happened => (DateTimeOffset)happened["at"]!).Select(happened => (DateTimeOffset)happened["at"]!), events.Select(happened => (DateTimeOffset)happened["at"]!));
    }

    [Theory]
    [InlineData("?after=x", HttpStatusCode.BadRequest)]
    [InlineData("?after=1.2;nonsense", HttpStatusCode.BadRequest)]
    [InlineData("?kind=nonsense", HttpStatusCode.BadRequest)]
    [InlineData("?region=nowhere", HttpStatusCode.NotFound)]
    public async Task GetEvents_BadQuery_Refused(string query, HttpStatusCode expected)
    {
        var (status, problem) = await fixture.Send(HttpMethod.Get, "/ops/v1/events" + query);

        Assert.Equal(expected, status);
        Assert.Contains((string)problem!["code"]!, (string[])[ErrorCodes.InvalidRequest, ErrorCodes.UnknownRegion, ErrorCodes.MalformedRequest]);
    }

    private void Append(params FleetEvent[] events) => fixture.Services.GetRequiredService<EventLog>().Append(events);

    /// <summary>All pages of it.</summary>
    private async Task<List<JsonNode>> ReadAsync(string query)
    {
        var events = new List<JsonNode>();
        string? next = null;
        do
        {
            var (status, body) = await fixture.Send(HttpMethod.Get, $"/ops/v1/events{query}{(next is null ? "" : $"{(query.Length > 0 ? "&" : "?")}after={Uri.EscapeDataString(next)}")}");
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.True((bool)body!["auditAnswered"]!);
            Assert.InRange(body["events"]!.AsArray().Count, 0, 500);
            events.AddRange(body["events"]!.AsArray().Select(happened => happened!.DeepClone()));
            next = (string?)body["next"];
        }
        while (next is not null);
        return events;
    }

    private static string Id(JsonNode happened) => (string)happened["id"]!;
}
