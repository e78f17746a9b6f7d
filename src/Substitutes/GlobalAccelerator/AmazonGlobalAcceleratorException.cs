using System.Net;
using Amazon.Runtime;

namespace Amazon.GlobalAccelerator;

/// <summary>An error that AWS Global Accelerator answered, or that kept a call from it.</summary>
public class AmazonGlobalAcceleratorException : AmazonServiceException
{
    /// <summary>Creates the exception with a message.</summary>
    public AmazonGlobalAcceleratorException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    public AmazonGlobalAcceleratorException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception from its cause.</summary>
    public AmazonGlobalAcceleratorException(Exception innerException)
        : base(innerException.Message, innerException)
    {
    }

    /// <summary>Creates the exception from an error response.</summary>
    public AmazonGlobalAcceleratorException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode)
    {
    }

    /// <summary>Creates the exception from an error response and its cause.</summary>
    public AmazonGlobalAcceleratorException(
        string message, Exception? innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}
