namespace FleetSystem.LocalCloud.Kubernetes;

internal enum ApiFaultKind
{
    None,

    /// <summary>Answer with a status before anything is done.</summary>
    Refuse,

    /// <summary>Break the connection before anything is done.</summary>
    BreakBefore,

    /// <summary>Do what was asked, then break the connection: the client cannot know.</summary>
    BreakAfter,
}

/// <summary>What goes wrong with one request.</summary>
/// <param name="Kind">How it fails.</param>
/// <param name="Code">Status code of <see cref="ApiFaultKind.Refuse"/>: 409, 429, 500, 503, 504.</param>
/// <param name="Delay">How long it waits first.</param>
internal readonly record struct ApiFault(ApiFaultKind Kind, int Code = 0, TimeSpan Delay = default);

/// <summary>Faults of one cluster's API, switched while it runs.</summary>
internal sealed class ApiFaults : IDisposable
{
    private CancellationTokenSource _cut = new();

    /// <summary>Decides for each request what goes wrong with it; null for nothing.</summary>
    public Func<ApiRequest, ApiFault>? Inject { get; set; }

    /// <summary>Every request is answered 503 with Retry-After 5, as while a server starts.</summary>
    public bool Unavailable { get; set; }

    /// <summary>Watches are answered 429 with Retry-After 1, as just after a start.</summary>
    public bool StorageInitializing { get; set; }

    /// <summary>Added to every request.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Cancelled when the watches of now are to be cut.</summary>
    internal CancellationToken Cut => _cut.Token;

    /// <summary>Breaks every open watch.</summary>
    public void CutWatches()
    {
        var old = Interlocked.Exchange(ref _cut, new CancellationTokenSource());
        old.Cancel();
        old.Dispose();
    }

    public void Dispose() => _cut.Dispose();

    /// <summary>Applies what is due before a request; the result says what is due after it.</summary>
    /// <exception cref="ApiException">The request is refused.</exception>
    internal async ValueTask<ApiFaultKind> BeforeAsync(ApiRequest? request, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Unavailable) throw ApiException.Unavailable("the server is currently unable to handle the request", 5);
        if (StorageInitializing && request?.Verb == "watch") throw ApiException.TooManyRequests("storage is (re)initializing", 1);
        var fault = request is null ? default : Inject?.Invoke(request) ?? default;
        var delay = Delay + fault.Delay;
        if (delay > TimeSpan.Zero) await Task.Delay(delay, time, cancellationToken);
        if (fault.Kind == ApiFaultKind.Refuse) throw Refusal(fault.Code);
        return fault.Kind;
    }

    private static ApiException Refusal(int code) => code switch
    {
        409 => new ApiException(409, "Conflict", "injected fault: the object has been modified; please apply your changes to the latest version and try again"),
        429 => ApiException.TooManyRequests("injected fault: too many requests, please try again later", 1),
        503 => ApiException.Unavailable("injected fault: the server is currently unable to handle the request", 1),
        504 => new ApiException(504, "Timeout", "injected fault: request timed out"),
        _ => new ApiException(code, "InternalError", "injected fault: Internal error occurred"),
    };
}
