using CsCheck;
using FleetSystem.FleetModel.Placement;

namespace FleetSystem.FleetModel.Tests.Placement;

public sealed class AllocationPolicyImportTests
{
    private static readonly string[] Clusters = ["blue", "green"];
    private static readonly string[] Names = ["", "red", .. Clusters];

    [Fact]
    public void Plan_KnownClusters_PriorityAndWeightTakenOver()
    {
        var plan = AllocationPolicyImport.Plan([new("p-green", 2, 300, "green"), new("p-blue", 0, 100, "blue")], Clusters);
        Assert.Equal([new ImportedPolicy("p-blue", "blue", 0, 100), new ImportedPolicy("p-green", "green", 2, 300)], plan.Imported);
        Assert.Empty(plan.Skipped);
    }

    [Theory]
    [InlineData("", 1, 1, "names no cluster")]
    [InlineData("red", 1, 1, "blue, green")]
    [InlineData("blue", -1, 1, "priority -1")]
    [InlineData("blue", 1_000_001, 1, "priority 1000001")]
    [InlineData("blue", 1, 1_001, "weight 1001")]
    [InlineData("blue", 1, -1, "weight -1")]
    public void Plan_PolicyThatCannotBe_ToldWithItsReason(string cluster, long priority, long weight, string reason)
    {
        var plan = AllocationPolicyImport.Plan([new("p", priority, weight, cluster)], Clusters);
        Assert.Empty(plan.Imported);
        var skipped = Assert.Single(plan.Skipped);
        Assert.Equal(("p", cluster), (skipped.Policy, skipped.ClusterName));
        Assert.Contains(reason, skipped.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_SeveralForOneCluster_TheOneThatAgonesAsksFirst()
    {
        var plan = AllocationPolicyImport.Plan([new("later", 5, 900, "blue"), new("first", 1, 10, "blue")], Clusters);
        Assert.Equal("first", Assert.Single(plan.Imported).Policy);
        Assert.Contains("'first'", Assert.Single(plan.Skipped).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_AnyPolicies_EachIsInOneListAndNoClusterTwice() =>
        Gen.Select(Gen.Int[-1, 3], Gen.Int[-1, 3], Gen.Int[0, 3].Select(index => Names[index])).Array[0, 12].Sample(shapes =>
        {
            var policies = shapes.Select((shape, index) => new AllocationPolicySnapshot($"p{index}", shape.Item1, shape.Item2, shape.Item3)).ToList();
            var plan = AllocationPolicyImport.Plan(policies, Clusters);
            Assert.Equal(policies.Select(policy => policy.Name).Order(), plan.Imported.Select(policy => policy.Policy).Concat(plan.Skipped.Select(policy => policy.Policy)).Order());
            Assert.Equal(plan.Imported.Count, plan.Imported.Select(policy => policy.Cluster).Distinct().Count());
        });
}
