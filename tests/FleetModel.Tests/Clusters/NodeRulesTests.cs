using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.FleetModel.Tests.Clusters;

public sealed class NodeRulesTests
{
    private static readonly NodeSnapshot Fit = new() { Name = "n", Zone = "a", Ready = true };

    [Fact]
    public void Judge_ReadyNode_Fit() => Assert.Equal(NodeVerdict.Fit, NodeRules.Judge(Fit, new()));

    [Theory]
    [InlineData("node.kubernetes.io/not-ready", NodeAction.Replace)]
    [InlineData("node.kubernetes.io/unreachable", NodeAction.Replace)]
    [InlineData("node.kubernetes.io/out-of-service", NodeAction.Replace)]
    [InlineData("aws-node-termination-handler/spot-itn", NodeAction.Replace)]
    [InlineData("aws-node-termination-handler/rebalance-recommendation", NodeAction.Exclude)]
    [InlineData("karpenter.sh/disrupted", NodeAction.Replace)]
    [InlineData("ToBeDeletedByClusterAutoscaler", NodeAction.Exclude)]
    [InlineData("studio.example/gpu", NodeAction.Ignore)]
    public void Judge_Taint_ByTheDefaults(string taint, NodeAction action) =>
        Assert.Equal(action, NodeRules.Judge(Fit with { Taints = [taint] }, new()).Action);

    [Fact]
    public void Judge_SeveralSigns_TheGravestCounts()
    {
        var node = Fit with { Unschedulable = true, Taints = ["ToBeDeletedByClusterAutoscaler", "karpenter.sh/disrupted", "studio.example/gpu"] };
        Assert.Equal(new NodeVerdict(NodeAction.Replace, "bears taint karpenter.sh/disrupted"), NodeRules.Judge(node, new()));
        Assert.Equal(new NodeVerdict(NodeAction.Replace, "is not ready"), NodeRules.Judge(node with { Ready = false }, new()));
    }

    [Fact]
    public void Judge_Cordoned_ByItsOwnOption()
    {
        var node = Fit with { Unschedulable = true };
        Assert.Equal(NodeAction.Exclude, NodeRules.Judge(node, new()).Action);
        Assert.Equal(NodeAction.Replace, NodeRules.Judge(node, new() { Cordon = NodeAction.Replace }).Action);
        Assert.Equal(NodeVerdict.Fit, NodeRules.Judge(node, new() { Cordon = NodeAction.Ignore }));
    }

    [Fact]
    public void Judge_DefaultTakenOut_Fit()
    {
        var options = new NodeInterruptionOptions();
        options.Taints["karpenter.sh/disrupted"] = NodeAction.Ignore;
        Assert.Equal(NodeVerdict.Fit, NodeRules.Judge(Fit with { Taints = ["karpenter.sh/disrupted"] }, options));
    }

    [Fact]
    public void Check_Faults_EachWithItsKey()
    {
        var options = new NodeInterruptionOptions { Cordon = (NodeAction)7 };
        options.Taints["two words"] = NodeAction.Exclude;
        options.Taints["x"] = (NodeAction)8;
        var faults = new FaultList("S");
        options.Check(faults, "N");
        Assert.Equal(
            ["S:N:Taints:two words", "S:N:Taints:x", "S:N:Cordon"],
            faults.ToResult().Failures!.Select(fault => fault[..(fault.Contains(" is ", StringComparison.Ordinal) ? fault.IndexOf(" is ", StringComparison.Ordinal) : 0)]));
    }

    [Fact]
    public void Check_Defaults_NoFault()
    {
        var faults = new FaultList("S");
        new NodeInterruptionOptions().Check(faults, "N");
        Assert.True(faults.ToResult().Succeeded);
    }
}
