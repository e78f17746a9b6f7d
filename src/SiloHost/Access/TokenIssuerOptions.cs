using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.SiloHost.Access;

/// <summary>
/// Who issues tokens (JWT, signed with a private key), and where the public halves of its keys are: at <see cref="KeysUrl"/>, in <see cref="KeysFile"/>, or, where
/// neither is given, where the issuer's own OpenID Connect discovery document says.
/// </summary>
public class TokenIssuerOptions
{
    private static readonly TimeSpan MaxClockSkew = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MinKeysAge = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MaxKeysAge = TimeSpan.FromDays(1);

    /// <summary>The issuer, as the tokens' <c>iss</c> has it; an https address where its keys are found by discovery.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>Whom the tokens are for, as their <c>aud</c> has it.</summary>
    public string Audience { get; set; } = "";

    /// <summary>https address of the issuer's public keys, a JWK set (http on loopback only), or null. The default is null.</summary>
    public string? KeysUrl { get; set; }

    /// <summary>
    /// File with the public keys, a JWK set, or null: for an issuer that serves none, such as a key of one's own. It is looked at each <see cref="AccessOptions.ReloadInterval"/>, and what it said last holds
    /// while it cannot be read or is none. The default is null.
    /// </summary>
    public string? KeysFile { get; set; }

    /// <summary>How far clocks may differ when it is decided whether a token has expired. The default is 30 seconds; 0 to 5 minutes.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Time after which keys that an issuer serves are read anew: how long one that was withdrawn is still taken. A token with a key that is not known makes them be read sooner. The default
    /// is 15 minutes; 5 minutes to 1 day.
    /// </summary>
    public TimeSpan KeysRefreshInterval { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Where the keys are read.</summary>
    internal string KeysAddress => KeysFile ?? KeysUrl ?? IssuerKeys.DiscoveryAddress(this);

    /// <summary>Adds what is wrong with these options.</summary>
    internal virtual void Check(FaultList faults, string at)
    {
        faults.Check(Issuer.Length > 0, at + nameof(Issuer), "is empty: name the iss of the tokens");
        faults.Check(Audience.Length > 0, at + nameof(Audience), "is empty: name the aud of the tokens, so that tokens for something else are not taken");
        faults.Check(KeysUrl is null || KeysFile is null, at + nameof(KeysFile), $"is given, and so is {nameof(KeysUrl)}: the keys are in one place");
        faults.Check(KeysUrl is null || IsSafe(KeysUrl), at + nameof(KeysUrl), $"is '{KeysUrl}': https addresses are possible, and http on loopback");
        faults.Check(KeysFile is null || File.Exists(KeysFile), at + nameof(KeysFile), $"is '{KeysFile}', and there is no such file");
        faults.Check(KeysUrl is not null || KeysFile is not null || Issuer.Length == 0 || IsSafe(Issuer), at + nameof(Issuer), $"is '{Issuer}', no https address to find the keys by: give {nameof(KeysUrl)} or {nameof(KeysFile)}");
        faults.Check(ClockSkew >= TimeSpan.Zero && ClockSkew <= MaxClockSkew, at + nameof(ClockSkew), $"is {ClockSkew}: 0 to {MaxClockSkew} is possible");
        faults.Check(KeysRefreshInterval >= MinKeysAge && KeysRefreshInterval <= MaxKeysAge, at + nameof(KeysRefreshInterval), $"is {KeysRefreshInterval}: {MinKeysAge} to {MaxKeysAge} is possible");
    }

    /// <summary>Whether what comes from there cannot be changed on its way.</summary>
    internal static bool IsSafe(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback));
}
