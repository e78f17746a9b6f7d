using Amazon.GlobalAccelerator.Model;

namespace Amazon.GlobalAccelerator;

/// <content>Operations on custom routing accelerators.</content>
public partial interface IAmazonGlobalAccelerator
{
    /// <summary>Creates a custom routing accelerator.</summary>
    Task<CreateCustomRoutingAcceleratorResponse> CreateCustomRoutingAcceleratorAsync(
        CreateCustomRoutingAcceleratorRequest request, CancellationToken cancellationToken = default);

    /// <summary>Reads a custom routing accelerator.</summary>
    Task<DescribeCustomRoutingAcceleratorResponse> DescribeCustomRoutingAcceleratorAsync(
        DescribeCustomRoutingAcceleratorRequest request, CancellationToken cancellationToken = default);

    /// <summary>Lists custom routing accelerators.</summary>
    Task<ListCustomRoutingAcceleratorsResponse> ListCustomRoutingAcceleratorsAsync(
        ListCustomRoutingAcceleratorsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Changes a custom routing accelerator.</summary>
    Task<UpdateCustomRoutingAcceleratorResponse> UpdateCustomRoutingAcceleratorAsync(
        UpdateCustomRoutingAcceleratorRequest request, CancellationToken cancellationToken = default);

    /// <summary>Deletes a custom routing accelerator.</summary>
    Task<DeleteCustomRoutingAcceleratorResponse> DeleteCustomRoutingAcceleratorAsync(
        DeleteCustomRoutingAcceleratorRequest request, CancellationToken cancellationToken = default);

    /// <summary>Creates a listener of a custom routing accelerator.</summary>
    Task<CreateCustomRoutingListenerResponse> CreateCustomRoutingListenerAsync(
        CreateCustomRoutingListenerRequest request, CancellationToken cancellationToken = default);

    /// <summary>Lists listeners of a custom routing accelerator.</summary>
    Task<ListCustomRoutingListenersResponse> ListCustomRoutingListenersAsync(
        ListCustomRoutingListenersRequest request, CancellationToken cancellationToken = default);

    /// <summary>Deletes a listener of a custom routing accelerator.</summary>
    Task<DeleteCustomRoutingListenerResponse> DeleteCustomRoutingListenerAsync(
        DeleteCustomRoutingListenerRequest request, CancellationToken cancellationToken = default);

    /// <summary>Creates a endpoint group of a custom routing accelerator.</summary>
    Task<CreateCustomRoutingEndpointGroupResponse> CreateCustomRoutingEndpointGroupAsync(
        CreateCustomRoutingEndpointGroupRequest request, CancellationToken cancellationToken = default);

    /// <summary>Reads a endpoint group of a custom routing accelerator.</summary>
    Task<DescribeCustomRoutingEndpointGroupResponse> DescribeCustomRoutingEndpointGroupAsync(
        DescribeCustomRoutingEndpointGroupRequest request, CancellationToken cancellationToken = default);

    /// <summary>Lists endpoint groups of a custom routing listener.</summary>
    Task<ListCustomRoutingEndpointGroupsResponse> ListCustomRoutingEndpointGroupsAsync(
        ListCustomRoutingEndpointGroupsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Deletes a endpoint group of a custom routing accelerator.</summary>
    Task<DeleteCustomRoutingEndpointGroupResponse> DeleteCustomRoutingEndpointGroupAsync(
        DeleteCustomRoutingEndpointGroupRequest request, CancellationToken cancellationToken = default);

    /// <summary>Adds subnets to an endpoint group of a custom routing accelerator.</summary>
    Task<AddCustomRoutingEndpointsResponse> AddCustomRoutingEndpointsAsync(
        AddCustomRoutingEndpointsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Takes subnets out of an endpoint group of a custom routing accelerator.</summary>
    Task<RemoveCustomRoutingEndpointsResponse> RemoveCustomRoutingEndpointsAsync(
        RemoveCustomRoutingEndpointsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Opens destinations of a subnet to traffic: all of them, or those at some addresses and ports.</summary>
    Task<AllowCustomRoutingTrafficResponse> AllowCustomRoutingTrafficAsync(
        AllowCustomRoutingTrafficRequest request, CancellationToken cancellationToken = default);

    /// <summary>Closes destinations of a subnet to traffic: all of them, or those at some addresses and ports.</summary>
    Task<DenyCustomRoutingTrafficResponse> DenyCustomRoutingTrafficAsync(
        DenyCustomRoutingTrafficRequest request, CancellationToken cancellationToken = default);

    /// <summary>Lists the accelerator port of each destination of a custom routing accelerator.</summary>
    Task<ListCustomRoutingPortMappingsResponse> ListCustomRoutingPortMappingsAsync(
        ListCustomRoutingPortMappingsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Lists the mappings that lead to one address in a subnet.</summary>
    Task<ListCustomRoutingPortMappingsByDestinationResponse> ListCustomRoutingPortMappingsByDestinationAsync(
        ListCustomRoutingPortMappingsByDestinationRequest request, CancellationToken cancellationToken = default);
}
