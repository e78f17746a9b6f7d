using CsCheck;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Placement;

namespace FleetSystem.FleetModel.Tests.Placement;

public sealed class ReplicaPlannerTests
{
    private static readonly AutoscalerOptions Options = new() { BufferSize = 2, MinReplicas = 3, MaxReplicas = 20 };

    [Theory]
    [InlineData(4, 0, 6)]
    [InlineData(4, 5, 11)]
    [InlineData(0, 0, 3)]
    [InlineData(15, 9, 20)]
    public void Plan_OneAgonesFleet_AllocatedAndWaitingAndBufferWithinBounds(int allocated, int waiting, int replicas) =>
        Assert.Equal(replicas, ReplicaPlanner.Plan(Options, allocated, waiting, 0, 1));

    [Fact]
    public void Plan_ClusterThatTakesNoSessions_NothingForThoseWhoWait() =>
        Assert.Equal(6, ReplicaPlanner.Plan(Options, 4, 9, 0, 0));

    [Fact]
    public void Plan_SeveralParts_TogetherOneServerForEachThatWaits() =>
        Gen.Select(Gen.Int[0, 500], Gen.Int[1, 9]).Sample((waiting, parts) =>
        {
            var unbounded = new AutoscalerOptions { BufferSize = 0, MinReplicas = 0, MaxReplicas = 1000 };
            Assert.Equal(waiting, Enumerable.Range(0, parts).Sum(part => ReplicaPlanner.Plan(unbounded, 0, waiting, part, parts)));
        });
}
