using FleetSystem.SiloHost.Diagnosis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace FleetSystem.SiloHost.Access;

/// <summary>Looks who is let in: whether anything guards the host, whether files of keys can be read, and whether issuers answer with keys that tokens can be checked by.</summary>
internal sealed class AccessDiagnosis(IOptions<AccessOptions> options, AccessGuard guard, ApiKeyRing keys, IConfiguration configuration) : IDiagnosis
{
    // Of what a library or another host says.
    private const int MaxTold = 300;
    private const string GuardSubject = "access control";

    public IEnumerable<DiagnosisStep> Steps()
    {
        var access = options.Value;
        yield return new(GuardSubject, _ => Task.FromResult<IReadOnlyList<Finding>>([LookAtGuard()]));
        if (access.ApiKeysFile is not null || access.ApiKeys.Count > 0) yield return new("API keys", _ => Task.FromResult<IReadOnlyList<Finding>>([.. LookAtKeys()]));
        foreach (var issuer in access.Players) yield return Issuer("players'", issuer);
        if (access.Operators is not { } operators) yield break;
        yield return Issuer("operators'", operators);
        if (operators.ClientId is not null) yield return new(SignInSubject, token => LookAtSignInAsync(operators, token));
    }

    private const string SignInSubject = "operators' sign-in";

    private Finding LookAtGuard()
    {
        var access = options.Value;
        var addresses = string.Join(", ", ListenAddresses.Of(configuration));
        if (!guard.Guards(access))
        {
            return access.Trusted
                ? new(GuardSubject, FindingState.Warning, $"guards nothing here, and Access:Trusted says that something before this host does: whoever reaches {addresses} may do everything. To have it guarded here too, give {guard.Means}.")
                : new(GuardSubject, FindingState.Passed, $"guards nothing here, and so this machine alone reaches it: {addresses} have to be addresses of loopback. To listen where others reach it, give {guard.Means}.");
        }

        return guard.HasOthers(access) || keys.Keys.Any(key => guard.IsFor(key.Role))
            ? new(GuardSubject, FindingState.Passed, $"guards {guard.Serves} at {addresses}.")
            : new(GuardSubject, FindingState.Failed, $"lets nobody use {guard.Serves}: there is no key for it, and nothing else to be known by. Give {guard.Means}.");
    }

    private IEnumerable<Finding> LookAtKeys()
    {
        const string Subject = "API keys";
        var access = options.Value;
        foreach (var (index, key) in access.ApiKeys.Index())
        {
            var at = $"{AccessOptions.Section}:{nameof(AccessOptions.ApiKeys)}:{index}";
            if (configuration[$"{at}:{nameof(ApiKeyOptions.Role)}"] is null && key.Role == AccessRole.Viewer)
                yield return new(Subject, FindingState.Warning, $"{at} ('{key.Name}') says no Role, and is a viewer's: say which is meant.");
        }

        if (access.ApiKeysFile is { } file && keys.Fault is { } fault)
            yield return new(Subject, FindingState.Failed, $"in {file} cannot be read since {fault.Since:yyyy-MM-dd HH:mm:ss}Z: {OneLine(fault.Reason)}. Those known before hold until it can, {keys.Keys.Count} with the configuration's; write the file anew, whole.");
        else
            yield return new(Subject, FindingState.Passed, $"{keys.Keys.Count}: {(keys.Keys.Count == 0 ? "none" : string.Join(", ", keys.Keys))}{(access.ApiKeysFile is null ? "" : $"; those of {access.ApiKeysFile} come and go within {access.ReloadInterval.TotalSeconds:0} s")}.");
    }

    private static DiagnosisStep Issuer(string whose, TokenIssuerOptions issuer)
    {
        var subject = $"{whose} issuer {issuer.Issuer}";
        return new(subject, async token => [issuer.KeysFile is { } file ? LookAtFile(subject, issuer, file) : await LookAtAddressAsync(subject, issuer, token)]);
    }

