using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Tests.Hosting;

/// <summary>What a running host finds when it looks around itself.</summary>
[Collection(WholeSystem.Name)]
public sealed class DiagnosisTests
{
    [Fact]
    public async Task GetDiagnosis_LocalCell_EverythingIsReachedAndAllowedUntilAClusterDies()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cloud = await WholeSystem.StartAsync(
            options => (options.Regions, options.ZonesPerRegion, options.ServersPerZone, options.Access) = (["ap-northeast-2"], 1, 1, false),
            cancellation);
        using var http = new HttpClient();
        var url = new Uri(cloud.OperationsUrl, "ops/v1/diagnosis");

        var found = (await http.GetFromJsonAsync<JsonNode>(url, cancellation))!;

        Assert.True((string)found["state"]! == "passed", found.ToJsonString());
        var subjects = found["findings"]!.AsArray().Select(finding => (string)finding!["subject"]!).ToHashSet();
        Assert.Superset(new HashSet<string> { "cluster ap-northeast-2", "region ap-northeast-2: custom routing accelerator", "region ap-northeast-2: standard accelerator" }, subjects);
        Assert.Contains(subjects, subject => subject.StartsWith("state file ", StringComparison.Ordinal));

        cloud.Regions[0].Cluster.Faults.Api.Unavailable = true;

        // A round is given to whoever asks for some seconds: the next one sees it.
        do found = (await http.GetFromJsonAsync<JsonNode>(url, cancellation))!;
        while ((string)found["state"]! != "failed");
        var failed = Assert.Single(found["findings"]!.AsArray(), finding => (string)finding!["state"]! == "failed")!;
        Assert.Equal("cluster ap-northeast-2", (string)failed["subject"]!);
    }
}
