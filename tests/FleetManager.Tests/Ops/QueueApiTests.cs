using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.FleetManager.Ops;
using FleetSystem.FleetManager.Tests.Matchmaking;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.RuleSets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FleetSystem.FleetManager.Tests.Ops;

/// <summary>Queues in the operators' API over HTTP.</summary>
public sealed class QueueApiTests : IAsyncLifetime
{
    private QueueCell _queues = null!;
    private WebApplication? _host;
    private HttpClient? _http;

    public async ValueTask InitializeAsync()
    {
        _queues = await QueueCell.StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(_queues.Cell.Grains);
        builder.Services.Configure<FleetSystemOptions>(options => options.Queues.Add(new MatchmakingQueueOptions { Id = QueueCell.Queue, Fleet = "arena", RuleSetFile = _queues.RuleSetFile }));
        builder.Services.AddOps(builder.Configuration);
        _host = builder.Build();
        _host.MapOps();
        await _host.StartAsync(TestContext.Current.CancellationToken);
        _http = new HttpClient { BaseAddress = new Uri(_host.Urls.Single()) };
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        if (_host is not null) await _host.DisposeAsync();
        await _queues.DisposeAsync();
    }

    [Fact]
    public async Task GetQueues_Answering_WaitsMatchesAndWhatIsInTheWay()
    {
        var (status, body) = await SendAsync(HttpMethod.Get, "/ops/v1/queues");

        Assert.Equal(HttpStatusCode.OK, status);
        var queue = Assert.Single(body!["queues"]!.AsArray())!;
        Assert.Equal((QueueCell.Queue, "arena", true, 7, 2d), ((string)queue["id"]!, (string)queue["fleet"]!, (bool)queue["available"]!, (int)queue["matchesPerMinute"]!, (double)queue["waitMedianSeconds"]!));
        Assert.Equal(3, (int)queue["tickets"]!["searching"]!);
        Assert.Equal("FairSkill", (string)queue["obstacles"]![0]!["rule"]!);
    }

    [Fact]
    public async Task PutRuleSet_ObjectOrText_HoldsIsToldAndAudited()
    {
        var (asObject, first) = await PutAsync($$"""{"ruleSet": {{QueueCell.RuleSet(2)}}, "reason": "more room"}""");
        var text = "/* why */ " + QueueCell.RuleSet(3);
        var (asText, second) = await PutAsync(new JsonObject { ["ruleSet"] = text, ["reason"] = "with a comment" }.ToJsonString());
        var (_, detail) = await SendAsync(HttpMethod.Get, $"/ops/v1/queues/{QueueCell.Queue}");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (asObject, asText));
        Assert.Equal(QueueCell.RuleSet(2), (string)first!["ruleSet"]!["text"]!);
        Assert.Equal((text, "127.0.0.1", false), ((string)detail!["ruleSet"]!["text"]!, (string)detail["ruleSet"]!["by"]!, (bool)detail["ruleSet"]!["configured"]!));
        Assert.Equal((string)second!["ruleSet"]!["version"]!, (string)detail["ruleSet"]!["version"]!);

        var (reset, now) = await SendAsync(HttpMethod.Post, $"/ops/v1/queues/{QueueCell.Queue}/rule-set/reset", """{"reason": "enough"}""");
        Assert.Equal((HttpStatusCode.OK, true, QueueCell.Configured), (reset, (bool)now!["ruleSet"]!["configured"]!, (string)now["ruleSet"]!["text"]!));
        foreach (var filter in new[] { $"?queue={QueueCell.Queue}", "" })
        {
            var (_, log) = await SendAsync(HttpMethod.Get, "/ops/v1/audit" + filter);
            Assert.Equal(["enough", "with a comment", "more room"], log!["entries"]!.AsArray().Select(entry => (string)entry!["reason"]!));
            Assert.All(log["entries"]!.AsArray(), entry => Assert.Equal((QueueCell.Queue, "ruleSet"), ((string)entry!["queue"]!, (string)entry["kind"]!)));
        }
    }

    [Theory]
    [InlineData("""{"ruleSet": {"ruleLanguageVersion": "1.0", "teams": [{"name": "all", "minPlayers": 3, "maxPlayers": 2}]}, "reason": "r"}""", ErrorCodes.InvalidRuleSet, "$.ruleSet.teams[0]")]
    [InlineData("""{"ruleSet": "no JSON", "reason": "r"}""", ErrorCodes.InvalidRuleSet, "$.ruleSet")]
    [InlineData("""{"ruleSet": {}}""", ErrorCodes.InvalidRequest, "$.reason")]
    [InlineData("""{"reason": "r"}""", ErrorCodes.InvalidRequest, "$.ruleSet")]
    [InlineData("""{"ruleSet": 5, "reason": "r"}""", ErrorCodes.InvalidRequest, "$.ruleSet")]
    public async Task PutRuleSet_Faulty_ProblemWithPathAndNothingChanged(string body, string code, string path)
    {
        var (status, problem) = await PutAsync(body);

        Assert.Equal((HttpStatusCode.BadRequest, code), (status, (string)problem!["code"]!));
        Assert.Contains(problem["errors"]!.AsArray(), fault => ((string)fault!["path"]!).StartsWith(path, StringComparison.Ordinal));
        Assert.Equal(QueueCell.Configured, (await _queues.Cell.Wait(_queues.Cell.Grains.GetGrain<IRuleSetGrain>(QueueCell.Queue).GetSince("")))!.Text);
    }

    [Fact]
    public async Task PutRuleSet_LargeAndDeep_IsReadUpToItsLimits()
    {
        var padded = QueueCell.RuleSet(2) + new string(' ', RuleSetLimits.MaxBytes - QueueCell.RuleSet(2).Length);
        var (status, _) = await PutAsync(new JsonObject { ["ruleSet"] = padded, ["reason"] = "large" }.ToJsonString());
        var (tooLarge, _) = await PutAsync(new JsonObject { ["ruleSet"] = padded + new string(' ', RuleSetLimits.MaxBytes), ["reason"] = "large" }.ToJsonString());

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.RequestEntityTooLarge), (status, tooLarge));
    }

    [Fact]
    public async Task AnyCall_UnknownQueue_NotFoundWithTheNamesThatAreKnown()
    {
        foreach (var (method, path) in new[] { (HttpMethod.Get, "queues/casual"), (HttpMethod.Put, "queues/casual/rule-set"), (HttpMethod.Post, "queues/casual/rule-set/reset"), (HttpMethod.Get, "audit?queue=casual") })
        {
            var (status, problem) = await SendAsync(method, "/ops/v1/" + path, method == HttpMethod.Get ? null : "{}");
            Assert.Equal((HttpStatusCode.NotFound, ErrorCodes.UnknownQueue), (status, (string)problem!["code"]!));
            Assert.Contains(QueueCell.Queue, (string)problem["detail"]!, StringComparison.Ordinal);
        }
    }

    private Task<(HttpStatusCode Status, JsonNode? Body)> PutAsync(string body) => SendAsync(HttpMethod.Put, $"/ops/v1/queues/{QueueCell.Queue}/rule-set", body);

    private async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await _queues.Cell.Wait(_http!.SendAsync(request, TestContext.Current.CancellationToken));
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }
}
