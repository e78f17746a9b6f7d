using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>Checks AWS Signature Version 4 of a request, as AWS does.</summary>
internal static class AwsSignature
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string Service = "globalaccelerator";
    private const string Region = "us-west-2";

    /// <summary>Checks the signature.</summary>
    /// <exception cref="GlobalAcceleratorException">The request is not signed, or not by the user, or not now, or not for this service.</exception>
    public static void Verify(HttpRequest request, ReadOnlySpan<byte> body, GlobalAcceleratorOptions options, DateTimeOffset now)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.Length == 0)
            throw Refused("MissingAuthenticationTokenException", "The request has no Authorization header; sign it.");
        if (!header.StartsWith(Algorithm, StringComparison.Ordinal))
            throw Refused("IncompleteSignatureException", $"The Authorization header must begin with {Algorithm}.");

        var parts = header[Algorithm.Length..].Split(',', StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2))
            .Where(part => part.Length == 2)
            .GroupBy(part => part[0].Trim())
            .ToDictionary(part => part.Key, part => part.First()[1]);
        if (!parts.TryGetValue("Credential", out var credential) || !parts.TryGetValue("SignedHeaders", out var signedHeaders)
            || !parts.TryGetValue("Signature", out var signature))
        {
            throw Refused("IncompleteSignatureException", "The Authorization header needs Credential, SignedHeaders and Signature.");
        }

        var date = request.Headers["X-Amz-Date"].ToString();
        if (!DateTimeOffset.TryParseExact(
            date, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signedAt))
        {
            throw Refused("IncompleteSignatureException", "The X-Amz-Date header must be a time such as 20180808T120000Z.");
        }

        var scope = credential.Split('/');
        if (scope.Length != 5)
            throw Refused("IncompleteSignatureException", "Credential must be key/date/region/service/aws4_request.");
        if (scope[0] != options.AccessKeyId)
            throw Refused("UnrecognizedClientException", "The access key id is not known.");
        if (scope[1] != date[..8] || scope[2] != Region || scope[3] != Service || scope[4] != "aws4_request")
            throw Refused("InvalidSignatureException", $"Credential should be scoped to {date[..8]}/{Region}/{Service}/aws4_request.");
        if (options.ClockSkewMax != Timeout.InfiniteTimeSpan && (now - signedAt).Duration() > options.ClockSkewMax)
            throw Refused("InvalidSignatureException", $"Signature expired: {date} is more than {options.ClockSkewMax} away from {now:yyyyMMddTHHmmssZ}.");

        var names = signedHeaders.Split(';');
        if (!names.Contains("host") || !names.Contains("x-amz-date"))
            throw Refused("InvalidSignatureException", "The headers host and x-amz-date must be signed.");

        var canonical = CanonicalRequest(request, names, signedHeaders, body);
        var expected = Sign(options.SecretAccessKey, scope, date, canonical);
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.ASCII.GetBytes(signature)))
        {
            throw Refused(
                "InvalidSignatureException", "The signature that was calculated for the request is not the one that it carries. Check the secret access key.");
        }
    }

    private static string CanonicalRequest(HttpRequest request, string[] names, string signedHeaders, ReadOnlySpan<byte> body)
    {
        var rawPath = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget.Split('?')[0] ?? "/";
        var query = request.Query
            .SelectMany(pair => pair.Value, (pair, value) => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(value ?? "")}")
            .Order(StringComparer.Ordinal);
        var text = new StringBuilder();
        text.Append(request.Method).Append('\n').Append(rawPath).Append('\n').AppendJoin('&', query).Append('\n');
        foreach (var name in names)
            text.Append(name).Append(':').Append(CanonicalValue(request.Headers[name].ToString())).Append('\n');
        text.Append('\n').Append(signedHeaders).Append('\n').Append(Hex(SHA256.HashData(body)));
        return text.ToString();
    }

    private static string CanonicalValue(string value) => string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string Sign(string secret, string[] scope, string date, string canonicalRequest)
    {
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in scope.AsSpan(1))
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        var text = $"{Algorithm}\n{date}\n{string.Join('/', scope[1..])}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonicalRequest)))}";
        return Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static GlobalAcceleratorException Refused(string error, string message) => new(error, message, StatusCodes.Status403Forbidden);
}
