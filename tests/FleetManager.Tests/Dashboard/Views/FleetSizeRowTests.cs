using FleetSystem.FleetManager.Dashboard.Views;
using FleetSystem.FleetManager.Ops;

namespace FleetSystem.FleetManager.Tests.Dashboard.Views;

public sealed class FleetSizeRowTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly OpsFleetSize Plain = new("arena", "v1", 6, 6, 4, 2, null, null);
    private static readonly OpsFleetSize Buffered = Plain with { Autoscaler = new OpsFleetAutoscaler("scaler", "Buffer", 30, false, 5, 20, 4, null) };
    private static readonly OpsFleetSize Shared = Plain with { Autoscaler = new OpsFleetAutoscaler("scaler", "Buffer", 30, false, 5, 20, null, 25) };
    private static readonly OpsFleetSize Asked = Plain with { Autoscaler = new OpsFleetAutoscaler("hook", "Webhook", 30, false, null, null, null, null), Obstacle = "the service that it asks decides" };

    [Fact]
    public void Of_AClusterThatDoesNotTell_ShownAsItWasAndNotChangeable()
    {
        var before = FleetSizeRow.Of(Read(true, Plain), []);

        var row = Assert.Single(FleetSizeRow.Of(Read(false) with { Clusters = [Read(false).Clusters[0] with { ReadAt = Now.AddSeconds(9) }] }, before));

        Assert.True(Assert.Single(before).CanChange);
        Assert.Equal((Plain, "it is away", Now, false), (row.Size, row.Fault, row.ReadAt, row.CanChange));
        Assert.Null(Assert.Single(FleetSizeRow.Of(Read(true, Plain), [row])).Fault);
    }

    [Fact]
    public void Of_AClusterThatNeverTold_OrHasNoSuchFleet_OneRowWithoutASize()
    {
        Assert.Equal((null, "it is away"), (Assert.Single(FleetSizeRow.Of(Read(false), [])).Size, FleetSizeRow.Of(Read(false), [])[0].Fault));
        Assert.Equal((null, null), (Assert.Single(FleetSizeRow.Of(Read(true), [])).Size, FleetSizeRow.Of(Read(true), [])[0].Fault));
    }

    [Fact]
    public void DecidedByAndConsequence_EachKind_InWords()
    {
        Assert.Equal("set by hand", Row(Plain).DecidedBy);
        Assert.Equal("scaler: 4 beyond the allocated, 5 to 20 in all", Row(Buffered).DecidedBy);
        Assert.Equal("scaler: 25 % beyond the allocated, 5 to 20 in all", Row(Shared).DecidedBy);
        Assert.Equal(("hook (Webhook)", false), (Row(Asked).DecidedBy, Row(Asked).CanChange));
        Assert.Equal("Agones starts or stops servers until there are so many. None of the 2 that are allocated is stopped, whatever the number.", Row(Plain).Consequence);
        var ours = Plain with { Autoscaler = new OpsFleetAutoscaler("hook", "Webhook", 5, true, 1, 100, 4, null) };
        Assert.Equal(("hook: 4 beyond the allocated, 1 to 100 in all, and one for each session that waits", true), (Row(ours).DecidedBy, Row(ours).CanChange));
        Assert.StartsWith("FleetAutoscaler hook is told so when it asks FleetManager next, every 5 s.", Row(ours).Consequence, StringComparison.Ordinal);
        Assert.StartsWith("FleetAutoscaler scaler goes by it at once.", Row(Buffered).Consequence, StringComparison.Ordinal);
    }

    [Fact]
    public void Draft_OfAPlainFleet_TheVersionThatWasShownAndReplicasAlone()
    {
        var draft = new FleetSizeDraft(Plain) { Replicas = 9 };

        Assert.Equal(new SetFleetSizeRequest { Version = "v1", Replicas = 9, Reason = "why" }, draft.ToRequest("why"));
        Assert.Equal("With the 2 allocated of now: 9 servers, 7 of them free for new sessions.", draft.Preview);
        draft.Replicas = 1;
        Assert.Equal("With the 2 allocated of now: 2 servers, 0 of them free for new sessions. Nobody new gets in then.", draft.Preview);
    }

    [Fact]
    public void Draft_OfABuffer_InTheUnitThatItHas()
    {
        var (servers, share) = (new FleetSizeDraft(Buffered) { MaxReplicas = 30 }, new FleetSizeDraft(Shared) { Buffer = 80 });

        Assert.Equal(new SetFleetSizeRequest { Version = "v1", MinReplicas = 5, MaxReplicas = 30, BufferSize = 4, Reason = "why" }, servers.ToRequest("why"));
        Assert.Equal(new SetFleetSizeRequest { Version = "v1", MinReplicas = 5, MaxReplicas = 20, BufferPercent = 80, Reason = "why" }, share.ToRequest("why"));
        Assert.StartsWith("With the 2 allocated of now: 10 servers, 8 of them free", share.Preview, StringComparison.Ordinal);
        share.Buffer = 100;
        servers.MinReplicas = 31;
        Assert.Equal(("", ""), (share.Preview, servers.Preview));
    }

    private static FleetSizeRow Row(OpsFleetSize size) => FleetSizeRow.Of(Read(true, size), [])[0];

    private static OpsFleetSizes Read(bool isAvailable, params OpsFleetSize[] sizes) => new([new OpsClusterSizes("blue", "seoul", isAvailable, isAvailable ? null : "it is away", Now, sizes)]);
}
