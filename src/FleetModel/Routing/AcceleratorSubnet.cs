namespace FleetSystem.FleetModel.Routing;

/// <summary>A subnet that a custom routing accelerator leads to: what the API wants to be told to allow and deny traffic in it.</summary>
/// <param name="EndpointGroupArn">ARN of the endpoint group that it is in.</param>
/// <param name="EndpointId">Id of the subnet.</param>
/// <param name="First">Its first address that has ports, as <see cref="Destination.Host"/>.</param>
/// <param name="Last">Its last one.</param>
[GenerateSerializer, Immutable, Alias("fleet.AcceleratorSubnet")]
public sealed record AcceleratorSubnet(
    [property: Id(0)] string EndpointGroupArn,
    [property: Id(1)] string EndpointId,
    [property: Id(2)] uint First,
    [property: Id(3)] uint Last);
