using System.Globalization;
using System.Text;

namespace FleetSystem.GameClient;

/// <summary>Writes JSON strings.</summary>
internal static class JsonText
{
    /// <summary>Appends a string with its quotation marks.</summary>
    public static StringBuilder AppendString(this StringBuilder json, string text)
    {
        json.Append('"');
        foreach (var character in text)
        {
            if (character is '"' or '\\')
                json.Append('\\').Append(character);
            else if (character < ' ' || char.IsSurrogate(character))
                json.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
            else
                json.Append(character);
        }

        return json.Append('"');
    }
}
