using CsCheck;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Placement;

namespace FleetSystem.FleetModel.Tests.Placement;

public sealed class ClusterOrderTests
{
    [Fact]
    public void Of_AnyWeights_ShareOfFirstPlacesIsTheShareOfTheWeight() =>
        Gen.Int[1, 1000].Array[1, 5].Select(Gen.Int).Sample((weights, seed) =>
        {
            const int Draws = 4_000;
            var random = new Random(seed);
            var clusters = weights.Select((weight, index) => Cluster($"c{index}", weight)).ToList();
            var firsts = new int[weights.Length];
            for (var draw = 0; draw < Draws; draw++) firsts[int.Parse(ClusterOrder.Of(clusters, random)[0].Id[1..], null)]++;
            for (var i = 0; i < weights.Length; i++)
            {
                // Six standard deviations: once in half a billion by chance.
                var share = weights[i] / (double)weights.Sum();
                var tolerance = 6 * Math.Sqrt(share * (1 - share) / Draws);
                Assert.InRange(firsts[i] / (double)Draws, share - tolerance - 1e-9, share + tolerance + 1e-9);
            }
        }, iter: 40, threads: 1);

    [Fact]
    public void Of_AnyClusters_EachOnceInOrderOfPriorityAndNoneOfWeightZero() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3]).Array[0, 8].Select(Gen.Int).Sample((shapes, seed) =>
        {
            var clusters = shapes.Select((shape, index) => Cluster($"c{index}", shape.Item2, shape.Item1)).ToList();
            var order = ClusterOrder.Of(clusters, new Random(seed));
            Assert.Equal(clusters.Where(cluster => cluster.Weight > 0).Select(cluster => cluster.Id).Order(), order.Select(cluster => cluster.Id).Order());
            Assert.Equal(order.Select(cluster => cluster.Priority).Order(), order.Select(cluster => cluster.Priority));
        });

    [Fact]
    public void Of_SameSeed_SameOrder()
    {
        var clusters = Enumerable.Range(0, 10).Select(index => Cluster($"c{index}", 100)).ToList();
        Assert.Equal(ClusterOrder.Of(clusters, new Random(7)), ClusterOrder.Of(clusters, new Random(7)));
        Assert.NotEqual(ClusterOrder.Of(clusters, new Random(7)), ClusterOrder.Of(clusters, new Random(8)));
    }

    private static ClusterOptions Cluster(string id, int weight, int priority = 0) => new() { Id = id, Weight = weight, Priority = priority };
}
