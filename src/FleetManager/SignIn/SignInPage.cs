using System.Net;
using FleetSystem.SiloHost.Access;
using Microsoft.AspNetCore.Antiforgery;

namespace FleetSystem.FleetManager.SignIn;

/// <summary>The page to sign in at: without scripts, and whole by itself.</summary>
internal static class SignInPage
{
    private const string Style = """
        :root{color-scheme:dark light}
        body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}
        main{width:min(24rem,calc(100vw - 3rem))}
        h1{font-size:1.4rem;margin:0 0 .25rem}
        p{margin:.25rem 0 1rem}
        label{display:block;font-weight:600;margin-bottom:.25rem}
        input,button,a.button{box-sizing:border-box;width:100%;font:inherit;padding:.65rem .75rem;border-radius:.4rem;border:1px solid GrayText}
        button,a.button{margin-top:1rem;border:0;background:#2457d6;color:#fff;font-weight:600;cursor:pointer;display:block;text-align:center;text-decoration:none}
        :focus-visible{outline:3px solid #7aa2ff;outline-offset:2px}
        .fault{border-left:4px solid #d33;padding:.4rem .75rem}
        """;

    private static readonly string ContentPolicy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Style)))}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>What a fault is told as; null for none that is known.</summary>
    public static string? TextOf(string? fault) => fault switch
    {
        "key" => "This is no operator's key.",
        "form" => "The page was too old. Try again.",
        "role" => "You are known, but have none of the roles viewer, operator and admin here.",
        "issuer" => "Signing in did not work. Try again.",
        _ => null,
    };

    /// <summary>The page.</summary>
    /// <param name="context">The request.</param>
    /// <param name="tokens">Antiforgery tokens for the form with a key; null to sign in at the issuer.</param>
    /// <param name="returnUrl">Where to go then.</param>
    /// <param name="fault">What went wrong, or null.</param>
    /// <param name="status">Status of the answer.</param>
    public static IResult Show(HttpContext context, AntiforgeryTokenSet? tokens, string returnUrl, string? fault, int status = StatusCodes.Status200OK)
    {
        context.Response.Headers.ContentSecurityPolicy = ContentPolicy;
        context.Response.Headers.CacheControl = "no-store";
        var ways = tokens is null
            ? $"""<a class="button" href="{SignInEndpoints.OpenIdPath}?{SignInEndpoints.ReturnField}={Uri.EscapeDataString(returnUrl)}">Sign in</a>"""
            : $"""
               <form method="post" action="{OperatorsAccess.SignInPath}">
               <label for="key">Operator's key</label>
               <input id="key" name="{SignInEndpoints.KeyField}" type="password" autocomplete="current-password" required autofocus>
               <input type="hidden" name="{SignInEndpoints.ReturnField}" value="{WebUtility.HtmlEncode(returnUrl)}">
               <input type="hidden" name="{tokens.FormFieldName}" value="{WebUtility.HtmlEncode(tokens.RequestToken)}">
               <button>Sign in</button>
               </form>
               """;
        return TypedResults.Text(
            $"""
             <!DOCTYPE html>
             <html lang="en">
             <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Sign in - FleetSystem</title><style>{Style}</style></head>
             <body><main>
             <h1>FleetSystem</h1>
             <p>Operators sign in here.</p>
             {(fault is null ? "" : $"<p class=\"fault\" role=\"alert\">{WebUtility.HtmlEncode(fault)}</p>")}
             {ways}
             </main></body>
             </html>
             """,
            "text/html; charset=utf-8",
            statusCode: status);
    }
}
