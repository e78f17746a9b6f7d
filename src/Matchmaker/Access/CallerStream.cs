using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using FleetSystem.Matchmaker.Api;
using FleetSystem.SiloHost.Access;

namespace FleetSystem.Matchmaker.Access;

/// <summary>
/// A stream of events that ends with the credential that it was opened with: a token that expires, a key that is taken out. Its reader is told why by a last event, or the status of the call, and goes on
/// behind the last event that he got with a fresh one.
/// </summary>
internal sealed class CallerStream : IDisposable
{
    /// <summary>Name of the last server-sent event of a stream that ended so.</summary>
    public const string EndName = "credentialEnded";

    // Null where no callers are known: another cell answers for its own.
    private readonly CredentialEnd? _credential;
    private readonly CancellationToken _aborted;
    private readonly CancellationTokenSource _either;

    private CallerStream(CredentialEnd? credential, CancellationToken aborted)
    {
        (_credential, _aborted) = (credential, aborted);
        _either = CancellationTokenSource.CreateLinkedTokenSource(credential?.Token ?? default, aborted);
    }

    /// <summary>Why the credential is good for nothing any more; null while it is good.</summary>
    public ApiFault? End => _credential?.Reason switch
    {
        CredentialEndReason.Expired => ApiFault.CredentialExpired,
        CredentialEndReason.Revoked => ApiFault.CredentialRevoked,
        _ => null,
    };

    /// <summary>Begins to watch a request's credential.</summary>
    public static CallerStream Of(HttpContext context) => new(context.RequestServices.GetService<CredentialWatch>()?.Follow(context), context.RequestAborted);

    /// <summary>Events as server-sent events, with a last one where the credential has ended.</summary>
    /// <param name="context">The request.</param>
    /// <param name="events">The events; its token ends them.</param>
    /// <param name="write">Their form.</param>
    public static async IAsyncEnumerable<SseItem<string>> ServerSentEventsAsync<T>(HttpContext context, Func<CancellationToken, IAsyncEnumerable<T>> events, Func<IAsyncEnumerable<T>, IAsyncEnumerable<SseItem<string>>> write)
    {
        using var stream = Of(context);
        await foreach (var item in write(stream.RunAsync(events))) yield return item;
        if (stream.End is { } end) yield return new SseItem<string>(JsonSerializer.Serialize(new { code = end.Code, detail = end.Detail }, ApiJson.Options), EndName);
    }

    /// <summary>The events, until they or the credential end.</summary>
    /// <param name="events">The events; its token ends them.</param>
    /// <param name="cancellationToken">Ends them too.</param>
    public async IAsyncEnumerable<T> RunAsync<T>(Func<CancellationToken, IAsyncEnumerable<T>> events, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var source = events(_either.Token).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(source)) yield return source.Current;
    }

    public void Dispose()
    {
        _either.Dispose();
        _credential?.Dispose();
    }

    private async Task<bool> NextAsync<T>(IAsyncEnumerator<T> source)
    {
        try
        {
            // Also where it has ended before the first event: whoever has begun the events ends them, and gives back what they hold.
            return await source.MoveNextAsync();
        }
        catch (OperationCanceledException) when (_credential?.Reason is not null && !_aborted.IsCancellationRequested)
        {
            return false;
        }
    }
}
