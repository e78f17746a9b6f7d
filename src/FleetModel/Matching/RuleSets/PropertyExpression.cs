namespace FleetSystem.FleetModel.Matching.RuleSets;

/// <summary>What a property expression is a value, a list, or a list of lists of.</summary>
public enum ExpressionKind
{
    /// <summary>Numbers.</summary>
    Number,

    /// <summary>Strings.</summary>
    Text,

    /// <summary>String lists of players: each is one value of a player.</summary>
    TextList,

    /// <summary>Maps of players: nothing but sort rules looks into them.</summary>
    NumberMap,

    /// <summary>Players.</summary>
    Player,

    /// <summary>Teams.</summary>
    Team,
}

/// <summary>Type of an expression.</summary>
/// <param name="Kind">Of what.</param>
/// <param name="Depth">0 for one value, 1 for a list, 2 for a list of lists.</param>
public readonly record struct ExpressionType(ExpressionKind Kind, int Depth)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var name = Kind switch { ExpressionKind.Text => "string", ExpressionKind.TextList => "list of strings", ExpressionKind.NumberMap => "map", _ => Kind.ToString().ToLowerInvariant() };
        return Depth switch { 0 => $"one {name}", 1 => $"a list of {name}s", _ => $"a list of lists of {name}s" };
    }
}

/// <summary>What a function makes of a list; of a list of lists it makes a list, one value for each.</summary>
public enum Aggregation
{
    /// <summary>Lowest.</summary>
    Min,

    /// <summary>Highest.</summary>
    Max,

    /// <summary>Average.</summary>
    Average,

    /// <summary>Median.</summary>
    Median,

    /// <summary>Sum.</summary>
    Sum,

    /// <summary>Standard deviation.</summary>
    StandardDeviation,

    /// <summary>How many.</summary>
    Count,

    /// <summary>One list of what is in the lists.</summary>
    Flatten,

    /// <summary>Strings that are in every list.</summary>
    SetIntersection,
}

/// <summary>A part of a property expression.</summary>
/// <param name="Type">Its type.</param>
public abstract record ExpressionNode(ExpressionType Type);

/// <summary>A path such as <c>teams[red,blue].players.attributes[skill]</c>.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Teams">Indices of the teams.</param>
/// <param name="IsGrouped">Whether it is a list for each team; false for one team.</param>
/// <param name="Attribute">Index of the attribute; null for the players (or teams) themselves, or their ids.</param>
/// <param name="IsPlayerId">Whether it is the players' ids.</param>
public sealed record PathNode(ExpressionType Type, IReadOnlyList<int> Teams, bool IsGrouped, int? Attribute, bool IsPlayerId) : ExpressionNode(Type);

/// <summary>A function of another expression.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Function">The function.</param>
/// <param name="Argument">Its argument.</param>
public sealed record AggregationNode(ExpressionType Type, Aggregation Function, ExpressionNode Argument) : ExpressionNode(Type);

/// <summary>A property expression, read and typed.</summary>
/// <param name="Text">As it was written.</param>
/// <param name="Root">What it means.</param>
public sealed record PropertyExpression(string Text, ExpressionNode Root)
{
    /// <summary>Its type.</summary>
    public ExpressionType Type => Root.Type;

    /// <summary>Parts of it.</summary>
    internal int Nodes
    {
        get
        {
            var count = 1;
            for (var node = Root; node is AggregationNode inner; node = inner.Argument) count++;
            return count;
        }
    }

    /// <summary>The path at its bottom.</summary>
    internal PathNode Path
    {
        get
        {
            var node = Root;
            while (node is AggregationNode inner) node = inner.Argument;
            return (PathNode)node;
        }
    }
}
