using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using FleetSystem.LocalCloud.Bots;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.Matchmaker.Api;

namespace FleetSystem.LocalCloud.Tests.Hosting;

/// <summary>What operators read of a running cell.</summary>
[Collection(WholeSystem.Name)]
public sealed partial class TelemetryTests
{
    [Fact]
    public async Task Cell_ASessionIsCreated_ItsMetricsAreReadAndOneTraceLeadsToTheCluster()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var instruments = new ConcurrentDictionary<string, Instrument>();
        using var meters = new MeterListener { InstrumentPublished = (instrument, _) => { if (instrument.Meter.Name.StartsWith("FleetSystem.", StringComparison.Ordinal)) instruments[instrument.Name] = instrument; } };
        meters.Start();
        var activities = new ConcurrentQueue<Activity>();
        using var traces = new ActivityListener { ShouldListenTo = _ => true, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded, ActivityStopped = activities.Enqueue };
        ActivitySource.AddActivityListener(traces);
        await using var cloud = await WholeSystem.StartAsync(
            options =>
            {
                options.Regions = ["ap-northeast-2"];
                options.ServersPerZone = 1;
            },
            cancellation);
        using var api = PlayersApi.Of(cloud);
        using var caller = new Activity("caller").Start();
        var (session, _) = await api.CreateAsync("traced", new CreateSessionRequest { Fleet = LocalFleet.Name, PreferredZone = "ap-northeast-2a", Players = [new CreateSessionPlayer { Id = "alice" }] }, cancellation);
        caller.Stop();

        // The request's own activity ends after its answer has been read.
        var trace = new List<Activity>();
        while (!trace.Any(activity => activity.OperationName == "Microsoft.AspNetCore.Hosting.HttpRequestIn" && (string?)activity.GetTagItem("fleet.session.id") == session.SessionId))
        {
            cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
            trace = [.. activities.Where(activity => activity.TraceId == caller.TraceId)];
        }

        var allocate = Assert.Single(trace, activity => activity.OperationName == "allocate");
        Assert.Equal((session.SessionId, "allocated", session.GameServer!.Name), (allocate.GetTagItem("fleet.session.id"), allocate.GetTagItem("fleet.outcome"), allocate.GetTagItem("fleet.server")));
        Assert.Contains(trace, activity => activity.Source.Name.StartsWith("Microsoft.Orleans", StringComparison.Ordinal));
        var post = Assert.Single(trace, activity => activity.OperationName == "System.Net.Http.HttpRequestOut" && $"{activity.GetTagItem("url.full")}".Contains("gameserverallocations", StringComparison.Ordinal));
        Assert.True(Ancestors(post, trace).Contains(allocate), "the allocation's call is not below the session's activity");

        using var http = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", cloud.Access!.OperatorKey) } };
        var text = await http.GetStringAsync(new Uri(cloud.OperationsUrl, "metrics"), cancellation);
        Assert.Contains("""fleet_allocation_same_zone_total{otel_scope_name="FleetSystem.FleetManager",fleet="arena",region="ap-northeast-2"} 1""", text, StringComparison.Ordinal);
        Assert.Matches("""fleet_servers\{[^}]*fleet="arena"[^}]*state="ready"[^}]*\} [1-9]""", text);

        // Every name that is told is one of ours, and every name that the files of agones/observability use is told, or would be.
        var names = instruments.Values.Select(PrometheusName).ToHashSet(StringComparer.Ordinal);
        var told = TypeLine().Matches(text).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(told);
        Assert.Empty(told.Except(names));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "agones", "observability")))
        {
            var used = Used().Matches(await File.ReadAllTextAsync(file, cancellation)).Select(match => Suffix().Replace(match.Value, "")).Distinct().ToList();
            Assert.Empty(used.Except(names));
            if (!file.EndsWith(".md", StringComparison.Ordinal)) Assert.InRange(used.Count, 5, names.Count);
        }

        http.DefaultRequestHeaders.Authorization = new("Bearer", cloud.Access.BackendKey);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await http.GetAsync(new Uri(cloud.ApiUrl, "metrics"), cancellation)).StatusCode);
    }

    private static IEnumerable<Activity> Ancestors(Activity activity, IReadOnlyList<Activity> trace)
    {
        for (var next = activity; next is not null; next = trace.FirstOrDefault(other => other.SpanId == next.ParentSpanId)) yield return next;
    }

    /// <summary>As the exporter names it: units and kinds become suffixes.</summary>
    private static string PrometheusName(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_') + (instrument.Unit == "s" ? "_seconds" : "");
        return instrument.GetType().GetGenericTypeDefinition() == typeof(Counter<>) ? name + "_total" : name;
    }

    [GeneratedRegex(@"^# TYPE (fleet_\w+) ", RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"\bfleet_[a-z_]+")]
    private static partial Regex Used();

    [GeneratedRegex("_(count|bucket|sum)$")]
    private static partial Regex Suffix();
}
