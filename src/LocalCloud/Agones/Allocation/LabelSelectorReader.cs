using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones.Allocation;

/// <summary>Reads matchLabels and matchExpressions; what is wrong is told as Agones tells it, the selector printed in Go's notation.</summary>
internal static class LabelSelectorReader
{
    public static LabelSelector Read(JsonObject node, string path, List<StatusCause> causes)
    {
        var requirements = new List<LabelRequirement>();
        string? fault = null;
        foreach (var (key, value) in node.Child("matchLabels").Strings().OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            fault ??= KeyFault(key) ?? ValueFault(key, value, 0);
            requirements.Add(new LabelRequirement(key, LabelOperator.In, [value]));
        }

        foreach (var expression in node.Items("matchExpressions")?.OfType<JsonObject>() ?? [])
        {
            var key = expression.Text("key") ?? "";
            var values = Values(expression);
            if (ReadOperator(expression.Text("operator")) is not { } @operator)
            {
                fault ??= $"\"{expression.Text("operator")}\" is not a valid label selector operator";
                continue;
            }

            fault ??= KeyFault(key) ?? CountFault(@operator, values);
            for (var i = 0; i < values.Count; i++) fault ??= ValueFault(key, values[i], i);
            requirements.Add(new LabelRequirement(key, @operator, values));
        }

        if (fault is not null)
        {
            causes.Add(new("FieldValueInvalid", $"Invalid value: {Print(node)}: Error converting label selector: {fault}", $"{path}.labelSelector"));
        }

        return new LabelSelector(requirements);
    }

    private static List<string> Values(JsonObject expression) =>
        expression.Items("values")?.Select(value => value.Text()).OfType<string>().ToList() ?? [];

    private static LabelOperator? ReadOperator(string? text) => text switch
    {
        "In" => LabelOperator.In,
        "NotIn" => LabelOperator.NotIn,
        "Exists" => LabelOperator.Exists,
        "DoesNotExist" => LabelOperator.DoesNotExist,
        _ => null,
    };

    private static string? KeyFault(string key) => LabelRules.KeyFault(key) is { } fault ? $"key: Invalid value: \"{key}\": {fault}" : null;

    private static string? ValueFault(string key, string value, int index) =>
        LabelRules.ValueFault(value) is { } fault ? $"values[{index}][{key}]: Invalid value: \"{value}\": {fault}" : null;

    private static string? CountFault(LabelOperator @operator, List<string> values) => @operator switch
    {
        LabelOperator.In or LabelOperator.NotIn when values.Count == 0 =>
            "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty",
        LabelOperator.Exists or LabelOperator.DoesNotExist when values.Count > 0 =>
            $"values: Invalid value: [{string.Join(' ', values)}]: values set must be empty for exists and does not exist",
        _ => null,
    };

    private static string Print(JsonObject node)
    {
        var text = new StringBuilder("v1.LabelSelector{MatchLabels:map[string]string");
        if (node.Child("matchLabels") is { Count: > 0 } labels)
        {
            text.Append('{')
                .AppendJoin(", ", labels.Strings().OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"\"{entry.Key}\":\"{entry.Value}\""))
                .Append('}');
        }
        else
        {
            text.Append("(nil)");
        }

        text.Append(", MatchExpressions:[]v1.LabelSelectorRequirement");
        if (node.Items("matchExpressions") is { Count: > 0 } expressions)
        {
            text.Append('{').AppendJoin(", ", expressions.OfType<JsonObject>().Select(PrintExpression)).Append('}');
        }
        else
        {
            text.Append("(nil)");
        }

        return text.Append('}').ToString();
    }

    private static string PrintExpression(JsonObject expression)
    {
        var values = Values(expression) is { Count: > 0 } some ? $"{{{string.Join(", ", some.Select(value => $"\"{value}\""))}}}" : "(nil)";
        return $"v1.LabelSelectorRequirement{{Key:\"{expression.Text("key")}\", Operator:\"{expression.Text("operator")}\", Values:[]string{values}}}";
    }
}
