namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>Reads a label selector in its text form, and complains in the API server's words.</summary>
internal sealed class LabelSelectorParser(string text)
{
    private const string Special = "=!(),<>";
    private int _at;

    public List<LabelRequirement> Parse()
    {
        var requirements = new List<LabelRequirement>();
        while (true)
        {
            requirements.Add(ParseRequirement());
            var next = Next();
            if (next is null) return requirements;
            if (next != ",") throw Unparsable($"found '{next}', expected: ',' or 'end of string'");
            if (Peek() is null) throw Unparsable("found '', expected: identifier after ','");
        }
    }

    private LabelRequirement ParseRequirement()
    {
        var key = Next();
        var absent = key == "!";
        if (absent) key = Next();
        if (key is null || IsSpecial(key)) throw Unparsable($"found '{key}', expected: identifier");
        CheckKey(key);
        if (absent) return new LabelRequirement(key, LabelOperator.DoesNotExist, []);
        if (Peek() is null or ",") return new LabelRequirement(key, LabelOperator.Exists, []);
        var symbol = Next()!;
        return symbol switch
        {
            "=" or "==" => new LabelRequirement(key, LabelOperator.In, [ParseValue()]),
            "!=" => new LabelRequirement(key, LabelOperator.NotIn, [ParseValue()]),
            ">" => new LabelRequirement(key, LabelOperator.GreaterThan, [ParseNumber(symbol)]),
            "<" => new LabelRequirement(key, LabelOperator.LessThan, [ParseNumber(symbol)]),
            "in" => new LabelRequirement(key, LabelOperator.In, ParseValues()),
            "notin" => new LabelRequirement(key, LabelOperator.NotIn, ParseValues()),
            _ => throw Unparsable($"found '{symbol}', expected: in, notin, =, ==, !=, gt, lt"),
        };
    }

    private string ParseValue()
    {
        if (Peek() is null or ",") return "";
        var value = Next()!;
        if (IsSpecial(value)) throw Unparsable($"found '{value}', expected: identifier");
        return CheckValue(value);
    }

    private string ParseNumber(string symbol)
    {
        var value = ParseValue();
        if (!long.TryParse(value, out _)) throw Unparsable($"for 'Gt', 'Lt' operators, the value must be an integer: '{symbol}{value}'");
        return value;
    }

    private List<string> ParseValues()
    {
        if (Next() is var open && open != "(") throw Unparsable($"found '{open}', expected: '('");
        var values = new List<string>();
        while (true)
        {
            var token = Next();
            if (token == ")" && values.Count == 0) return [""];
            if (token is null || IsSpecial(token)) throw Unparsable($"found '{token}', expected: ',', ')' or identifier");
            values.Add(CheckValue(token));
            token = Next();
            if (token == ")") return values;
            if (token != ",") throw Unparsable($"found '{token}', expected: ',' or ')'");
        }
    }

    private static void CheckKey(string key)
    {
        if (LabelRules.KeyFault(key) is { } fault) throw Unparsable($"<nil>: Invalid value: \"{key}\": {fault}");
    }

    private static string CheckValue(string value)
    {
        if (LabelRules.ValueFault(value) is { } fault) throw Unparsable($"<nil>: Invalid value: \"{value}\": {fault}");
        return value;
    }

    private static ApiException Unparsable(string why) => ApiException.BadRequest($"unable to parse requirement: {why}");

    private static bool IsSpecial(string token) => Special.Contains(token[0], StringComparison.Ordinal);

    private string? Peek()
    {
        var at = _at;
        var token = Next();
        _at = at;
        return token;
    }

    private string? Next()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at])) _at++;
        if (_at == text.Length) return null;
        var start = _at++;
        if (!Special.Contains(text[start], StringComparison.Ordinal))
        {
            while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && !Special.Contains(text[_at], StringComparison.Ordinal)) _at++;
        }
        else if (text[start] is '=' or '!' && _at < text.Length && text[_at] == '=')
        {
            _at++;
        }

        return text[start.._at];
    }
}
