using System.Net;
using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.SiloHost.Access;

/// <summary>Who may do what. The configuration section <c>Access</c>, which both hosts read.</summary>
public sealed class AccessOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Access";

    private static readonly TimeSpan ShortestReload = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestReload = TimeSpan.FromHours(1);

    // Each is a set of keys to be kept up to date.
    private const int MaxIssuers = 8;
    private const int MaxProxies = 20;

    /// <summary>
    /// Keys of operators and their programs, who call the operators' API, and of game backends, who call the players' API. Without any of an operator,
    /// whoever reaches the operators' address may do everything. The default is none.
    /// </summary>
    public IList<ApiKeyOptions> ApiKeys { get; set; } = [];

    /// <summary>
    /// File with more keys, <c>{"ApiKeys": [...]}</c> with entries as those of <see cref="ApiKeys"/>, such as a mounted secret; null for none. It is looked at each <see cref="ReloadInterval"/>: a key that is put
    /// in is good, and one that is taken out good for nothing, at the latest then, without a restart. While it cannot be read, or has a fault, what it said last holds. With it both hosts' APIs are
    /// guarded whatever it says: an empty list lets nobody in. The default is null.
    /// </summary>
    public string? ApiKeysFile { get; set; }

    /// <summary>
    /// Time between two looks at files: <see cref="ApiKeysFile"/> and the issuers' <see cref="TokenIssuerOptions.KeysFile"/>. The default is 10 seconds; 1 second to 1 hour.
    /// </summary>
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Who says who a player is: issuers of the tokens (JWT) that players send as <c>Authorization: Bearer TOKEN</c>. Without any, and without backends' keys, whoever reaches the
    /// players' API may do everything there. The default is none; up to 8.
    /// </summary>
    public IList<TokenIssuerOptions> Players { get; set; } = [];

    /// <summary>
    /// Directory with the authorities (.crt and .pem files) that issue certificates to game backends, and to nobody else: a backend that shows one at an https address of the players' API needs no key. Its
    /// name is the certificate's first DNS name, else the common name, of the form that keys' names have. Null for none; it needs the section <c>Tls</c>. The default is null.
    /// </summary>
    public string? BackendAuthorities { get; set; }

    /// <summary>
    /// Who says who an operator is, beside the keys; null for nobody. The default is null.
    /// </summary>
    public OperatorIssuerOptions? Operators { get; set; }

    /// <summary>How long operators stay signed in to the dashboard.</summary>
    public SignInOptions SignIn { get; set; } = new();

    /// <summary>How many requests are taken of a caller and from an address.</summary>
    public RateLimitOptions RateLimits { get; set; } = new();

    /// <summary>
    /// Networks of the proxies before this host, such as <c>10.0.0.0/8</c>: what they say of who calls (X-Forwarded-For) and how (X-Forwarded-Proto) is believed, so that addresses are limited
    /// and links are made right. The default is none; up to 20.
    /// </summary>
    public IList<string> Proxies { get; set; } = [];

    /// <summary>
    /// Says that something before the host lets only those through who may do everything: then it may listen on addresses that others reach,
    /// although it does not control access itself. The default is false.
    /// </summary>
    public bool Trusted { get; set; }

    /// <summary>Whether the operators' API is guarded.</summary>
    internal bool GuardsOperators => Operators is not null || ApiKeysFile is not null || ApiKeys.Any(key => key.Role != AccessRole.Backend);

    /// <summary>Whether the players' API is guarded.</summary>
    internal bool GuardsPlayers => BackendAuthorities is not null || Players.Count > 0 || ApiKeysFile is not null || ApiKeys.Any(key => key.Role == AccessRole.Backend);

    /// <summary>Adds what is wrong with these options.</summary>
    /// <param name="faults">Where to.</param>
    public void Check(FaultList faults)
    {
        ApiKeyOptions.Check(ApiKeys, [], faults);
        CheckFile(faults);
        faults.Check(ReloadInterval >= ShortestReload && ReloadInterval <= LongestReload, nameof(ReloadInterval), $"is {ReloadInterval}: {ShortestReload} to {LongestReload} is possible");
        Operators?.Check(faults, nameof(Operators) + ":");
        SignIn.Check(faults, nameof(SignIn) + ":");
        RateLimits.Check(faults, nameof(RateLimits) + ":");
        faults.Check(BackendAuthorities is null || Directory.Exists(BackendAuthorities), nameof(BackendAuthorities), $"is '{BackendAuthorities}', no directory that exists");
        faults.Check(Proxies.Count <= MaxProxies, nameof(Proxies), $"has {Proxies.Count} networks: {MaxProxies} are possible");
        foreach (var (index, network) in Proxies.Index()) faults.Check(IPNetwork.TryParse(network, out _), $"{nameof(Proxies)}:{index}", $"is '{network}', no network such as 10.0.0.0/8");
        faults.Check(Players.Count <= MaxIssuers, nameof(Players), $"has {Players.Count} issuers: {MaxIssuers} are possible");
        foreach (var (index, issuer) in Players.Index())
        {
            issuer.Check(faults, $"{nameof(Players)}:{index}:");
            faults.Check(Players.Take(index).All(other => other.Issuer != issuer.Issuer), $"{nameof(Players)}:{index}:{nameof(issuer.Issuer)}", "is that of another entry too");
        }
    }

    // At the start it has to be good: later there is something to keep to.
    private void CheckFile(FaultList faults)
    {
        if (ApiKeysFile is not { } file) return;
        try
        {
            ApiKeyFile.Parse(ReloadedFile<object>.Read(file), ApiKeys);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            faults.Add(nameof(ApiKeysFile), $"is '{file}', which cannot be taken: {fault.Message.TrimEnd('.')}");
        }
    }
}

