using System.Security.Cryptography;
using System.Text;

namespace FleetSystem.FleetModel.Zones;

/// <summary>Which zones take a session. Immutable; the same for every silo that has the same directives and seed.</summary>
/// <param name="Directives">The zones that do not take every session; others do.</param>
/// <param name="Seed">Moves the choice of the sessions that a partly admitting zone takes.</param>
public sealed record ZoneAdmission(IReadOnlyList<ZoneDirective> Directives, int Seed)
{
    /// <summary>The zones that do not take a session.</summary>
    public IReadOnlyList<string> ExcludedFor(string session) =>
        [.. Directives.Where(directive => !Admits(directive, session)).Select(directive => directive.Zone)];

    /// <summary>
    /// Whether a zone takes a session: by a hash of both, so that its every try and replacement is told the same, and that a session taken at
    /// a small share is taken at every larger one.
    /// </summary>
    private bool Admits(ZoneDirective directive, string session)
    {
        if (directive.AdmittedShare >= 1) return true;
        if (directive.AdmittedShare <= 0) return false;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{Seed}/{directive.Zone}/{session}")));
        return BitConverter.ToUInt32(hash) / (uint.MaxValue + 1.0) < directive.AdmittedShare;
    }
}
