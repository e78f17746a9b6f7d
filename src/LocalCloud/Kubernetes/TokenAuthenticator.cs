using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>Lets in who shows the cluster's bearer token; who shows none is <c>system:anonymous</c>, who may do nothing.</summary>
internal sealed class TokenAuthenticator(string? token)
{
    private readonly byte[]? _expected = token is null ? null : Encoding.UTF8.GetBytes("Bearer " + token);

    /// <exception cref="ApiException">401 for a wrong token, 403 without one.</exception>
    public void Check(HttpRequest request, ApiRequest? target)
    {
        if (_expected is null) return;
        var shown = request.Headers.Authorization.ToString();
        if (shown.Length > 0)
        {
            if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(shown), _expected)) throw ApiException.Unauthorized();
            return;
        }

        throw target is null ? ForbiddenPath(request) : Forbidden(target);
    }

    private static ApiException ForbiddenPath(HttpRequest request)
    {
        var verb = request.Method.ToLowerInvariant();
        return new ApiException(403, "Forbidden",
            $"forbidden: User \"system:anonymous\" cannot {verb} path \"{request.Path}\"", new JsonObject());
    }

    private static ApiException Forbidden(ApiRequest target)
    {
        var resource = target.Group.Length == 0 ? target.Resource : $"{target.Resource}.{target.Group}";
        var full = target.Subresource is null ? target.Resource : $"{target.Resource}/{target.Subresource}";
        var subject = target.Name is null ? resource : $"{resource} \"{target.Name}\"";
        var scope = target.Namespace is null ? "at the cluster scope" : $"in the namespace \"{target.Namespace}\"";
        var details = new JsonObject();
        if (target.Name is not null) details["name"] = target.Name;
        if (target.Group.Length > 0) details["group"] = target.Group;
        details["kind"] = target.Resource;
        return new ApiException(403, "Forbidden",
            $"{subject} is forbidden: User \"system:anonymous\" cannot {target.Verb} resource \"{full}\" in API group \"{target.Group}\" {scope}", details);
    }
}
