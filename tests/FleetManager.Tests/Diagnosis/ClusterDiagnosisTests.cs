using FleetSystem.FleetManager.Diagnosis;
using FleetSystem.FleetManager.Tests.Kubernetes;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.SiloHost.Diagnosis;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Tests.Diagnosis;

public sealed class ClusterDiagnosisTests
{
    private const string ReviewCall = "POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
    private const string VersionCall = "GET /version";
    private const string Version = """{"gitVersion":"v1.33.1"}""";
    private const string OurRole = """
        {"verbs":["get","list","watch","patch","delete"],"apiGroups":["agones.dev"],"resources":["gameservers"]},
        {"verbs":["list","watch"],"apiGroups":["agones.dev"],"resources":["fleets"]},
        {"verbs":["list","watch"],"apiGroups":[""],"resources":["nodes"]},
        {"verbs":["create"],"apiGroups":["allocation.agones.dev"],"resources":["gameserverallocations"]},
        {"verbs":["list"],"apiGroups":["multicluster.agones.dev"],"resources":["gameserverallocationpolicies"]},
        {"verbs":["patch"],"apiGroups":["agones.dev"],"resources":["fleets/scale"]},
        {"verbs":["list","patch"],"apiGroups":["autoscaling.agones.dev"],"resources":["fleetautoscalers"]}
        """;

    [Theory]
    [InlineData(OurRole)]
    [InlineData("""{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}""")]
    public async Task Look_EverythingIsThere_AllPassed(string rules)
    {
        await using var server = await FakeApiServer.StartAsync(first: server => Answer(server, rules).On("LIST fleets", Answers.List("1", ["""{"metadata":{"name":"arena"}}"""])));

        var findings = await LookAsync(server);

        Assert.All(findings, finding => Assert.Equal(FindingState.Passed, finding.State));
        Assert.Contains("v1.33.1", findings[0].Message, StringComparison.Ordinal);
        Assert.Contains("\"namespace\":\"games\"", Assert.Single(server.Seen(ReviewCall)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_RulesAreMissing_FailedWithWhatToGrantAndNothingElse()
    {
        // Named objects are no rule for the kind; one verb of two is there.
        const string Rules = """
            {"verbs":["list"],"apiGroups":["agones.dev"],"resources":["gameservers","fleets"]},
            {"verbs":["*"],"apiGroups":["agones.dev"],"resources":["gameservers"],"resourceNames":["only-this"]},
            {"verbs":["*"],"apiGroups":[""],"resources":["nodes"]},
            {"verbs":["create"],"apiGroups":["allocation.agones.dev"],"resources":["*"]},
            {"verbs":["patch"],"apiGroups":["*"],"resources":["*/scale"]},
            {"verbs":["list"],"apiGroups":["autoscaling.agones.dev"],"resources":["fleetautoscalers"]}
            """;
        await using var server = await FakeApiServer.StartAsync(first: server => Answer(server, Rules));

        var findings = await LookAsync(server);

        var missing = Assert.Single(findings, finding => finding.State == FindingState.Failed);
        Assert.Contains("""{apiGroups: ["agones.dev"], resources: ["gameservers"], verbs: [watch]}""", missing.Message, StringComparison.Ordinal);
        foreach (var verb in new[] { "get", "patch", "delete" }) Assert.Contains($"""resources: ["gameservers"], verbs: [{verb}]""", missing.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("nodes", missing.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("gameserverallocations", missing.Message, StringComparison.Ordinal);
        Assert.Contains(findings, finding => finding.State == FindingState.Warning && finding.Message.Contains("gameserverallocationpolicies", StringComparison.Ordinal));
        var size = Assert.Single(findings, finding => finding.Message.Contains("only changing a fleet's size needs it", StringComparison.Ordinal));
        Assert.Equal((FindingState.Warning, true, false), (size.State, size.Message.Contains("""resources: ["fleetautoscalers"], verbs: [patch]""", StringComparison.Ordinal), size.Message.Contains("fleets/scale", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Look_RulesCannotAllBeListed_WarnedOnly()
    {
        await using var server = await FakeApiServer.StartAsync(first: server => Answer(server, "", incomplete: true));

        Assert.DoesNotContain(await LookAsync(server), finding => finding.State == FindingState.Failed);
    }

    [Fact]
    public async Task Look_FleetOfTheConfigurationIsNotThere_Warned()
    {
        await using var server = await FakeApiServer.StartAsync(first: server => Answer(server, OurRole).On("LIST fleets", Answers.List("1", ["""{"metadata":{"name":"arean"}}"""])));

        var warned = Assert.Single(await LookAsync(server), finding => finding.State == FindingState.Warning);
        Assert.Contains("has no Agones Fleet for arena (arena)", warned.Message, StringComparison.Ordinal);
        Assert.Contains("It has: arean", warned.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_AgonesIsNotInstalled_FailedAndSaid()
    {
        await using var server = await FakeApiServer.StartAsync(first: server => Answer(server, OurRole).On("LIST fleets", Answers.Status(404, "the server could not find the requested resource", "NotFound")));

        Assert.Contains("install Agones", Assert.Single(await LookAsync(server), finding => finding.State == FindingState.Failed).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_CredentialsAreRefused_FailedAndTheTokenIsNotTold()
    {
        await using var server = await FakeApiServer.StartAsync(first: server => server.On(VersionCall, Answers.Status(401, "Unauthorized", "Unauthorized")));

        var failed = Assert.Single(await LookAsync(server));
        Assert.Equal(FindingState.Failed, failed.State);
        Assert.Contains("Unauthorized", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-token", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_NobodyListens_Failed()
    {
        await using var server = await FakeApiServer.StartAsync();
        await server.StopAsync();

        var failed = Assert.Single(await LookAsync(server));
        Assert.Equal(("cluster seoul-1", FindingState.Failed), (failed.Subject, failed.State));
    }

    private static FakeApiServer Answer(FakeApiServer server, string rules, bool incomplete = false) => server
        .On(VersionCall, Answers.Raw(200, Version))
        .On(ReviewCall, Answers.Raw(201, $$$"""{"status":{"resourceRules":[{{{rules}}}],"nonResourceRules":[],"incomplete":{{{(incomplete ? "true" : "false")}}}}}"""));

    private static async Task<IReadOnlyList<Finding>> LookAsync(FakeApiServer server)
    {
        var system = new FleetSystemOptions
        {
            Clusters = [new ClusterOptions { Id = "seoul-1", Region = "seoul", Namespace = "games", KubeConfig = server.KubeConfig }],
            Fleets = [new FleetOptions { Id = "arena" }, new FleetOptions { Id = "elsewhere", Regions = ["tokyo"] }],
        };
        var diagnosis = new ClusterDiagnosis(Options.Create(system), Options.Create(ClusterFixture.FastOptions), TimeProvider.System);
        return await Assert.Single(diagnosis.Steps()).LookAsync(TestContext.Current.CancellationToken);
    }
}