/// <summary>
/// A key by which somebody is known: <c>Authorization: Bearer KEY</c>. To renew one, add the new one under the same name, change over, and take the old
/// one out.
/// </summary>
public sealed class ApiKeyOptions
{
    /// <summary>Who has the key; the audit log names changes by it. 1 to 64 letters, digits and <c>-_.@</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>Most keys of one place: there is a person behind each.</summary>
    internal const int MaxKeys = 100;

    /// <summary>Adds what is wrong with keys.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="others">Keys of another place, which none of these may be.</param>
    /// <param name="faults">Where to.</param>
    internal static void Check(IList<ApiKeyOptions> keys, IEnumerable<ApiKeyOptions> others, FaultList faults)
    {
        const string Keys = nameof(AccessOptions.ApiKeys);
        faults.Check(keys.Count <= MaxKeys, Keys, $"has {keys.Count} keys: {MaxKeys} are possible");
        var known = others.Select(key => key.Sha256).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (index, key) in keys.Take(MaxKeys).Index())
        {
            var at = $"{Keys}:{index}:";
            faults.Check(IsName(key.Name), at + nameof(Name), $"is '{Shown(key.Name)}': 1 to 64 letters, digits and -_.@ are possible");
            faults.Check(Enum.IsDefined(key.Role), at + nameof(Role), $"is {key.Role}: {string.Join(", ", Enum.GetNames<AccessRole>())} are possible");
            faults.Check(IsHash(key.Sha256), at + nameof(Sha256), "is not the SHA-256 of a key in 64 hexadecimal digits");
            faults.Check(known.Add(key.Sha256) || key.Sha256.Length == 0, at + nameof(Sha256), "is that of another key too");
        }
    }

    /// <summary>Whether a text is a hash as it is configured.</summary>
    internal static bool IsHash(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigit);

    private static string Shown(string name) => name.Length <= 80 ? name : name[..80] + "…";

    /// <summary>Whether a text may be the name of a key's, or a certificate's, owner.</summary>
    internal static bool IsName(string? name) => name is { Length: >= 1 and <= 64 } && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '@');

    /// <summary>What the key is good for. The default is <see cref="AccessRole.Viewer"/>.</summary>
    public AccessRole Role { get; set; }

    /// <summary>
    /// SHA-256 of the key, 64 hexadecimal digits: the key itself is kept by who has it alone. A key is to be random and have 128 bits at least, such as
    /// of <c>openssl rand -hex 32</c>, and no dots; then its hash need not be kept secret.
    /// </summary>
    public string Sha256 { get; set; } = "";
}

/// <summary>What a caller may do. Of the operators' roles each may do what those before it may; a game backend is none of them.</summary>
public enum AccessRole
{
    /// <summary>A game backend: everything in the players' API, for all players, and nothing in the operators'.</summary>
    Backend = -1,

    /// <summary>See everything, change nothing.</summary>
    Viewer = 0,

    /// <summary>Change what can be changed back, or has to be at three in the morning: traffic, zones, routes, sessions.</summary>
    Operator = 1,

    /// <summary>Change what cannot be taken back with one call, or concerns who may do what.</summary>
    Admin = 2,
}
