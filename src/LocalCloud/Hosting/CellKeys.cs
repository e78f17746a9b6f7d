using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace FleetSystem.LocalCloud.Hosting;

/// <summary>The throw-away secrets of a local cell, made at the first start and kept in its data directory.</summary>
internal static class CellKeys
{
    /// <summary>Makes the join tokens' signing key unless it is there, and its public half as a JWK set for the game servers.</summary>
    public static (string SigningKeyFile, string JoinKeysFile) EnsureJoinKeys(string directory)
    {
        var signing = Path.Combine(directory, "join-signing-key.pem");
        var joining = Path.Combine(directory, "join-keys.json");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (File.Exists(signing)) key.ImportFromPem(File.ReadAllText(signing));
        else WriteSecret(signing, key.ExportPkcs8PrivateKeyPem());

        using var open = ECDsa.Create(key.ExportParameters(includePrivateParameters: false));
        var security = new ECDsaSecurityKey(open);
        security.KeyId = Base64UrlEncoder.Encode(security.ComputeJwkThumbprint());
        var jwk = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(security);
        File.WriteAllText(joining, JsonSerializer.Serialize(new
        {
            keys = new[] { new { kty = jwk.Kty, crv = jwk.Crv, x = jwk.X, y = jwk.Y, kid = security.KeyId, use = "sig", alg = SecurityAlgorithms.EcdsaSha256 } },
        }));
        return (signing, joining);
    }

    /// <summary>A secret text of a file, made at random unless it is there.</summary>
    public static string EnsureSecret(string file)
    {
        if (!File.Exists(file)) WriteSecret(file, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20)));
        return File.ReadAllText(file).Trim();
    }

    /// <summary>Writes a file that only its owner can read.</summary>
    public static void WriteSecret(string file, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new StreamWriter(file, options);
        stream.Write(text);
    }
}
