using System.Globalization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace FleetSystem.Matchmaker.Access;

/// <summary>Tells in the OpenAPI document how callers say who they are, and how they are refused.</summary>
internal static class OpenApiAccess
{
    private const string Scheme = "bearer";

    /// <summary>Adds the scheme, and the answer of every call without a credential.</summary>
    public static OpenApiOptions DescribeAccess(this OpenApiOptions openApi)
    {
        openApi.AddDocumentTransformer((document, _, _) =>
        {
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Scheme] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = Scheme,
                    Description = "A player's token (JWT) of the studio's issuer, or a game backend's key. A player reaches only what he is in himself; what he is not in reads like what does not exist. Route reports take the session's join token in its place.",
                },
            };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
            return Task.CompletedTask;
        });
        return openApi.AddOperationTransformer((operation, _, _) =>
        {
            (operation.Responses ??= []).TryAdd(StatusCodes.Status401Unauthorized.ToString(CultureInfo.InvariantCulture), new OpenApiResponse { Description = "Unauthorized" });
            return Task.CompletedTask;
        });
    }
}
