using FleetSystem.GameServer.Sessions;

namespace FleetSystem.GameServer.Tests.Sessions;

public sealed class RouteOrderTests
{
    [Theory]
    [InlineData("""[{"kind":"networkLoadBalancer","state":"healthy"},{"kind":"direct","state":"healthy"},{"kind":"accelerator","state":"down"}]""", "2,3,1")]
    [InlineData("""[{"kind":"direct"},{"kind":"carrierPigeon"},{"kind":7},8,{"kind":"direct"},{"kind":"accelerator"}]""", "3,1")]
    [InlineData("[]", null)]
    [InlineData("{}", null)]
    [InlineData("", null)]
    [InlineData("""[{"kind":""", null)]
    public void Read_Annotation_TheKnownKindsInOrder(string text, string? expected) =>
        Assert.Equal(expected, RouteOrder.Read(text) is { } kinds ? string.Join(',', kinds) : null);
}
