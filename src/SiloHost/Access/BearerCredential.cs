using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;

namespace FleetSystem.SiloHost.Access;

/// <summary>Reads <c>Authorization: Bearer CREDENTIAL</c>.</summary>
internal static class BearerCredential
{
    /// <summary>The credential, or null when the request has none.</summary>
    public static string? Of(HttpRequest request) =>
        AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header)
        && header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) && header.Parameter is { Length: > 0 } credential ? credential : null;
}
