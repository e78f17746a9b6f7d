using CsCheck;
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
            for (var draw = 0; draw < Draws; draw++) firsts[int.Parse(ClusterOrder.Of(clusters, random)[0].Cluster[1..], null)]++;
            for (var i = 0; i < weights.Length; i++)
            {
                // Six standard deviations: once in half a billion by chance.
                var share = weights[i] / (double)weights.Sum();
                var tolerance = 6 * Math.Sqrt(share * (1 - share) / Draws);
                Assert.InRange(firsts[i] / (double)Draws, share - tolerance - 1e-9, share + tolerance + 1e-9);
            }
        }, iter: 40, threads: 1);

    [Fact]
    public void Of_AnyClusters_EachOnceInOrderOfPriorityThenFreshnessAndNoneOfWeightZero() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Bool).Array[0, 8].Select(Gen.Int).Sample((shapes, seed) =>
        {
            var clusters = shapes.Select((shape, index) => Cluster($"c{index}", shape.Item2, shape.Item1, shape.Item3)).ToList();
            var order = ClusterOrder.Of(clusters, new Random(seed));
            Assert.Equal(clusters.Where(cluster => cluster.Weight > 0).Select(cluster => cluster.Cluster).Order(), order.Select(cluster => cluster.Cluster).Order());
            Assert.Equal(order.OrderBy(cluster => cluster.Priority).ThenBy(cluster => cluster.IsStale), order);
        });

    [Fact]
    public void Of_SameSeed_SameOrder()
    {
        var clusters = Enumerable.Range(0, 10).Select(index => Cluster($"c{index}", 100)).ToList();
        Assert.Equal(ClusterOrder.Of(clusters, new Random(7)), ClusterOrder.Of(clusters, new Random(7)));
        Assert.NotEqual(ClusterOrder.Of(clusters, new Random(7)), ClusterOrder.Of(clusters, new Random(8)));
    }

    private static ClusterStanding Cluster(string id, int weight, int priority = 0, bool isStale = false) => new(id, priority, weight, isStale);
}
