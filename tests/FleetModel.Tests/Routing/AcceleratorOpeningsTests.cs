using System.Net;
using FleetSystem.FleetModel.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace FleetSystem.FleetModel.Tests.Routing;

/// <summary>What is known to be open, and for whom.</summary>
public sealed class AcceleratorOpeningsTests
{
    [Fact]
    public void IsOpen_OpenedForThisServer_YesAndForNoOther()
    {
        var openings = AcceleratorOpenings.Of(3, [Opening("10.0.0.2", 7001, 12), Opening("10.0.0.1", 7000, 11)]);
        Assert.True(openings.IsOpen("10.0.0.1", 7000, 11));
        Assert.True(openings.IsOpen("10.0.0.2", 7001, 12));
        Assert.False(openings.IsOpen("10.0.0.1", 7000, 12));
        Assert.False(openings.IsOpen("10.0.0.1", 7001, 11));
        Assert.False(openings.IsOpen("::1", 7000, 11));
        Assert.False(openings.IsOpen("", 0, 0));
        Assert.False(AcceleratorOpenings.None.IsOpen("10.0.0.1", 7000, 11));
    }

    [Fact]
    public void Serialize_ThroughOrleans_TheSame()
    {
        var openings = AcceleratorOpenings.Of(3, [Opening("10.0.0.1", 7000, 11)]);
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        var copy = serializer.Deserialize<AcceleratorOpenings>(serializer.SerializeToArray(openings))!;
        Assert.True(copy.SameAs(openings) && copy.Version == 3);
    }

    [Fact]
    public void Import_PartsOfAnOpeningOrAStateThatIsNotKnown_Throws()
    {
        var bytes = ServerOpening.Export([Opening("10.0.0.1", 7000, 11)]);
        Assert.Equal(ServerOpening.StoredBytes, bytes.Length);
        Assert.Equal(Opening("10.0.0.1", 7000, 11), Assert.Single(ServerOpening.Import(bytes)));
        Assert.Throws<FormatException>(() => ServerOpening.Import(bytes.AsSpan(1)));
        bytes[30] = 9;
        Assert.Throws<FormatException>(() => ServerOpening.Import(bytes));
    }

    private static ServerOpening Opening(string address, ushort port, ulong server) =>
        new(Destination.Of(IPAddress.Parse(address), port), 1, server, server, Claimed: true, OpeningState.Open, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
}
