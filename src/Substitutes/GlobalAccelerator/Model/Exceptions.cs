using System.Net;
using Amazon.Runtime;

namespace Amazon.GlobalAccelerator.Model;

/// <summary>The accelerator must be disabled before it can be deleted.</summary>
public class AcceleratorNotDisabledException : AmazonGlobalAcceleratorException
{
    /// <summary>Creates the exception with a message.</summary>
    public AcceleratorNotDisabledException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception from an error response.</summary>
    public AcceleratorNotDisabledException(
        string message, Exception? innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}

/// <summary>No such accelerator.</summary>
public class AcceleratorNotFoundException : AmazonGlobalAcceleratorException
{
    /// <summary>Creates the exception with a message.</summary>
    public AcceleratorNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception from an error response.</summary>
    public AcceleratorNotFoundException(
        string message, Exception? innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}

/// <summary>The caller may not do this.</summary>
public class AccessDeniedException : AmazonGlobalAcceleratorException
{
    /// <summary>Creates the exception with a message.</summary>
    public AccessDeniedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception from an error response.</summary>
    public AccessDeniedException(
        string message, Exception? innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}

/// <summary>The listener still has endpoint groups.</summary>
public class AssociatedEndpointGroupFoundException : AmazonGlobalAcceleratorException
{
    /// <summary>Creates the exception with a message.</summary>
    public AssociatedEndpointGroupFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception from an error response.</summary>
    public AssociatedEndpointGroupFoundException(
        string message, Exception? innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}

/// <summary>The accelerator still has listeners.</summary>
public class AssociatedListenerFoundException : AmazonGlobalAcceleratorException
{
    /// <summary>Creates the exception with a message.</summary>
    public AssociatedListenerFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception from an error response.</summary>
    public AssociatedListenerFoundException(
        string message, Exception? innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}

/// <summary>The request contradicts the state of the resource, or another change of it.</summary>
public class ConflictException : AmazonGlobalAcceleratorException
{
    /// <summary>Creates the exception with a message.</summary>
    public ConflictException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception from an error response.</summary>
    public ConflictException(
        string message, Exception? innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}

/// <summary>The endpoint is in an endpoint group already.</summary>
public class EndpointAlreadyExistsException : AmazonGlobalAcceleratorException
{
    /// <summary>Creates the exception with a message.</summary>
    public EndpointAlreadyExistsException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception from an error response.</summary>
    public EndpointAlreadyExistsException(
        string message, Exception? innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}

/// <summary>The listener has an endpoint group for that Region already.</summary>
public class EndpointGroupAlreadyExistsException : AmazonGlobalAcceleratorException
{
    /// <summary>Creates the exception with a message.</summary>
    public EndpointGroupAlreadyExistsException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception from an error response.</summary>
    public EndpointGroupAlreadyExistsException(
        string message, Exception? innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}

/// <summary>No such endpoint group.</summary>
public class EndpointGroupNotFoundException : AmazonGlobalAcceleratorException
{
    /// <summary>Creates the exception with a message.</summary>
    public EndpointGroupNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception from an error response.</summary>
    public EndpointGroupNotFoundException(
        string message, Exception? innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}

/// <summary>No such endpoint.</summary>
public class EndpointNotFoundException : AmazonGlobalAcceleratorException
{
    /// <summary>Creates the exception with a message.</summary>
    public EndpointNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception from an error response.</summary>
    public EndpointNotFoundException(
        string message, Exception? innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}

/// <summary>The service failed.</summary>
public class InternalServiceErrorException : AmazonGlobalAcceleratorException
{
    /// <summary>Creates the exception with a message.</summary>
    public InternalServiceErrorException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception from an error response.</summary>
    public InternalServiceErrorException(
        string message, Exception? innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}

/// <summary>A value of the request is not valid.</summary>
public class InvalidArgumentException : AmazonGlobalAcceleratorException
{
    /// <summary>Creates the exception with a message.</summary>
    public InvalidArgumentException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception from an error response.</summary>
    public InvalidArgumentException(
        string message, Exception? innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}

/// <summary>The page token is not valid.</summary>
public class InvalidNextTokenException : AmazonGlobalAcceleratorException
{
    /// <summary>Creates the exception with a message.</summary>
    public InvalidNextTokenException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception from an error response.</summary>
    public InvalidNextTokenException(
        string message, Exception? innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}

/// <summary>The port range is not valid, or overlaps another.</summary>
public class InvalidPortRangeException : AmazonGlobalAcceleratorException
{
    /// <summary>Creates the exception with a message.</summary>
    public InvalidPortRangeException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception from an error response.</summary>
    public InvalidPortRangeException(
        string message, Exception? innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}

/// <summary>A quota would be exceeded.</summary>
public class LimitExceededException : AmazonGlobalAcceleratorException
{
    /// <summary>Creates the exception with a message.</summary>
    public LimitExceededException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception from an error response.</summary>
    public LimitExceededException(
        string message, Exception? innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}

/// <summary>No such listener.</summary>
public class ListenerNotFoundException : AmazonGlobalAcceleratorException
{
    /// <summary>Creates the exception with a message.</summary>
    public ListenerNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception from an error response.</summary>
    public ListenerNotFoundException(
        string message, Exception? innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}

/// <summary>Another change of the accelerator is under way.</summary>
public class TransactionInProgressException : AmazonGlobalAcceleratorException
{
    /// <summary>Creates the exception with a message.</summary>
    public TransactionInProgressException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception from an error response.</summary>
    public TransactionInProgressException(
        string message, Exception? innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}
