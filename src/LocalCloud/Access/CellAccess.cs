using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.SiloHost.Access;

namespace FleetSystem.LocalCloud.Access;

/// <summary>
/// The throw-away credentials of a local cell, new at each start: an operator's key, a viewer's, a game backend's, and an issuer of players' tokens. The hosts are told hashes and the
/// public key alone. For other processes of the same user they are in files that nobody else can read.
/// </summary>
internal sealed class CellAccess : IDisposable
{
    private const string Issuer = "localcloud";
    private const string Audience = "fleetsystem-players";
    private const string OperatorName = "localcloud-operator";
    private const string ViewerName = "localcloud-viewer";
    private const string BackendName = "localcloud-backend";

    // Longer than anybody plays with it in one go.
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(12);

    private readonly TokenIssuer _players;
    private readonly string _keysFile;

    private CellAccess(string directory, TimeProvider time)
    {
        (OperatorKey, ViewerKey, BackendKey) = (NewKey(), NewKey(), NewKey());
        _players = new TokenIssuer(Issuer, Audience, time);
        (OperatorKeyFile, BackendKeyFile, _keysFile) = (Path.Combine(directory, "operator-key"), Path.Combine(directory, "backend-key"), Path.Combine(directory, "players-keys.json"));
        ViewerKeyFile = Path.Combine(directory, "viewer-key");
        Directory.CreateDirectory(directory);
        CellKeys.WriteSecret(OperatorKeyFile, OperatorKey);
        CellKeys.WriteSecret(ViewerKeyFile, ViewerKey);
        CellKeys.WriteSecret(BackendKeyFile, BackendKey);
        CellKeys.WriteSecret(Path.Combine(directory, "players-signing-key.pem"), _players.Pem);
        File.WriteAllText(_keysFile, _players.KeySet);
    }

    /// <summary>Key of an operator who may do everything.</summary>
    public string OperatorKey { get; }

    /// <summary>File that has it.</summary>
    public string OperatorKeyFile { get; }

    /// <summary>Key of somebody who may see what operators see, and change nothing.</summary>
    public string ViewerKey { get; }

    /// <summary>File that has it.</summary>
    public string ViewerKeyFile { get; }

    /// <summary>Key of a game backend.</summary>
    public string BackendKey { get; }

    /// <summary>File that has it.</summary>
    public string BackendKeyFile { get; }

    /// <summary>The hosts' section <see cref="AccessOptions.Section"/>.</summary>
    public JsonObject Configuration => new()
    {
        ["ApiKeys"] = new JsonArray(
            new JsonObject { ["Name"] = OperatorName, ["Role"] = nameof(AccessRole.Admin), ["Sha256"] = Hash(OperatorKey) },
            new JsonObject { ["Name"] = ViewerName, ["Role"] = nameof(AccessRole.Viewer), ["Sha256"] = Hash(ViewerKey) },
            new JsonObject { ["Name"] = BackendName, ["Role"] = nameof(AccessRole.Backend), ["Sha256"] = Hash(BackendKey) }),
        ["Players"] = new JsonArray(new JsonObject { ["Issuer"] = Issuer, ["Audience"] = Audience, ["KeysFile"] = _keysFile }),
    };

    /// <summary>Makes new credentials, and writes them to the data directory.</summary>
    public static CellAccess Create(string dataDirectory, TimeProvider time) => new(Path.Combine(dataDirectory, "access"), time);

    /// <summary>A token that says that its bearer is a player.</summary>
    public string TokenOf(string player) => _players.Issue(player, TokenLifetime);

    public void Dispose() => _players.Dispose();

    private static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
