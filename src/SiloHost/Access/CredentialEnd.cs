using Microsoft.AspNetCore.Http;

namespace FleetSystem.SiloHost.Access;

/// <summary>Why a credential is good for nothing any more.</summary>
public enum CredentialEndReason
{
    /// <summary>Its time is over: with a fresh one it goes on.</summary>
    Expired,

    /// <summary>It was withdrawn: the key taken out, or that of its issuer, or the authority of its certificate.</summary>
    Revoked,
}

/// <summary>
/// The end of the credential that a request was let in by. A request is checked once, when it comes; what it holds open, a stream of events, has to end with what it was opened by.
/// </summary>
public sealed class CredentialEnd : IDisposable
{
    // A timer's own limit is 49 days.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(40);

    private readonly CallerCredential? _credential;
    private readonly CredentialChanges _changes;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ended = new();
    private readonly ITimer? _timer;
    private int _reason = -1;

    internal CredentialEnd(CallerCredential? credential, CredentialChanges changes, TimeProvider time)
    {
        (_credential, _changes, _time) = (credential, changes, time);
        if (credential is null) return;
        if (credential.ExpiresAt is { } end) _timer = time.CreateTimer(_ => Look(), null, Until(end), Timeout.InfiniteTimeSpan);
        changes.Changed += Look;

        // What happened between the request's check and now is seen by nobody else.
        Look();
    }

    /// <summary>Cancelled when it has come.</summary>
    public CancellationToken Token => _ended.Token;

    /// <summary>Why; null before.</summary>
    public CredentialEndReason? Reason => Volatile.Read(ref _reason) is >= 0 and var reason ? (CredentialEndReason)reason : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _changes.Changed -= Look;
        _timer?.Dispose();
        _ended.Dispose();
    }

    private TimeSpan Until(DateTimeOffset end) => (end - _time.GetUtcNow()) is var left && left <= TimeSpan.Zero ? TimeSpan.Zero : left < LongestWait ? left : LongestWait;

    private void Look()
    {
        try
        {
            if (!_credential!.IsHeld()) End(CredentialEndReason.Revoked);
            else if (_credential.ExpiresAt is not { } end) return;
            else if (_time.GetUtcNow() >= end) End(CredentialEndReason.Expired);
            else _timer?.Change(Until(end), Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The stream has ended meanwhile.
        }
    }

    private void End(CredentialEndReason reason)
    {
        if (Interlocked.CompareExchange(ref _reason, (int)reason, -1) == -1) _ended.Cancel();
    }
}

/// <summary>Watches the credentials of requests that last.</summary>
public sealed class CredentialWatch(CredentialChanges changes, TimeProvider time)
{
    /// <summary>The end of the credential that a request was let in by; it never comes where none was asked for. To be disposed of with the request.</summary>
    public CredentialEnd Follow(HttpContext context) => new(context.Features.Get<CallerCredential>(), changes, time);
}
