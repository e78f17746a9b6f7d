using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.SiloHost.Access;

/// <summary>
/// The OpenID Connect issuer of operators: of the tokens (JWT) that they and their programs send to the operators' API and, with a <see cref="ClientId"/>, for signing in to the
/// dashboard in the browser.
/// </summary>
public sealed class OperatorIssuerOptions : TokenIssuerOptions
{
    private const int MaxScopes = 20;

    /// <summary>Claim with who somebody is, as the audit log shall name him: one that he cannot choose himself. The default is <c>sub</c>.</summary>
    public string NameClaim { get; set; } = "sub";

    /// <summary>Claim with what somebody may do, once or as a list. The default is <c>roles</c>.</summary>
    public string RoleClaim { get; set; } = "roles";

    /// <summary>Value of <see cref="RoleClaim"/> that makes somebody a <see cref="AccessRole.Viewer"/>. The default is <c>fleetsystem-viewer</c>.</summary>
    public string ViewerRole { get; set; } = "fleetsystem-viewer";

    /// <summary>Value of <see cref="RoleClaim"/> that makes somebody an <see cref="AccessRole.Operator"/>. The default is <c>fleetsystem-operator</c>.</summary>
    public string OperatorRole { get; set; } = "fleetsystem-operator";

    /// <summary>Value of <see cref="RoleClaim"/> that makes somebody an <see cref="AccessRole.Admin"/>. The default is <c>fleetsystem-admin</c>.</summary>
    public string AdminRole { get; set; } = "fleetsystem-admin";

    /// <summary>This product's id at the issuer, for signing in in the browser (code flow with PKCE); null for none: then operators sign in with their keys. The default is null.</summary>
    public string? ClientId { get; set; }

    /// <summary>File with the client's secret; null for a client without one. The default is null.</summary>
    public string? ClientSecretFile { get; set; }

    /// <summary>What is asked for beside <c>openid</c> and <c>profile</c>, such as the scope that <see cref="RoleClaim"/> comes with. The default is none; up to 20.</summary>
    public IList<string> Scopes { get; set; } = [];

    /// <summary>What somebody may do whose claim has these values; null for nothing.</summary>
    internal AccessRole? RoleOf(IEnumerable<string> values)
    {
        var known = values.ToHashSet(StringComparer.Ordinal);
        return known.Contains(AdminRole) ? AccessRole.Admin : known.Contains(OperatorRole) ? AccessRole.Operator : known.Contains(ViewerRole) ? AccessRole.Viewer : null;
    }

    internal override void Check(FaultList faults, string at)
    {
        base.Check(faults, at);
        faults.Check(NameClaim.Length > 0, at + nameof(NameClaim), "is empty: name the claim that says who somebody is");
        faults.Check(RoleClaim.Length > 0, at + nameof(RoleClaim), "is empty: name the claim that says what somebody may do");
        foreach (var (value, key) in new[] { (ViewerRole, nameof(ViewerRole)), (OperatorRole, nameof(OperatorRole)), (AdminRole, nameof(AdminRole)) }) faults.Check(value.Length > 0, at + key, "is empty: a value of the claim is needed");
        faults.Check(new[] { ViewerRole, OperatorRole, AdminRole }.Distinct(StringComparer.Ordinal).Count() == 3, at + nameof(AdminRole), "or another of the three is the same as one of the others");
        faults.Check(ClientId is not { Length: 0 }, at + nameof(ClientId), "is empty: leave it out where nobody signs in in the browser");
        faults.Check(ClientId is null || IsSafe(Issuer), at + nameof(Issuer), $"is '{Issuer}', no https address: signing in in the browser ({nameof(ClientId)}) needs its discovery document");
        faults.Check(ClientSecretFile is null || File.Exists(ClientSecretFile), at + nameof(ClientSecretFile), $"is '{ClientSecretFile}', and there is no such file");
        faults.Check(Scopes.Count <= MaxScopes, at + nameof(Scopes), $"has {Scopes.Count} entries: {MaxScopes} are possible");
    }
}
