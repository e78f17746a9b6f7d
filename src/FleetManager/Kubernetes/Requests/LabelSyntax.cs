namespace FleetSystem.FleetManager.Kubernetes.Requests;

/// <summary>What Kubernetes allows as the value of a label.</summary>
internal static class LabelSyntax
{
    private const int LongestValue = 63;

    public static bool IsValue(string value)
    {
        if (value.Length == 0) return true;
        return value.Length <= LongestValue
            && char.IsAsciiLetterOrDigit(value[0])
            && char.IsAsciiLetterOrDigit(value[^1])
            && value.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
    }
}
