using CsCheck;
using FleetSystem.LocalCloud.GlobalAccelerator;

namespace FleetSystem.LocalCloud.Tests.GlobalAccelerator;

public sealed class PortAllocatorTests
{
    [Fact]
    public void Take_TwoGapsThatWouldDo_TheLowestPorts()
    {
        var free = PortAllocator.Free([new PortInterval(1000, 1999)], [new PortInterval(1100, 1199), new PortInterval(1400, 1499)]);

        Assert.Equal([new PortInterval(1000, 1099), new PortInterval(1200, 1399), new PortInterval(1500, 1999)], free);
        Assert.Equal([new PortInterval(1000, 1049)], PortAllocator.Take(free, 50));
        Assert.Equal([new PortInterval(1200, 1349)], PortAllocator.Take(free, 150));
    }

    [Fact]
    public void Take_NoGapLargeEnough_SeveralGapsFromTheLowestOn()
    {
        List<PortInterval> free = [new(10, 19), new(30, 39), new(50, 59)];

        Assert.Equal([new PortInterval(10, 19), new PortInterval(30, 34)], PortAllocator.Take(free, 15));
        Assert.Equal(free, PortAllocator.Take(free, 30));
        Assert.Null(PortAllocator.Take(free, 31));
    }

    [Fact]
    public void Take_AnyRequests_EachPortHasOneOwnerAndNoneIsRefusedWhileThereAreEnough()
    {
        Gen.Int[1, 200].Array[1, 20].Sample(counts =>
        {
            PortInterval[] listener = [new(1000, 1399), new(2000, 2599)];
            var taken = new List<PortInterval>();
            foreach (var count in counts)
            {
                var left = 1000 - taken.Sum(range => range.Count);
                var got = PortAllocator.Take(PortAllocator.Free(listener, taken), count);
                Assert.Equal(count > left, got is null);
                Assert.Equal(got is null ? 0 : count, got?.Sum(range => range.Count) ?? 0);
                taken.AddRange(got ?? []);
            }

            var ports = taken.SelectMany(range => Enumerable.Range(range.From, range.Count)).ToList();
            Assert.Equal(ports.Count, ports.Distinct().Count());
            Assert.All(ports, port => Assert.Contains(listener, range => range.Contains(port)));
        });
    }
}
