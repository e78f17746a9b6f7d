#nullable disable // As the official package, the model says nothing of null: code must compile alike against either.

using Amazon.GlobalAccelerator.Internal;
using Amazon.Runtime;

namespace Amazon.GlobalAccelerator.Model;

/// <summary>A listener of a custom routing accelerator.</summary>
public class CustomRoutingListener
{
    /// <summary>ARN of the listener.</summary>
    public string ListenerArn { get; set; }

    /// <summary>Port ranges that the listener takes.</summary>
    public List<PortRange> PortRanges { get; set; } = Collections.New<PortRange>();
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.CreateCustomRoutingListenerAsync"/>.</summary>
public class CreateCustomRoutingListenerRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the accelerator. Required.</summary>
    public string AcceleratorArn { get; set; }

    /// <summary>Port ranges that the listener takes. Required.</summary>
    public List<PortRange> PortRanges { get; set; } = Collections.New<PortRange>();

    /// <summary>Token that makes a repeated request one request; chosen by the client when not set.</summary>
    public string IdempotencyToken { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.CreateCustomRoutingListenerAsync"/>.</summary>
public class CreateCustomRoutingListenerResponse : AmazonWebServiceResponse
{
    /// <summary>The listener.</summary>
    public CustomRoutingListener Listener { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.ListCustomRoutingListenersAsync"/>.</summary>
public class ListCustomRoutingListenersRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the accelerator. Required.</summary>
    public string AcceleratorArn { get; set; }

    /// <summary>Rows wanted at most in one answer.</summary>
    public int? MaxResults { get; set; }

    /// <summary>Token of the next page; not set on the last page.</summary>
    public string NextToken { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.ListCustomRoutingListenersAsync"/>.</summary>
public class ListCustomRoutingListenersResponse : AmazonWebServiceResponse
{
    /// <summary>Listeners of this page.</summary>
    public List<CustomRoutingListener> Listeners { get; set; } = Collections.New<CustomRoutingListener>();

    /// <summary>Token of the next page; not set on the last page.</summary>
    public string NextToken { get; set; }
}

/// <summary>Request of <see cref="IAmazonGlobalAccelerator.DeleteCustomRoutingListenerAsync"/>.</summary>
public class DeleteCustomRoutingListenerRequest : AmazonGlobalAcceleratorRequest
{
    /// <summary>ARN of the listener. Required.</summary>
    public string ListenerArn { get; set; }
}

/// <summary>Response of <see cref="IAmazonGlobalAccelerator.DeleteCustomRoutingListenerAsync"/>.</summary>
public class DeleteCustomRoutingListenerResponse : AmazonWebServiceResponse;
