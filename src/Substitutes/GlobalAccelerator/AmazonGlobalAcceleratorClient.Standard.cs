using Amazon.GlobalAccelerator.Model;

namespace Amazon.GlobalAccelerator;

/// <content>Operations on standard accelerators.</content>
public partial class AmazonGlobalAcceleratorClient
{
    /// <inheritdoc/>
    public virtual Task<CreateAcceleratorResponse> CreateAcceleratorAsync(
        CreateAcceleratorRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<CreateAcceleratorResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<DescribeAcceleratorResponse> DescribeAcceleratorAsync(
        DescribeAcceleratorRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<DescribeAcceleratorResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<ListAcceleratorsResponse> ListAcceleratorsAsync(
        ListAcceleratorsRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<ListAcceleratorsResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<UpdateAcceleratorResponse> UpdateAcceleratorAsync(
        UpdateAcceleratorRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<UpdateAcceleratorResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<DeleteAcceleratorResponse> DeleteAcceleratorAsync(
        DeleteAcceleratorRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<DeleteAcceleratorResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<CreateListenerResponse> CreateListenerAsync(
        CreateListenerRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<CreateListenerResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<DescribeListenerResponse> DescribeListenerAsync(
        DescribeListenerRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<DescribeListenerResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<ListListenersResponse> ListListenersAsync(
        ListListenersRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<ListListenersResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<DeleteListenerResponse> DeleteListenerAsync(
        DeleteListenerRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<DeleteListenerResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<CreateEndpointGroupResponse> CreateEndpointGroupAsync(
        CreateEndpointGroupRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<CreateEndpointGroupResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<DescribeEndpointGroupResponse> DescribeEndpointGroupAsync(
        DescribeEndpointGroupRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<DescribeEndpointGroupResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<ListEndpointGroupsResponse> ListEndpointGroupsAsync(
        ListEndpointGroupsRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<ListEndpointGroupsResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<UpdateEndpointGroupResponse> UpdateEndpointGroupAsync(
        UpdateEndpointGroupRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<UpdateEndpointGroupResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<DeleteEndpointGroupResponse> DeleteEndpointGroupAsync(
        DeleteEndpointGroupRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<DeleteEndpointGroupResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<AddEndpointsResponse> AddEndpointsAsync(
        AddEndpointsRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<AddEndpointsResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<RemoveEndpointsResponse> RemoveEndpointsAsync(
        RemoveEndpointsRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<RemoveEndpointsResponse>(request, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<ListTagsForResourceResponse> ListTagsForResourceAsync(
        ListTagsForResourceRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<ListTagsForResourceResponse>(request, cancellationToken);
}
