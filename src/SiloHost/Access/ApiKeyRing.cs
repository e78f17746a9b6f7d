using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost.Access;

/// <summary>
/// The keys by which callers are known now: those of the configuration, which stay, and those of <see cref="AccessOptions.ApiKeysFile"/>, which come and go. What came and went is logged by name and id.
/// </summary>
public sealed partial class ApiKeyRing : IDisposable
{
    /// <summary>Claim of a sign-in in the browser: the id of the key that it was got with.</summary>
    internal const string IdClaim = "fleetsystem:key";

    private readonly IReadOnlyList<ApiKeyOptions> _configured;
    private readonly CredentialChanges _changes;
    private readonly ILogger _log;
    private readonly ReloadedFile<IReadOnlyList<ApiKeyOptions>>? _file;
    private volatile Known _known;

    /// <summary>Reads the keys, and goes on reading those of the file.</summary>
    public ApiKeyRing(IOptions<AccessOptions> access, CredentialChanges changes, TimeProvider time, ILogger<ApiKeyRing> log)
    {
        (_configured, _changes, _log) = ([.. access.Value.ApiKeys], changes, log);
        _known = new Known(Of(_configured));
        if (access.Value.ApiKeysFile is not { } file) return;
        _file = new(file, "The API keys", access.Value.ReloadInterval, bytes => ApiKeyFile.Parse(bytes, _configured), Take, time, log);
        _known = new Known(Of([.. _configured, .. _file.Current ?? []]));
        var known = string.Join(", ", Keys);
        LogRead(log, known, file);
    }

    /// <summary>The keys, those of the configuration first.</summary>
    internal IReadOnlyList<ApiKey> Keys => _known.Keys;

    /// <summary>Why the file could not be read when it was looked at last, and since when; null while it can, or where there is none.</summary>
    internal (string Reason, DateTimeOffset Since)? Fault => _file?.Fault;

    /// <summary>Whether somebody who signed in with a key still has it, in the same role. Who signed in otherwise is known until his sign-in ends.</summary>
    public bool IsStillKnown(ClaimsPrincipal user) =>
        user.Identity?.AuthenticationType != OperatorsAccess.CookieScheme || Keys.Any(key => user.HasClaim(IdClaim, key.Id) && user.Identity.Name == key.Name && user.IsInRole(key.Role.ToString()));

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    /// <summary>The entry of a key, or null when it is nobody's. How long it takes may say something of the first bytes of hashes, of which nothing can be made: to find a key for them is to try 2^64.</summary>
    internal ApiKey? Find(string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        foreach (var known in _known.ByPrefix[ApiKey.PrefixOf(hash)])
        {
            if (known.Is(hash)) return known;
        }

        return null;
    }

    /// <summary>Whether a key that was found is still one of them, of the same owner and in the same role.</summary>
    internal bool Holds(ApiKey key) => Keys.Any(known => IsSame(known, key));

    private static bool IsSame(ApiKey one, ApiKey other) => one.Id == other.Id && one.Name == other.Name && one.Role == other.Role;

    private static IReadOnlyList<ApiKey> Of(IEnumerable<ApiKeyOptions> options) => [.. options.Select(ApiKey.Of).OfType<ApiKey>()];

    private void Take(IReadOnlyList<ApiKeyOptions> read)
    {
        var (before, after) = (Keys, Of([.. _configured, .. read]));
        _known = new Known(after);
        var came = after.Where(key => before.All(known => !IsSame(known, key))).ToList();
        var went = before.Where(key => after.All(known => !IsSame(known, key))).ToList();
        if (came.Count == 0 && went.Count == 0) return;
        var (cameIds, wentIds) = (Ids(came), Ids(went));
        LogChanged(_log, cameIds, wentIds, after.Count);
        _changes.Notify();
    }

    private static string Ids(List<ApiKey> keys) => keys.Count == 0 ? "none" : string.Join(", ", keys);

    /// <summary>The keys at a moment: replaced as a whole.</summary>
    private sealed class Known(IReadOnlyList<ApiKey> keys)
    {
        public IReadOnlyList<ApiKey> Keys { get; } = keys;

        public ILookup<ulong, ApiKey> ByPrefix { get; } = keys.ToLookup(key => key.Prefix);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "API keys known at the start: {KeyIds}; those in {File} may come and go")]
    private static partial void LogRead(ILogger logger, string keyIds, string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "API keys changed: {CameKeyIds} came, {WentKeyIds} went; {Count} are known")]
    private static partial void LogChanged(ILogger logger, string cameKeyIds, string wentKeyIds, int count);
}
