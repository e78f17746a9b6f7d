using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace FleetSystem.GameClient;

/// <summary>
/// Reads JSON (RFC 8259), strictly and within limits: netstandard2.1 has no reader of its own, and a package would come into every game. Of
/// members with the same name the last one counts, as everywhere.
/// </summary>
internal sealed class JsonParser
{
    /// <summary>Objects and arrays within each other.</summary>
    public const int DepthMax = 16;

    private readonly string _json;
    private int _at;

    private JsonParser(string json) => _json = json;

    /// <summary>Reads a document.</summary>
    /// <exception cref="FormatException">Too long, or not JSON; the message has the position.</exception>
    public static JsonValue Parse(string json, int lengthMax)
    {
        if (json is null) throw new ArgumentNullException(nameof(json));
        if (json.Length > lengthMax) throw new FormatException($"The document has {json.Length} characters, more than {lengthMax}.");
        var parser = new JsonParser(json);
        var value = parser.Value("The document", DepthMax);
        parser.Space();
        return parser._at == json.Length ? value : throw parser.Fault("the end");
    }

    private JsonValue Value(string where, int depthLeft)
    {
        Space();
        switch (Peek())
        {
            case '{':
                return depthLeft > 0 ? Object(where, depthLeft - 1) : throw new FormatException($"The document is deeper than {DepthMax}.");
            case '[':
                return depthLeft > 0 ? Array(where, depthLeft - 1) : throw new FormatException($"The document is deeper than {DepthMax}.");
            case '"':
                return JsonValue.OfString(where, String());
            case 't':
                Word("true");
                return JsonValue.OfBoolean(where, true);
            case 'f':
                Word("false");
                return JsonValue.OfBoolean(where, false);
            case 'n':
                Word("null");
                return JsonValue.OfNull(where);
            default:
                return JsonValue.OfNumber(where, Number());
        }
    }

    private JsonValue Object(string where, int depthLeft)
    {
        var members = new Dictionary<string, JsonValue>(StringComparer.Ordinal);
        _at++;
        Space();
        if (Took('}')) return JsonValue.OfObject(where, members);
        do
        {
            Space();
            if (Peek() != '"') throw Fault("a name");
            var name = String();
            Space();
            if (!Took(':')) throw Fault("':'");
            members[name] = Value(name, depthLeft);
            Space();
        }
        while (Took(','));
        return Took('}') ? JsonValue.OfObject(where, members) : throw Fault("',' or '}'");
    }

    private JsonValue Array(string where, int depthLeft)
    {
        var items = new List<JsonValue>();
        _at++;
        Space();
        if (Took(']')) return JsonValue.OfArray(where, items);
        do
        {
            items.Add(Value(where, depthLeft));
            Space();
        }
        while (Took(','));
        return Took(']') ? JsonValue.OfArray(where, items) : throw Fault("',' or ']'");
    }

    private string String()
    {
        var start = ++_at;
        while (_at < _json.Length && _json[_at] is >= ' ' and not '"' and not '\\') _at++;
        if (Peek() == '"') return _json.Substring(start, _at++ - start);

        var text = new StringBuilder().Append(_json, start, _at - start);
        while (!Took('"'))
        {
            var next = Peek();
            if (next < ' ') throw Fault("a character of a string");
            _at++;
            text.Append(next == '\\' ? Escape() : next);
        }

        return text.ToString();
    }

    private char Escape()
    {
        var escape = Peek();
        _at++;
        switch (escape)
        {
            case '"' or '\\' or '/': return escape;
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'u' when _at + 4 <= _json.Length
                && ushort.TryParse(_json.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                _at += 4;
                return (char)code;
            default:
                _at--;
                throw Fault("an escape");
        }
    }

    private string Number()
    {
        var start = _at;
        Took('-');
        if (!Took('0')) Digits();
        if (Took('.')) Digits();
        if (Took('e') || Took('E'))
        {
            if (!Took('+')) Took('-');
            Digits();
        }

        return _json.Substring(start, _at - start);
    }

    private void Digits()
    {
        if (Peek() is < '0' or > '9') throw Fault("a value");
        while (Peek() is >= '0' and <= '9') _at++;
    }

    private void Word(string word)
    {
        if (string.CompareOrdinal(_json, _at, word, 0, word.Length) != 0) throw Fault("a value");
        _at += word.Length;
    }

    private void Space()
    {
        while (Peek() is ' ' or '\t' or '\n' or '\r') _at++;
    }

    private bool Took(char wanted)
    {
        if (Peek() != wanted) return false;
        _at++;
        return true;
    }

    /// <summary>The next character; 0, which JSON has nowhere, at the end.</summary>
    private char Peek() => _at < _json.Length ? _json[_at] : '\0';

    private FormatException Fault(string expected) => new($"Not JSON: {expected} was expected at position {_at}.");
}