    private static Finding LookAtFile(string subject, TokenIssuerOptions issuer, string file)
    {
        try
        {
            return new(subject, FindingState.Passed, $"has {Count(IssuerKeyFile.Parse(issuer.Issuer, ReloadedFile<object>.Read(file)))} in {file}.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new(subject, FindingState.Failed, $"has keys in {file} that cannot be read: {OneLine(fault.Message)}. A host that runs goes on with those that it knows; write the file anew, whole: a JWK set with the public keys.");
        }
    }

    private static async Task<Finding> LookAtAddressAsync(string subject, TokenIssuerOptions issuer, CancellationToken cancellationToken)
    {
        var (found, fault) = await TryReadAsync(subject, issuer, issuer.KeysUrl is null, cancellationToken);
        if (found is null) return fault!;
        if (found.Issuer != issuer.Issuer)
            return new(subject, FindingState.Failed, $"calls itself '{OneLine(found.Issuer ?? "")}' at {issuer.KeysAddress}: its tokens will have that as iss, and be refused. Write the issuer as it writes itself.");
        return found.SigningKeys.Any(key => key is not SymmetricSecurityKey)
            ? new(subject, FindingState.Passed, $"answers with {Count(found)} at {found.JwksUri ?? issuer.KeysAddress}.")
            : new(subject, FindingState.Failed, $"serves no public key to check a token's signature with (kty RSA or EC) at {found.JwksUri ?? issuer.KeysAddress}: no token of it is taken.");
    }

    private static async Task<IReadOnlyList<Finding>> LookAtSignInAsync(OperatorIssuerOptions client, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        var (found, fault) = await TryReadAsync(SignInSubject, client, discovers: true, cancellationToken);
        if (found is null) findings.Add(fault!);
        else
        {
            var missing = new[] { ("authorization_endpoint", found.AuthorizationEndpoint), ("token_endpoint", found.TokenEndpoint) }.Where(endpoint => !TokenIssuerOptions.IsSafe(endpoint.Item2 ?? "")).Select(endpoint => endpoint.Item1).ToList();
            findings.Add(missing.Count == 0
                ? new(SignInSubject, FindingState.Passed, $"is offered by {client.Issuer} for client '{client.ClientId}'.")
                : new(SignInSubject, FindingState.Failed, $"cannot be done: the discovery document of {client.Issuer} names no {string.Join(" and no ", missing)} that is an https address. Take {nameof(client.ClientId)} out, or have the issuer mended."));
        }

        if (client.ClientSecretFile is { } file && FaultOfSecret(file) is { } unreadable)
            findings.Add(new(SignInSubject, FindingState.Failed, $"has a client secret in {file} that cannot be used: {OneLine(unreadable)}. Write the secret into it, and nothing else, and start the host anew."));
        return findings;
    }

    private static async Task<(OpenIdConnectConfiguration?, Finding?)> TryReadAsync(string subject, TokenIssuerOptions issuer, bool discovers, CancellationToken cancellationToken)
    {
        try
        {
            return (await IssuerKeys.ReadAsync(issuer, discovers, cancellationToken), null);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            var address = discovers ? IssuerKeys.DiscoveryAddress(issuer) : issuer.KeysAddress;
            return (null, new(subject, FindingState.Failed, $"cannot be read at {address}: {OneLine((fault.InnerException ?? fault).Message)} Callers with its tokens are answered 503 until it can be, unless keys were read before; look at the address, and the network between here and there."));
        }
    }

    private static string? FaultOfSecret(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim().Length > 0 ? null : "it is empty";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return fault.Message;
        }
    }

    private static string Count(OpenIdConnectConfiguration found) => found.SigningKeys.Count == 1 ? "1 key" : $"{found.SigningKeys.Count} keys";

    private static string OneLine(string text) => new([.. text.Take(MaxTold).Select(letter => char.IsControl(letter) ? ' ' : letter)]);
}
