using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace FleetSystem.GameServer.Join;

/// <summary>Reads the public keys that join tokens are signed with from a JWK set (RFC 7517), P-256 only.</summary>
internal static class JoinKeys
{
    /// <summary>Most keys taken from a file: a signer in rotation has two or three.</summary>
    private const int KeysMax = 16;

    /// <exception cref="InvalidDataException">The file has no usable key; the message says what is wrong with it.</exception>
    public static IReadOnlyList<ECDsaSecurityKey> Read(string path)
    {
        var keys = new List<ECDsaSecurityKey>();
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("keys", out var set) || set.ValueKind != JsonValueKind.Array)
                throw new InvalidDataException($"{path} is not a JWK set: it takes {{\"keys\": [...]}}");

            foreach (var key in set.EnumerateArray().Take(KeysMax))
            {
                if (Text(key, "kty") == "EC" && Text(key, "crv") == "P-256")
                    keys.Add(Import(key));
            }
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException or CryptographicException or FormatException)
        {
            throw new InvalidDataException($"{path} cannot be read as a JWK set: {exception.Message}", exception);
        }

        return keys.Count > 0 ? keys : throw new InvalidDataException($"{path} has no key of type EC, curve P-256: put the signer's public key there");
    }

    /// <summary>Reads the keys, or adds what is wrong to the problems.</summary>
    public static IReadOnlyList<ECDsaSecurityKey> TryRead(string path, ICollection<string> problems)
    {
        try
        {
            return Read(path);
        }
        catch (InvalidDataException exception)
        {
            problems.Add($"GAMESERVER_JOIN_KEYS_FILE: {exception.Message}");
            return [];
        }
    }

    private static ECDsaSecurityKey Import(JsonElement key)
    {
        // A private part, should somebody put one there, is not read: a verifier must not be able to sign.
        var ecdsa = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = { X = Base64UrlEncoder.DecodeBytes(Text(key, "x")), Y = Base64UrlEncoder.DecodeBytes(Text(key, "y")) },
        });
        return new ECDsaSecurityKey(ecdsa) { KeyId = Text(key, "kid") };
    }

    private static string Text(JsonElement key, string name) =>
        key.ValueKind == JsonValueKind.Object && key.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
