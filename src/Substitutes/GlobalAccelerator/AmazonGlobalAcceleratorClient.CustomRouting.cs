using Amazon.GlobalAccelerator.Model;

namespace Amazon.GlobalAccelerator;

/// <content>Operations on custom routing accelerators.</content>
public partial class AmazonGlobalAcceleratorClient
{
    /// <inheritdoc/>
    public virtual Task<CreateCustomRoutingAcceleratorResponse> CreateCustomRoutingAcceleratorAsync(
        CreateCustomRoutingAcceleratorRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<CreateCustomRoutingAcceleratorResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<DescribeCustomRoutingAcceleratorResponse> DescribeCustomRoutingAcceleratorAsync(
        DescribeCustomRoutingAcceleratorRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<DescribeCustomRoutingAcceleratorResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<ListCustomRoutingAcceleratorsResponse> ListCustomRoutingAcceleratorsAsync(
        ListCustomRoutingAcceleratorsRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<ListCustomRoutingAcceleratorsResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<UpdateCustomRoutingAcceleratorResponse> UpdateCustomRoutingAcceleratorAsync(
        UpdateCustomRoutingAcceleratorRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<UpdateCustomRoutingAcceleratorResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<DeleteCustomRoutingAcceleratorResponse> DeleteCustomRoutingAcceleratorAsync(
        DeleteCustomRoutingAcceleratorRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<DeleteCustomRoutingAcceleratorResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<CreateCustomRoutingListenerResponse> CreateCustomRoutingListenerAsync(
        CreateCustomRoutingListenerRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<CreateCustomRoutingListenerResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<ListCustomRoutingListenersResponse> ListCustomRoutingListenersAsync(
        ListCustomRoutingListenersRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<ListCustomRoutingListenersResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<DeleteCustomRoutingListenerResponse> DeleteCustomRoutingListenerAsync(
        DeleteCustomRoutingListenerRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<DeleteCustomRoutingListenerResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<CreateCustomRoutingEndpointGroupResponse> CreateCustomRoutingEndpointGroupAsync(
        CreateCustomRoutingEndpointGroupRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<CreateCustomRoutingEndpointGroupResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<DescribeCustomRoutingEndpointGroupResponse> DescribeCustomRoutingEndpointGroupAsync(
        DescribeCustomRoutingEndpointGroupRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<DescribeCustomRoutingEndpointGroupResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<ListCustomRoutingEndpointGroupsResponse> ListCustomRoutingEndpointGroupsAsync(
        ListCustomRoutingEndpointGroupsRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<ListCustomRoutingEndpointGroupsResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<DeleteCustomRoutingEndpointGroupResponse> DeleteCustomRoutingEndpointGroupAsync(
        DeleteCustomRoutingEndpointGroupRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<DeleteCustomRoutingEndpointGroupResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<AddCustomRoutingEndpointsResponse> AddCustomRoutingEndpointsAsync(
        AddCustomRoutingEndpointsRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<AddCustomRoutingEndpointsResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<RemoveCustomRoutingEndpointsResponse> RemoveCustomRoutingEndpointsAsync(
        RemoveCustomRoutingEndpointsRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<RemoveCustomRoutingEndpointsResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<AllowCustomRoutingTrafficResponse> AllowCustomRoutingTrafficAsync(
        AllowCustomRoutingTrafficRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<AllowCustomRoutingTrafficResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<DenyCustomRoutingTrafficResponse> DenyCustomRoutingTrafficAsync(
        DenyCustomRoutingTrafficRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<DenyCustomRoutingTrafficResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<ListCustomRoutingPortMappingsResponse> ListCustomRoutingPortMappingsAsync(
        ListCustomRoutingPortMappingsRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<ListCustomRoutingPortMappingsResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<ListCustomRoutingPortMappingsByDestinationResponse> ListCustomRoutingPortMappingsByDestinationAsync(
        ListCustomRoutingPortMappingsByDestinationRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<ListCustomRoutingPortMappingsByDestinationResponse>(request, cancellationToken);
}
