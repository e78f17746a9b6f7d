using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;

namespace FleetSystem.FleetModel.Tests.Clusters.Allocation;

public sealed class ServerSelectorTests
{
    [Fact]
    public void Equals_SameTerms_IsByContent()
    {
        Assert.Equal(Full(), Full());
        Assert.Equal(Full().GetHashCode(), Full().GetHashCode());
    }

    [Fact]
    public void Equals_AnyTermDiffers_IsNot()
    {
        Assert.NotEqual(Full(), Full() with { State = GameServerState.Ready });
        Assert.NotEqual(Full(), Full() with { MatchLabels = new Dictionary<string, string> { ["game"] = "other" } });
        Assert.NotEqual(Full(), Full() with { MatchExpressions = [LabelRequirement.In("zone", ["b"])] });
        Assert.NotEqual(Full(), Full() with { Counters = new Dictionary<string, CounterSelector> { ["rooms"] = new(MinCount: 2) } });
        Assert.NotEqual(Full(), Full() with { Lists = new Dictionary<string, ListSelector>() });
    }

    [Theory]
    [InlineData(LabelOperator.In, "a", true)]
    [InlineData(LabelOperator.In, "c", false)]
    [InlineData(LabelOperator.In, null, false)]
    [InlineData(LabelOperator.NotIn, "a", false)]
    [InlineData(LabelOperator.NotIn, "c", true)]
    [InlineData(LabelOperator.NotIn, null, true)]
    [InlineData(LabelOperator.Exists, "", true)]
    [InlineData(LabelOperator.Exists, null, false)]
    [InlineData(LabelOperator.DoesNotExist, "", false)]
    [InlineData(LabelOperator.DoesNotExist, null, true)]
    public void IsMetBy_Value_IsAsKubernetesHasIt(LabelOperator @operator, string? value, bool met) =>
        Assert.Equal(met, new LabelRequirement("zone", @operator, ["a", "b"]).IsMetBy(value));

    private static ServerSelector Full() => new(new Dictionary<string, string> { ["game"] = "arena" }, [LabelRequirement.In("zone", ["a"])])
    {
        State = GameServerState.Allocated,
        Counters = new Dictionary<string, CounterSelector> { ["rooms"] = new(MinCount: 1) },
        Lists = new Dictionary<string, ListSelector> { ["players"] = new("p1") },
    };
}
