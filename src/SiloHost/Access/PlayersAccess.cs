using System.Security.Claims;
using FleetSystem.FleetModel.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;

namespace FleetSystem.SiloHost.Access;

/// <summary>Guards the players' API: players by tokens of an issuer, game backends by keys or certificates.</summary>
public static class PlayersAccess
{
    /// <summary>Role of a player; his name is the studio's id of him.</summary>
    public const string PlayerRole = "Player";

    /// <summary>Role of everybody where the players' API is not guarded.</summary>
    public const string AnonymousRole = "Anonymous";

    private const string SelectingScheme = "PlayersApi";
    private const string TokenPrefix = "PlayerToken";

    /// <summary>
    /// Guards every endpoint of the host that does not say <c>AllowAnonymous</c>: a player or a game backend may call it. A new endpoint is guarded without a word. Without
    /// players' issuers and backends' keys everybody may, and the host has to listen where nobody else reaches it.
    /// </summary>
    public static IServiceCollection AddPlayersAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddAccessOptions(configuration, AccessGuard.Players);

        // Of the configuration itself: schemes have names, and are added before options are validated.
        var issuers = configuration.GetSection(AccessOptions.Section).Get<AccessOptions>()?.Players ?? [];
        var authentication = services.AddAuthentication(SelectingScheme);
        var tokens = new TokenSchemes(authentication, TokenPrefix, issuers, Identify);
        authentication
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, CertificateHandler>(CertificateHandler.SchemeName, null)
            .AddScheme<AnonymousOptions, AnonymousHandler>(AnonymousHandler.SchemeName, anonymous => anonymous.Role = AnonymousRole)
            .AddPolicyScheme(SelectingScheme, null, policy => policy.ForwardDefaultSelector = context => Select(context, tokens));

        // Nobody signs in here, but authentication brings the means.
        services.AddSignInKeys(null);
        services.AddAuthorizationBuilder().SetFallbackPolicy(new(
            [new Microsoft.AspNetCore.Authorization.Infrastructure.RolesAuthorizationRequirement([PlayerRole, nameof(AccessRole.Backend), AnonymousRole])], []));
        return services;
    }

    private static string Select(HttpContext context, TokenSchemes tokens)
    {
        var access = context.RequestServices.GetRequiredService<IOptionsMonitor<AccessOptions>>().CurrentValue;
        if (!access.GuardsPlayers) return AnonymousHandler.SchemeName;
        if (BearerCredential.Of(context.Request) is { } credential) return tokens.SchemeOf(credential) ?? ApiKeyHandler.SchemeName;
        return access.BackendAuthorities is not null && context.Connection.ClientCertificate is not null ? CertificateHandler.SchemeName : ApiKeyHandler.SchemeName;
    }

    private static IEnumerable<Claim>? Identify(JsonWebToken token) =>
        PlayerIds.IsPossible(token.Subject) ? [new Claim(ClaimTypes.Name, token.Subject), new Claim(ClaimTypes.Role, PlayerRole)] : null;
}
