namespace FleetSystem.FleetManager.Kubernetes.Requests;

/// <summary>What an exception of a request says about the request. Pure.</summary>
internal static class TransportFailure
{
    /// <summary>
    /// True when the request cannot have reached the API server, so that it is safe to say that nothing was done. A connection that breaks
    /// later, or an answer that stays away, proves nothing.
    /// </summary>
    public static bool NothingSent(Exception exception) => exception switch
    {
        NothingSentException => true,
        // SocketsHttpHandler's ConnectTimeout: the one time-out of its own that is left on, as the client's is infinite.
        OperationCanceledException { InnerException: TimeoutException } => true,
        HttpRequestException { HttpRequestError: var error } => error
            is HttpRequestError.NameResolutionError
            or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError
            or HttpRequestError.ProxyTunnelError
            or HttpRequestError.VersionNegotiationError,
        _ => false,
    };

    /// <summary>The exception in one line: the innermost message is the one that names the cause.</summary>
    public static string Describe(Exception exception)
    {
        var root = exception.GetBaseException();
        return root == exception || exception.Message.Contains(root.Message, StringComparison.Ordinal)
            ? exception.Message
            : $"{exception.Message} ({root.Message})";
    }
}
