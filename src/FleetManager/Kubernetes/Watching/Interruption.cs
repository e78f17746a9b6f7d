using System.Text.Json;
using FleetSystem.FleetManager.Kubernetes.Requests;

namespace FleetSystem.FleetManager.Kubernetes.Watching;

/// <summary>Why listing or watching stopped, and how to go on. Pure.</summary>
/// <param name="Reason">For people.</param>
/// <param name="Lost">The source is gone, as opposed to a watch that only has to be listed again.</param>
/// <param name="ListAgain">The resourceVersion is of no more use, or no more to be trusted.</param>
/// <param name="RetryAfter">What the server asked for.</param>
internal readonly record struct Interruption(string Reason, bool Lost, bool ListAgain, TimeSpan? RetryAfter)
{
    /// <summary>Reads an exception of a list or a watch.</summary>
    public static Interruption From(Exception exception) => exception switch
    {
        ApiException { Failure: var failure } => From(failure),
        StaleWatchException => new(exception.Message, Lost: true, ListAgain: true, null),
        // A line that cannot be read would come again after a resume, since its version was not taken.
        JsonException => new($"Malformed JSON: {exception.Message}", Lost: true, ListAgain: true, null),
        InvalidDataException => new(exception.Message, Lost: true, ListAgain: true, null),
        _ => new(TransportFailure.Describe(exception), Lost: true, ListAgain: false, null),
    };

    /// <summary>Reads a refusal, or the ERROR event of a watch.</summary>
    public static Interruption From(ApiFailure failure)
    {
        if (failure.IsExpired) return new(failure.ToString(), Lost: false, ListAgain: true, failure.RetryAfter);

        // Throttled, starting up, or not allowed: says nothing about the resourceVersion, and a list would only add load. Anything else may
        // be the version's fault (a server restored from a backup does not know it).
        var listAgain = failure.StatusCode is not (401 or 403 or 429 or 502 or 503);
        return new(failure.ToString(), Lost: true, listAgain, failure.RetryAfter);
    }
}

/// <summary>A watch stayed silent for too long. It may have been forgotten by the server, or wait for a version that never comes.</summary>
internal sealed class StaleWatchException(string message) : Exception(message);
