namespace FleetSystem.FleetModel.Matching.RuleSets;

/// <summary>Goes through the text of an expression or a statement; spaces between its parts do not matter.</summary>
internal sealed class ExpressionScanner(string text)
{
    private int _position;

    /// <summary>What is wrong where the scanner stands, as the end of a sentence that begins with the text.</summary>
    public FormatException Fault(string message) => new($"'{Shown}' {message} at character {Math.Min(_position, text.Length) + 1}.");

    private string Shown => text.Length <= 120 ? text : text[..120] + "...";

    /// <summary>The text up to one of the characters, or to the end, without spaces around it.</summary>
    public string Until(string ends)
    {
        var length = text.AsSpan(_position).IndexOfAny(ends);
        if (length < 0) length = text.Length - _position;
        var part = text.Substring(_position, length).Trim();
        _position += length;
        return part;
    }

    public bool Take(char expected)
    {
        SkipSpaces();
        if (_position >= text.Length || text[_position] != expected) return false;
        _position++;
        return true;
    }

    public void Expect(char expected)
    {
        if (!Take(expected)) throw Fault($"needs '{expected}'");
    }

    public void End()
    {
        SkipSpaces();
        if (_position < text.Length) throw Fault("has more than it should");
    }

    private void SkipSpaces()
    {
        while (_position < text.Length && char.IsWhiteSpace(text[_position])) _position++;
    }
}
