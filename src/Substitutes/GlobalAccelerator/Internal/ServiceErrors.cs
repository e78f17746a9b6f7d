using Amazon.GlobalAccelerator.Model;
using Amazon.Runtime.Internal;

namespace Amazon.GlobalAccelerator.Internal;

/// <summary>The exception type of each error code of the service.</summary>
internal static class ServiceErrors
{
    public static AmazonGlobalAcceleratorException ToException(ErrorResponse e)
    {
        var (m, i, t, c, r, s) = (e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode);
        return c switch
        {
            nameof(AcceleratorNotDisabledException) => new AcceleratorNotDisabledException(m, i, t, c, r, s),
            nameof(AcceleratorNotFoundException) => new AcceleratorNotFoundException(m, i, t, c, r, s),
            nameof(AccessDeniedException) => new AccessDeniedException(m, i, t, c, r, s),
            nameof(AssociatedEndpointGroupFoundException) => new AssociatedEndpointGroupFoundException(m, i, t, c, r, s),
            nameof(AssociatedListenerFoundException) => new AssociatedListenerFoundException(m, i, t, c, r, s),
            nameof(ConflictException) => new ConflictException(m, i, t, c, r, s),
            nameof(EndpointAlreadyExistsException) => new EndpointAlreadyExistsException(m, i, t, c, r, s),
            nameof(EndpointGroupAlreadyExistsException) => new EndpointGroupAlreadyExistsException(m, i, t, c, r, s),
            nameof(EndpointGroupNotFoundException) => new EndpointGroupNotFoundException(m, i, t, c, r, s),
            nameof(EndpointNotFoundException) => new EndpointNotFoundException(m, i, t, c, r, s),
            nameof(InternalServiceErrorException) => new InternalServiceErrorException(m, i, t, c, r, s),
            nameof(InvalidArgumentException) => new InvalidArgumentException(m, i, t, c, r, s),
            nameof(InvalidNextTokenException) => new InvalidNextTokenException(m, i, t, c, r, s),
            nameof(InvalidPortRangeException) => new InvalidPortRangeException(m, i, t, c, r, s),
            nameof(LimitExceededException) => new LimitExceededException(m, i, t, c, r, s),
            nameof(ListenerNotFoundException) => new ListenerNotFoundException(m, i, t, c, r, s),
            nameof(TransactionInProgressException) => new TransactionInProgressException(m, i, t, c, r, s),
            _ => new AmazonGlobalAcceleratorException(m, i, t, c, r, s),
        };
    }
}
