using System.Net;
using CsCheck;
using FleetSystem.FleetModel.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace FleetSystem.FleetModel.Tests.Routing;

public sealed class AcceleratorMappingTests
{
    private static readonly string[] Addresses = ["75.2.0.1", "99.83.0.1"];

    private static readonly Gen<AcceleratorPort[]> Rows = Gen.Select(Gen.UInt, Gen.UShort[1, ushort.MaxValue], Gen.UShort[1, ushort.MaxValue])
        .Select((address, port, accelerator) => new AcceleratorPort(new IPAddress(address), port, accelerator)).Array[0, 200];

    [Fact]
    public void Find_AnyRows_EachIsFoundAndNothingElse() =>
        Rows.Select(Gen.UShort[1, ushort.MaxValue]).Sample((rows, other) =>
        {
            var mapping = AcceleratorMapping.Create(1, Addresses, rows);
            foreach (var group in rows.GroupBy(row => (row.Address, row.Port)))
                Assert.Equal(group.Min(row => row.Accelerator), mapping.Find(group.Key.Address.ToString(), group.Key.Port));
            if (!rows.Any(row => row.Address.Equals(IPAddress.Parse("10.1.2.3")) && row.Port == other)) Assert.Null(mapping.Find("10.1.2.3", other));
        });

    [Theory]
    [InlineData("10.0.0.1", 0)]
    [InlineData("10.0.0.1", -1)]
    [InlineData("10.0.0.1", 65536)]
    [InlineData("10.0.0.1", 65536 + 7777)]
    [InlineData("10.0.0.2", 7777)]
    [InlineData("", 7777)]
    [InlineData("node-1.example", 7777)]
    [InlineData("::1", 7777)]
    [InlineData("::ffff:10.0.0.1", 7777)]
    public void Find_NoServerOfTheMapping_Null(string address, int port) =>
        Assert.Null(AcceleratorMapping.Create(1, Addresses, [Row("10.0.0.1", 7777, 20_001)]).Find(address, port));

    [Fact]
    public void Create_RowsWithPortZero_AreLeftOut()
    {
        var mapping = AcceleratorMapping.Create(1, Addresses, [Row("10.0.0.1", 7777, 0), Row("10.0.0.2", 0, 20_001), Row("10.0.0.3", 7777, 20_002)]);
        Assert.Equal((1, null, 20_002), (mapping.Count, mapping.Find("10.0.0.1", 7777), mapping.Find("10.0.0.3", 7777)));
    }

    [Fact]
    public void Import_ExportedRows_TheSameMapping() =>
        Rows.Sample(rows =>
        {
            var mapping = AcceleratorMapping.Create(7, Addresses, rows);
            var imported = AcceleratorMapping.Import(7, Addresses, mapping.Export());
            Assert.True(imported.SameAs(mapping) && imported.Version == 7 && imported.Count == mapping.Count);
        });

    [Theory]
    [InlineData("00")]
    [InlineData("00000a0000011e614e")]
    [InlineData("00000a0000011e614e2100")]
    public void Import_PartsOfRows_Throws(string hex) =>
        Assert.Throws<FormatException>(() => AcceleratorMapping.Import(1, Addresses, Convert.FromHexString(hex)));

    [Fact]
    public void Import_RowsOutOfOrderOrTwice_Throws()
    {
        var rows = AcceleratorMapping.Create(1, Addresses, [Row("10.0.0.1", 7777, 20_001), Row("10.0.0.2", 7777, 20_002)]).Export();
        Assert.Throws<FormatException>(() => AcceleratorMapping.Import(1, Addresses, [.. rows[10..], .. rows[..10]]));
        Assert.Throws<FormatException>(() => AcceleratorMapping.Import(1, Addresses, [.. rows[..10], .. rows[..10]]));
    }

    [Fact]
    public void Import_RowForPortZero_Throws()
    {
        var rows = AcceleratorMapping.Create(1, Addresses, [Row("10.0.0.1", 7777, 20_001)]).Export();
        (rows[8], rows[9]) = (0, 0);
        Assert.Throws<FormatException>(() => AcceleratorMapping.Import(1, Addresses, rows));
    }

    [Fact]
    public void SameAs_OneDifference_False()
    {
        var mapping = AcceleratorMapping.Create(1, Addresses, [Row("10.0.0.1", 7777, 20_001)]);
        Assert.True(mapping.SameAs(mapping.WithVersion(2)));
        Assert.False(mapping.SameAs(AcceleratorMapping.Create(1, Addresses, [Row("10.0.0.1", 7777, 20_002)])));
        Assert.False(mapping.SameAs(AcceleratorMapping.Create(1, Addresses, [Row("10.0.0.1", 7778, 20_001)])));
        Assert.False(mapping.SameAs(AcceleratorMapping.Create(1, ["75.2.0.1"], [Row("10.0.0.1", 7777, 20_001)])));
    }

    [Fact]
    public void Create_SixtyThousandRows_TakesUnderFourMegabytesAndFindsEach()
    {
        var rows = Enumerable.Range(0, 60_000).Select(index => new AcceleratorPort(new IPAddress([10, 0, (byte)(index / 1000), 1]), (ushort)(7000 + (index % 1000)), (ushort)(index + 1))).ToArray();
        var mapping = AcceleratorMapping.Create(1, Addresses, rows);

        // Importing allocates what the mapping holds and nothing else; the heap as a whole is shared with tests that run beside this one.
        var exported = mapping.Export();
        var before = GC.GetAllocatedBytesForCurrentThread();
        mapping = AcceleratorMapping.Import(1, Addresses, exported);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 4 * 1024 * 1024);
        Assert.InRange(mapping.Export().Length, 1, 4 * 1024 * 1024);
        foreach (var row in rows) Assert.Equal(row.Accelerator, mapping.Find(row.Address.ToString(), row.Port));
    }

    [Fact]
    public void Serialize_BetweenSilos_TheSameMapping()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        var mapping = AcceleratorMapping.Create(3, Addresses, [Row("10.0.0.1", 7777, 20_001), Row("10.0.0.2", 7777, 20_002)]);
        var copy = serializer.Deserialize<AcceleratorMapping>(serializer.SerializeToArray(mapping))!;
        Assert.True(copy.SameAs(mapping));
        Assert.Equal((3, 20_002), (copy.Version, copy.Find("10.0.0.2", 7777)));
    }

    private static AcceleratorPort Row(string address, ushort port, ushort accelerator) => new(IPAddress.Parse(address), port, accelerator);
}
