using Amazon.GlobalAccelerator.Model;
using Amazon.Runtime;

namespace Amazon.GlobalAccelerator;

/// <summary>The API of AWS Global Accelerator.</summary>
public partial interface IAmazonGlobalAccelerator : IAmazonService, IDisposable
{
    /// <inheritdoc/>
    static ClientConfig IAmazonService.CreateDefaultClientConfig() => new AmazonGlobalAcceleratorConfig();

    /// <inheritdoc/>
    static IAmazonService IAmazonService.CreateDefaultServiceClient(AWSCredentials awsCredentials, ClientConfig clientConfig) =>
        new AmazonGlobalAcceleratorClient(awsCredentials, (AmazonGlobalAcceleratorConfig)clientConfig);

    /// <summary>Creates a standard accelerator.</summary>
    Task<CreateAcceleratorResponse> CreateAcceleratorAsync(CreateAcceleratorRequest request, CancellationToken cancellationToken = default);

    /// <summary>Reads a standard accelerator.</summary>
    Task<DescribeAcceleratorResponse> DescribeAcceleratorAsync(
        DescribeAcceleratorRequest request, CancellationToken cancellationToken = default);

    /// <summary>Lists standard accelerators.</summary>
    Task<ListAcceleratorsResponse> ListAcceleratorsAsync(ListAcceleratorsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Changes a standard accelerator.</summary>
    Task<UpdateAcceleratorResponse> UpdateAcceleratorAsync(UpdateAcceleratorRequest request, CancellationToken cancellationToken = default);

    /// <summary>Deletes a standard accelerator.</summary>
    Task<DeleteAcceleratorResponse> DeleteAcceleratorAsync(DeleteAcceleratorRequest request, CancellationToken cancellationToken = default);

    /// <summary>Creates a listener of a standard accelerator.</summary>
    Task<CreateListenerResponse> CreateListenerAsync(CreateListenerRequest request, CancellationToken cancellationToken = default);

    /// <summary>Reads a listener of a standard accelerator.</summary>
    Task<DescribeListenerResponse> DescribeListenerAsync(DescribeListenerRequest request, CancellationToken cancellationToken = default);

    /// <summary>Lists listeners of a standard accelerator.</summary>
    Task<ListListenersResponse> ListListenersAsync(ListListenersRequest request, CancellationToken cancellationToken = default);

    /// <summary>Deletes a listener of a standard accelerator.</summary>
    Task<DeleteListenerResponse> DeleteListenerAsync(DeleteListenerRequest request, CancellationToken cancellationToken = default);

    /// <summary>Creates a endpoint group of a standard accelerator.</summary>
    Task<CreateEndpointGroupResponse> CreateEndpointGroupAsync(
        CreateEndpointGroupRequest request, CancellationToken cancellationToken = default);

    /// <summary>Reads a endpoint group of a standard accelerator.</summary>
    Task<DescribeEndpointGroupResponse> DescribeEndpointGroupAsync(
        DescribeEndpointGroupRequest request, CancellationToken cancellationToken = default);

    /// <summary>Lists endpoint groups of a listener.</summary>
    Task<ListEndpointGroupsResponse> ListEndpointGroupsAsync(
        ListEndpointGroupsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Changes a endpoint group of a standard accelerator.</summary>
    Task<UpdateEndpointGroupResponse> UpdateEndpointGroupAsync(
        UpdateEndpointGroupRequest request, CancellationToken cancellationToken = default);

    /// <summary>Deletes a endpoint group of a standard accelerator.</summary>
    Task<DeleteEndpointGroupResponse> DeleteEndpointGroupAsync(
        DeleteEndpointGroupRequest request, CancellationToken cancellationToken = default);

    /// <summary>Adds endpoints to an endpoint group of a standard accelerator.</summary>
    Task<AddEndpointsResponse> AddEndpointsAsync(AddEndpointsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Takes endpoints out of an endpoint group of a standard accelerator.</summary>
    Task<RemoveEndpointsResponse> RemoveEndpointsAsync(RemoveEndpointsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Reads the tags of an accelerator of either family.</summary>
    Task<ListTagsForResourceResponse> ListTagsForResourceAsync(ListTagsForResourceRequest request, CancellationToken cancellationToken = default);
}
