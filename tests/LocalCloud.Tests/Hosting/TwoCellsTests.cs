using System.Diagnostics;
using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Tests.Hosting;

/// <summary>Two cells as four processes, with certificates between them.</summary>
[Collection(WholeSystem.Name)]
public sealed class TwoCellsTests(ITestOutputHelper output)
{
    private static readonly (string, int)[] NearTokyo = [("ap-northeast-2", 60), ("ap-northeast-1", 20)];
    private static readonly (string, int)[] TokyoAlone = [("ap-northeast-2", 160), ("ap-northeast-1", 20)];

    [Fact]
    public async Task Cells_OneIsKilled_TheOtherServesWithinTheLimitsAndFindsEverythingWhenItIsBack()
    {
        await using var cells = await CellProcesses.StartAsync(("seoul", "ap-northeast-2"), ("tokyo", "ap-northeast-1"));
        var (seoul, tokyo) = (cells["seoul"], cells["tokyo"]);
        foreach (var cell in new[] { seoul, tokyo })
            foreach (var other in new[] { seoul, tokyo }) await cell.UntilItKnowsAsync(other);

        // Operators see the other cell as the Matchmaker does.
        await UntilAsync(async () => (await seoul.ReadOpsAsync("/ops/v1/peers"))["peers"]!.AsArray() is [{ } peer]
            && (string)peer["cell"]! == "tokyo" && (string)peer["seenBy"]![0]!["state"]! == "closed" && (double?)peer["latencySeconds"] > 0
            && peer["regions"]!.AsArray() is [{ } served] && (string)served["id"]! == "ap-northeast-1" && (int)served["ready"]! == CellProcesses.Servers);

        // The players' latencies decide, whichever cell is asked; the same key is one session at both.
        var (status, far) = await seoul.CreateAsync("far", NearTokyo);
        Assert.Equal((HttpStatusCode.Created, "ap-northeast-1", 1), (status, RegionOf(far), (int)far["placement"]!["preferenceServed"]!));
        var id = (string)far["sessionId"]!;
        Assert.EndsWith(".tokyo", id, StringComparison.Ordinal);
        foreach (var cell in new[] { seoul, tokyo })
        {
            var (again, same) = await cell.CreateAsync("far", NearTokyo);
            Assert.Equal((HttpStatusCode.OK, id), (again, (string)same["sessionId"]!));
            Assert.Equal(HttpStatusCode.Conflict, (await cell.CreateAsync("far", TokyoAlone)).Status);
        }

        // Found, followed and ended through the other cell.
        var (_, near) = await seoul.CreateAsync("near", ("ap-northeast-2", 10), ("ap-northeast-1", 60));
        Assert.EndsWith(".seoul", (string)near["sessionId"]!, StringComparison.Ordinal);
        foreach (var session in new[] { far, near })
        {
            foreach (var cell in new[] { seoul, tokyo })
            {
                var (found, body) = await cell.SendAsync(HttpMethod.Get, $"/v1/sessions/{session["sessionId"]}");
                Assert.Equal((HttpStatusCode.OK, (string)session["gameServer"]!["name"]!), (found, (string)body["gameServer"]!["name"]!));
            }
        }

        // An id that names no cell, as of a session that is older than the peers: here, or wherever else it is.
        var (_, direct) = await tokyo.CreateAsync("direct", NearTokyo);
        foreach (var cell in new[] { seoul, tokyo })
        {
            var (found, body) = await cell.SendAsync(HttpMethod.Get, $"/v1/sessions/{((string)direct["sessionId"]!).Split('.')[0]}");
            Assert.Equal((HttpStatusCode.OK, (string)direct["gameServer"]!["name"]!), (found, (string?)body["gameServer"]?["name"]));
        }

        await using (var stream = await seoul.EventsAsync(id))
        {
            var events = SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
            await NextAsync(events, "allocated");
            Assert.Equal("ended", (string?)(await seoul.SendAsync(HttpMethod.Delete, $"/v1/sessions/{id}")).Body["state"]);
            await NextAsync(events, "ended");
            Assert.False(await events.MoveNextAsync());
        }

        Assert.Equal(HttpStatusCode.NotFound, (await seoul.SendAsync(HttpMethod.Get, $"/v1/sessions/{id[..^6]}.busan")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await seoul.SendAsync(HttpMethod.Get, $"/v1/sessions/{FleetModel.Sessions.SessionIds.FromKey("", "never")}")).Status);

        // Frozen, it takes connections and answers nothing: one short time-out, then nothing.
        Signal("STOP", tokyo);
        for (var request = 0; request < 3; request++)
        {
            var began = TimeProvider.System.GetTimestamp();
            Assert.Equal("ap-northeast-2", RegionOf((await seoul.CreateAsync($"frozen-{request}", NearTokyo)).Body));
            output.WriteLine($"created beside the frozen cell after {TimeProvider.System.GetElapsedTime(began).TotalMilliseconds:0} ms");
        }

        Signal("CONT", tokyo);
        await UntilAsync(async () => RegionOf((await seoul.CreateAsync($"thawed-{TimeProvider.System.GetTimestamp()}", TokyoAlone)).Body) == "ap-northeast-1");

        // What its key was settled on stays, and what the frozen cell may have made of it meanwhile is not it.
        Assert.EndsWith(".seoul", (string?)(await seoul.CreateAsync("frozen-0", NearTokyo)).Body["sessionId"], StringComparison.Ordinal);

        var (_, kept) = await seoul.CreateAsync("kept", NearTokyo);
        Assert.Equal("ap-northeast-1", RegionOf(kept));
        await tokyo.KillAsync();
        await UntilAsync(async () => (string)(await seoul.ReadOpsAsync("/ops/v1/peers"))["peers"]![0]!["seenBy"]![0]!["state"]! == "open");
        await UntilAsync(async () => (await seoul.ReadOpsAsync("/ops/v1/events?kind=cell"))["events"]!.AsArray().Any(happened => (string)happened!["subject"]! == "tokyo" && (string)happened["severity"]! == "critical"));

        // Whose limits allow it is served here, whose do not is told so; neither waits.
        for (var request = 0; request < 3; request++)
        {
            var began = TimeProvider.System.GetTimestamp();
            var (served, session) = await seoul.CreateAsync($"without-{request}", NearTokyo);
            output.WriteLine($"created without the dead cell after {TimeProvider.System.GetElapsedTime(began).TotalMilliseconds:0} ms");
            Assert.Equal((HttpStatusCode.Created, "ap-northeast-2", 3), (served, RegionOf(session), (int)session["placement"]!["preferenceServed"]!));
        }

        var (refused, problem) = await seoul.CreateAsync("beyond", TokyoAlone);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unavailable"), (refused, (string?)problem["code"]));
        var asked = TimeProvider.System.GetTimestamp();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await seoul.SendAsync(HttpMethod.Get, $"/v1/sessions/{kept["sessionId"]}")).Status);
        output.WriteLine($"told that the dead cell keeps a session after {TimeProvider.System.GetElapsedTime(asked).TotalMilliseconds:0} ms");

        await tokyo.StartHostsAsync();
        await UntilAsync(async () => (await seoul.SendAsync(HttpMethod.Get, $"/v1/sessions/{kept["sessionId"]}")).Status == HttpStatusCode.OK);
        await UntilAsync(async () => RegionOf((await seoul.CreateAsync($"back-{TimeProvider.System.GetTimestamp()}", TokyoAlone)).Body) == "ap-northeast-1");

        // What was served here meanwhile stays what its key means.
        var (repeated, first) = await seoul.CreateAsync("without-0", NearTokyo);
        Assert.Equal((HttpStatusCode.OK, "ap-northeast-2"), (repeated, RegionOf(first)));
    }

    private static string? RegionOf(JsonNode session) => (string?)session["placement"]?["region"];

    private static void Signal(string signal, CellProcesses.Cell cell)
    {
        foreach (var process in cell.Processes)
        {
            using var kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
            kill.WaitForExit();
        }
    }

    private static async Task NextAsync(IAsyncEnumerator<SseItem<string>> events, string type)
    {
        while (await events.MoveNextAsync())
        {
            if (events.Current.EventType == type) return;
        }

        Assert.Fail($"the stream ended without '{type}'");
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        while (!await holds()) await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
    }
}
