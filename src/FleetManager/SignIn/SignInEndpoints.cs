using FleetSystem.SiloHost.Access;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;

namespace FleetSystem.FleetManager.SignIn;

/// <summary>
/// Signing in to the dashboard: at the operators' issuer where it is configured, else with an operator's key. What comes of it is a cookie that no script can read, with who somebody is and
/// what he may do.
/// </summary>
internal static partial class SignInEndpoints
{
    /// <summary>Path to sign in at the issuer.</summary>
    public const string OpenIdPath = OperatorsAccess.SignInPath + "/openid";

    /// <summary>Path that signs out, by POST with an antiforgery token.</summary>
    public const string SignOutPath = "/logout";

    /// <summary>Field of the form with the key.</summary>
    public const string KeyField = "key";

    /// <summary>Field of the form, and parameter, with where to go then.</summary>
    public const string ReturnField = "returnUrl";

    // A key, a path and an antiforgery token.
    private const int MaxFormBytes = 8 * 1024;
    private const int MaxReturnLength = 2048;

    /// <summary>Adds what it needs.</summary>
    public static IServiceCollection AddSignIn(this IServiceCollection services) => services.AddAntiforgery(antiforgery =>
    {
        antiforgery.Cookie.Name = "fleetsystem-antiforgery";

        // It would say SAMEORIGIN, where all answers say DENY.
        antiforgery.SuppressXFrameOptionsHeader = true;
        antiforgery.Cookie.HttpOnly = true;
        antiforgery.Cookie.SameSite = SameSiteMode.Strict;
        antiforgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
    });

    /// <summary>Maps the page and what it sends to. After access control.</summary>
    public static void Map(WebApplication app)
    {
        app.MapGet(OperatorsAccess.SignInPath, (HttpContext context, IAntiforgery antiforgery, string? returnUrl, string? fault) =>
            SignInPage.Show(context, OperatorsAccess.HasOpenIdSignIn(context) ? null : antiforgery.GetAndStoreTokens(context), ReturnTo(returnUrl), SignInPage.TextOf(fault))).AllowAnonymous().ExcludeFromDescription();
        app.MapPost(OperatorsAccess.SignInPath, SignInAsync).RequireRateLimiting(RateLimits.SignIns).AllowAnonymous().ExcludeFromDescription();
        app.MapGet(OpenIdPath, GoToIssuer).AllowAnonymous().ExcludeFromDescription();
        app.MapPost(SignOutPath, SignOutAsync).RequireAuthorization(AccessPolicies.Viewer).ExcludeFromDescription();
    }

    /// <summary>Where to go after signing in: a path of this host, whatever was asked for.</summary>
    internal static string ReturnTo(string? asked) =>
        asked is { Length: >= 1 and <= MaxReturnLength } && asked[0] == '/' && (asked.Length == 1 || asked[1] is not ('/' or '\\')) && !asked.Any(letter => char.IsControl(letter) || letter == '\\') ? asked : "/";

    private static IResult GoToIssuer(HttpContext context, string? returnUrl) => OperatorsAccess.HasOpenIdSignIn(context)
        ? TypedResults.Challenge(new AuthenticationProperties { RedirectUri = ReturnTo(returnUrl) }, [OperatorsAccess.OpenIdScheme])
        : TypedResults.NotFound();

    private static async Task<IResult> SignInAsync(HttpContext context, IAntiforgery antiforgery, ILogger<SignInLog> log)
    {
        if (OperatorsAccess.HasOpenIdSignIn(context)) return TypedResults.NotFound();
        if (await ReadAsync(context, antiforgery) is not { } form) return SignInPage.Show(context, antiforgery.GetAndStoreTokens(context), "/", SignInPage.TextOf("form"), StatusCodes.Status400BadRequest);
        var to = ReturnTo(form[ReturnField]);
        if (await OperatorsAccess.SignInAsync(context, form[KeyField].ToString().Trim())) return TypedResults.LocalRedirect(to);
        LogRefused(log, context.Connection.RemoteIpAddress?.ToString() ?? "unknown");
        return SignInPage.Show(context, antiforgery.GetAndStoreTokens(context), to, SignInPage.TextOf("key"), StatusCodes.Status401Unauthorized);
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (await ReadAsync(context, antiforgery) is null) return TypedResults.Problem("Send the form of the page: its antiforgery token is missing or not valid.", statusCode: StatusCodes.Status400BadRequest);
        await context.SignOutAsync(OperatorsAccess.CookieScheme);
        return TypedResults.LocalRedirect(OperatorsAccess.SignInPath);
    }

    /// <summary>The form, or null when it is none, is too large, or does not come from the page.</summary>
    private static async Task<IFormCollection?> ReadAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaxFormBytes;
        if (!context.Request.HasFormContentType) return null;
        try
        {
            return await antiforgery.IsRequestValidAsync(context) ? await context.Request.ReadFormAsync(context.RequestAborted) : null;
        }
        catch (Exception fault) when (fault is AntiforgeryValidationException or InvalidDataException or BadHttpRequestException)
        {
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Somebody at {Address} tried to sign in with a key that is no operator's")]
    private static partial void LogRefused(ILogger logger, string address);

    /// <summary>Category of the log.</summary>
    internal sealed class SignInLog;
}
