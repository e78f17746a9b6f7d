using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace FleetSystem.SiloHost.Access;

/// <summary>
/// Guards what operators reach: the API by keys and by tokens (JWT) of their issuer, the dashboard by a sign-in, which is kept in a cookie. Who somebody is and what he may do are the same
/// claims in each case: a name, and one of the roles viewer, operator and admin.
/// </summary>
public static partial class OperatorsAccess
{
    /// <summary>Scheme of the sign-in in the browser.</summary>
    public const string CookieScheme = "SignIn";

    /// <summary>Scheme of signing in at the operators' issuer; there only where it is configured.</summary>
    public const string OpenIdScheme = "OpenIdConnect";

    /// <summary>Path of the page to sign in at.</summary>
    public const string SignInPath = "/login";

    private const string SelectingScheme = "OperatorsApi";
    private const string TokenPrefix = "OperatorToken";
    private const string CookieName = "fleetsystem-sign-in";
    private const int MaxNameLength = 128;
    private const int MaxReasonLength = 500;

    // Of a sign-in: when it began.
    private const string BeganItem = "began";

    /// <summary>
    /// Guards every endpoint of the host that says nothing of it: to read takes a viewer, to change an operator. A new endpoint is guarded without a word; one that wants it otherwise names a
    /// policy of <see cref="AccessPolicies"/>, or <c>AllowAnonymous</c>.
    /// </summary>
    public static IServiceCollection AddOperatorsAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddAccessOptions(configuration, AccessGuard.Operators);

