using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>Reads YAML manifests, several documents in one text, with YAML's own rules for what a plain scalar is.</summary>
internal static class Manifest
{
    /// <exception cref="FormatException">The text is no YAML, or a document is no mapping; the message says where.</exception>
    public static IReadOnlyList<JsonObject> Parse(string yaml)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(yaml));
        }
        catch (YamlException exception)
        {
            throw new FormatException($"the manifest is no YAML: line {exception.Start.Line}, column {exception.Start.Column}: {exception.Message}", exception);
        }

        catch (InvalidOperationException exception)
        {
            // The parser's own answer to some malformed flow sequences; it does not know where it stands then.
            throw new FormatException($"the manifest is no YAML: {exception.Message}", exception);
        }

        var documents = new List<JsonObject>();
        foreach (var document in stream.Documents)
        {
            if (document.RootNode is YamlScalarNode { Value: null or "" }) continue;
            documents.Add(Convert(document.RootNode) as JsonObject
                ?? throw new FormatException($"the manifest's document at line {document.RootNode.Start.Line} is no mapping"));
        }

        return documents;
    }

    private static JsonNode? Convert(YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode mapping:
                var result = new JsonObject();
                foreach (var (key, value) in mapping.Children) result[((YamlScalarNode)key).Value ?? ""] = Convert(value);
                return result;
            case YamlSequenceNode sequence:
                return new JsonArray([.. sequence.Children.Select(Convert)]);
            case YamlScalarNode { Style: ScalarStyle.Plain } plain:
                return Scalar(plain.Value ?? "");
            case YamlScalarNode scalar:
                return scalar.Value;
            default:
                throw new FormatException($"the manifest uses a YAML feature that is not supported, at line {node.Start.Line}");
        }
    }

    private static JsonNode? Scalar(string text)
    {
        if (text is "" or "~" or "null" or "Null" or "NULL") return null;
        if (text is "true" or "True" or "TRUE") return true;
        if (text is "false" or "False" or "FALSE") return false;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)) return integer;
        const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, Decimal, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : text;
    }
}
