using System.Globalization;

namespace FleetSystem.FleetManager.Storage;

/// <summary>
/// A row's number and its version. Row numbers are never given twice, so the ETag of a state that was cleared and created again differs from all earlier ones.
/// </summary>
internal readonly record struct GrainStateETag(long Row, long Version)
{
    public static bool TryParse(string text, out GrainStateETag etag)
    {
        etag = default;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0
            || !long.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var row)
            || !long.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            return false;
        etag = new GrainStateETag(row, version);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Row}.{Version}");
}