        // Of the configuration itself: schemes have names, and are added before options are validated.
        var options = configuration.GetSection(AccessOptions.Section).Get<AccessOptions>() ?? new AccessOptions();
        var authentication = services.AddAuthentication(SelectingScheme);
        var tokens = new TokenSchemes(authentication, TokenPrefix, options.Operators is { Audience.Length: > 0 } issuer ? [issuer] : [], token => Identify(token.Claims, options.Operators!));
        authentication
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null)
            .AddScheme<AnonymousOptions, AnonymousHandler>(AnonymousHandler.SchemeName, anonymous => anonymous.Role = nameof(AccessRole.Admin))
            .AddCookie(CookieScheme, cookie => Configure(cookie, options))
            .AddPolicyScheme(SelectingScheme, null, policy => policy.ForwardDefaultSelector = context => Select(context, tokens));
        if (options.Operators is { ClientId.Length: > 0 } client) authentication.AddOpenIdConnect(OpenIdScheme, openId => Configure(openId, client));
        services.AddSignInKeys(options.SignIn.KeysDirectory);
        services.AddAuthorizationBuilder()
            .AddPolicy(AccessPolicies.Viewer, policy => policy.RequireRole(AccessPolicies.RolesFor(AccessRole.Viewer)))
            .AddPolicy(AccessPolicies.Operator, policy => policy.RequireRole(AccessPolicies.RolesFor(AccessRole.Operator)))
            .AddPolicy(AccessPolicies.Admin, policy => policy.RequireRole(AccessPolicies.RolesFor(AccessRole.Admin)))
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().AddRequirements(new ByMethod()).Build());
        return services.AddSingleton<IAuthorizationHandler, ByMethodHandler>();
    }

    /// <summary>Whether operators sign in at their issuer; else they do so with a key.</summary>
    public static bool HasOpenIdSignIn(HttpContext context) => context.RequestServices.GetRequiredService<IOptionsMonitor<AccessOptions>>().CurrentValue.Operators?.ClientId is not null;

    /// <summary>Signs the owner of an operator's key in.</summary>
    /// <returns>False when it is no operator's key.</returns>
    public static async Task<bool> SignInAsync(HttpContext context, string key)
    {
        var keys = context.RequestServices.GetRequiredService<ApiKeyRing>();
        if (key.Length > ApiKeyHandler.MaxKeyLength || keys.Find(key) is not { Role: not AccessRole.Backend } found) return false;
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, found.Name), new Claim(ClaimTypes.Role, found.Role.ToString()), new Claim(ApiKeyRing.IdClaim, found.Id)], CookieScheme);
        await context.SignInAsync(CookieScheme, new ClaimsPrincipal(identity), new AuthenticationProperties());
        return true;
    }

    private static string Select(HttpContext context, TokenSchemes tokens)
    {
        if (!context.RequestServices.GetRequiredService<IOptionsMonitor<AccessOptions>>().CurrentValue.GuardsOperators) return AnonymousHandler.SchemeName;
        return BearerCredential.Of(context.Request) is { } credential ? tokens.SchemeOf(credential) ?? ApiKeyHandler.SchemeName : CookieScheme;
    }

    /// <summary>Whether somebody looks at a page in a browser, who can be shown where to sign in.</summary>
    private static bool IsPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase) && !request.Headers.ContainsKey("Upgrade");

    private static List<Claim>? Identify(IEnumerable<Claim> claims, OperatorIssuerOptions issuer)
    {
        var all = claims.ToList();
        if (all.FirstOrDefault(claim => claim.Type == issuer.NameClaim)?.Value is not { Length: > 0 and <= MaxNameLength } name || name.Any(char.IsControl)) return null;
        var role = issuer.RoleOf(all.Where(claim => claim.Type == issuer.RoleClaim).Select(claim => claim.Value));
        return [new Claim(ClaimTypes.Name, name), .. role is { } held ? [new Claim(ClaimTypes.Role, held.ToString())] : Array.Empty<Claim>()];
    }

    private static void Configure(CookieAuthenticationOptions cookie, AccessOptions options)
    {
        cookie.Cookie.Name = CookieName;
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;

        // Whoever comes back from the issuer comes from another site: with Strict he would be unknown on the page that he is sent to.
        cookie.Cookie.SameSite = options.Operators?.ClientId is null ? SameSiteMode.Strict : SameSiteMode.Lax;
        cookie.ExpireTimeSpan = options.SignIn.IdleTimeout;
        cookie.SlidingExpiration = true;
        cookie.LoginPath = SignInPath;
        cookie.ReturnUrlParameter = "returnUrl";
        cookie.Events = new CookieAuthenticationEvents
        {
            OnSigningIn = context =>
            {
                context.Properties.Items[BeganItem] = Clock(context.HttpContext).GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
                return Task.CompletedTask;
            },
            OnValidatePrincipal = async context =>
            {
                var access = context.HttpContext.RequestServices.GetRequiredService<IOptionsMonitor<AccessOptions>>().CurrentValue;
                var isOld = !long.TryParse(context.Properties.Items[BeganItem], out var began)
                    || Clock(context.HttpContext).GetUtcNow() >= DateTimeOffset.FromUnixTimeSeconds(began) + access.SignIn.MaxLifetime;
                if (!isOld && context.Principal is { } user && context.HttpContext.RequestServices.GetRequiredService<ApiKeyRing>().IsStillKnown(user)) return;
                context.RejectPrincipal();
                await context.HttpContext.SignOutAsync(CookieScheme);
            },
            OnRedirectToLogin = context =>
            {
                if (IsPage(context.Request)) context.Response.Redirect(context.RedirectUri);
                else
                {
                    context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                    context.Response.Headers.WWWAuthenticate = "Bearer";
                }

                return Task.CompletedTask;
            },
            OnRedirectToAccessDenied = context =>
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            },
        };
    }

    private static void Configure(OpenIdConnectOptions openId, OperatorIssuerOptions client)
    {
        openId.Authority = client.Issuer;
        openId.ConfigurationManager = IssuerKeys.Discovery(client);
        openId.RequireHttpsMetadata = false; // What is possible was checked with the options: https, and http on loopback.
        openId.ClientId = client.ClientId;
        openId.ClientSecret = client.ClientSecretFile is { } file ? File.ReadAllText(file).Trim() : null;
        openId.SignInScheme = CookieScheme;
        openId.ResponseType = OpenIdConnectResponseType.Code;
        openId.ResponseMode = OpenIdConnectResponseMode.Query;
        openId.MapInboundClaims = false;
        foreach (var scope in client.Scopes) openId.Scope.Add(scope);
        openId.SaveTokens = false;
        openId.NonceCookie.SameSite = openId.CorrelationCookie.SameSite = SameSiteMode.Lax;
        openId.NonceCookie.SecurePolicy = openId.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        openId.Events = new OpenIdConnectEvents
        {
            OnTokenValidated = context =>
            {
                if (Identify(context.Principal!.Claims, client) is { Count: > 1 } claims)
                {
                    context.Principal = new ClaimsPrincipal(new ClaimsIdentity(claims, OpenIdScheme));
                    context.Properties = new AuthenticationProperties { RedirectUri = context.Properties?.RedirectUri };
                    return Task.CompletedTask;
                }

                context.Response.Redirect(SignInPath + "?fault=role");
                context.HandleResponse();
                return Task.CompletedTask;
            },
            OnRemoteFailure = context =>
            {
                LogFailed(context.HttpContext.RequestServices.GetRequiredService<ILogger<SignInOptions>>(), client.Issuer, OneLine(context.Failure?.Message ?? ""));
                context.Response.Redirect(SignInPath + "?fault=issuer");
                context.HandleResponse();
                return Task.CompletedTask;
            },
        };
    }

    private static TimeProvider Clock(HttpContext context) => context.RequestServices.GetRequiredService<TimeProvider>();

    // It may be what came with the answer, and so whatever somebody wants in our log.
    private static string OneLine(string text) => new([.. text.Take(MaxReasonLength).Select(letter => char.IsControl(letter) ? ' ' : letter)]);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Signing in at {Issuer} did not work: {Reason}")]
    private static partial void LogFailed(ILogger logger, string issuer, string reason);

    /// <summary>To read takes a viewer, to change an operator.</summary>
    private sealed class ByMethod : IAuthorizationRequirement;

    private sealed class ByMethodHandler : AuthorizationHandler<ByMethod>
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ByMethod requirement)
        {
            var method = (context.Resource as HttpContext)?.Request.Method ?? "";
            var needed = HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? AccessRole.Viewer : AccessRole.Operator;
            if (AccessPolicies.RolesFor(needed).Any(context.User.IsInRole)) context.Succeed(requirement);
            return Task.CompletedTask;
        }
    }
}
