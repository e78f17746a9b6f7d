using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.SiloHost.Access;

/// <summary>Who may do what. The configuration section <c>Access</c>.</summary>
public sealed class AccessOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Access";

    // Each request with a key is compared to all.
    private const int MaxApiKeys = 100;

    /// <summary>Keys of operators and their programs. Without any, whoever reaches the operators' address may do everything. The default is none.</summary>
    public IList<ApiKeyOptions> ApiKeys { get; set; } = [];

    /// <summary>
    /// Says that something before the host lets only those through who may do everything: then it may listen on addresses that others reach,
    /// although it does not control access itself. The default is false.
    /// </summary>
    public bool Trusted { get; set; }

    /// <summary>Adds what is wrong with these options.</summary>
    /// <param name="faults">Where to.</param>
    public void Check(FaultList faults)
    {
        faults.Check(ApiKeys.Count <= MaxApiKeys, nameof(ApiKeys), $"has {ApiKeys.Count} keys: {MaxApiKeys} are possible");
        foreach (var (index, key) in ApiKeys.Index())
        {
            var at = $"{nameof(ApiKeys)}:{index}:";
            faults.Check(key.Name.Length is >= 1 and <= 64 && key.Name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '@'), at + nameof(key.Name), $"is '{key.Name}': 1 to 64 letters, digits and -_.@ are possible");
            faults.Check(key.Sha256.Length == 64 && key.Sha256.All(char.IsAsciiHexDigit), at + nameof(key.Sha256), "is not the SHA-256 of a key in 64 hexadecimal digits");
            faults.Check(ApiKeys.Take(index).All(other => !other.Sha256.Equals(key.Sha256, StringComparison.OrdinalIgnoreCase)), at + nameof(key.Sha256), "is that of another key too");
        }
    }
}

/// <summary>
/// A key by which somebody is known: <c>Authorization: Bearer KEY</c>. To renew one, add the new one under the same name, change over, and take the old
/// one out.
/// </summary>
public sealed class ApiKeyOptions
{
    /// <summary>Who has the key; the audit log names changes by it. 1 to 64 letters, digits and <c>-_.@</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>What the key is good for. The default is <see cref="AccessRole.Viewer"/>.</summary>
    public AccessRole Role { get; set; }

    /// <summary>
    /// SHA-256 of the key, 64 hexadecimal digits: the key itself is kept by who has it alone. A key is to be random and have 128 bits at least, such as
    /// of <c>openssl rand -hex 32</c>; then its hash need not be kept secret.
    /// </summary>
    public string Sha256 { get; set; } = "";
}

/// <summary>What a caller may do; each role may do what those before it may.</summary>
public enum AccessRole
{
    /// <summary>See everything, change nothing.</summary>
    Viewer,

    /// <summary>Do what the operators' API can do.</summary>
    Operator,
}
