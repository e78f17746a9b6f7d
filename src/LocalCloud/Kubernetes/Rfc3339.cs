using System.Globalization;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>Times as Kubernetes objects carry them: whole seconds, or fractions without trailing zeros.</summary>
internal static class Rfc3339
{
    public static string Seconds(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Fraction(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
