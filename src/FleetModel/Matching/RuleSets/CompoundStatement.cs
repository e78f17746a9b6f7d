namespace FleetSystem.FleetModel.Matching.RuleSets;

/// <summary>How a compound rule combines rules.</summary>
public enum CompoundOperator
{
    /// <summary>A rule itself.</summary>
    Rule,

    /// <summary>All hold.</summary>
    And,

    /// <summary>At least one holds.</summary>
    Or,

    /// <summary>The one does not hold.</summary>
    Not,

    /// <summary>Exactly one of the two holds.</summary>
    Xor,
}

/// <summary>A statement such as <c>or(and(A, B), not(C))</c>.</summary>
/// <param name="Operator">Its operator.</param>
/// <param name="Rule">For <see cref="CompoundOperator.Rule"/>, the rule's name; empty otherwise.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record CompoundStatement(CompoundOperator Operator, string Rule, IReadOnlyList<CompoundStatement> Arguments)
{
    /// <summary>Names of all rules in it.</summary>
    public IEnumerable<string> RuleNames => Operator == CompoundOperator.Rule ? [Rule] : Arguments.SelectMany(argument => argument.RuleNames);

    /// <summary>Parts of it.</summary>
    internal int Nodes => 1 + Arguments.Sum(argument => argument.Nodes);

    /// <summary>Reads a statement.</summary>
    /// <exception cref="FormatException">It cannot be read; the message says where and why.</exception>
    internal static CompoundStatement Parse(string text)
    {
        var scanner = new ExpressionScanner(text);
        var statement = Read(scanner, 1);
        scanner.End();
        return statement;
    }

    private static CompoundStatement Read(ExpressionScanner scanner, int depth)
    {
        if (depth > RuleSetLimits.MaxExpressionDepth) throw scanner.Fault($"nests deeper than {RuleSetLimits.MaxExpressionDepth}");
        var name = scanner.Until("(),");
        if (name.Length == 0) throw scanner.Fault("needs a rule or one of and, or, not, xor here");
        if (!scanner.Take('(')) return new(CompoundOperator.Rule, name, []);

        CompoundOperator? read = name switch
        {
            "and" => CompoundOperator.And,
            "or" => CompoundOperator.Or,
            "not" => CompoundOperator.Not,
            "xor" => CompoundOperator.Xor,
            _ => null,
        };
        if (read is not { } combination) throw scanner.Fault($"has the operator '{name}', which is none of and, or, not, xor,");
        var arguments = new List<CompoundStatement>();
        do arguments.Add(Read(scanner, depth + 1));
        while (scanner.Take(','));
        scanner.Expect(')');
        var isRight = combination switch { CompoundOperator.Not => arguments.Count == 1, CompoundOperator.Xor => arguments.Count == 2, _ => arguments.Count >= 2 };
        if (!isRight) throw scanner.Fault($"gives '{name}' {arguments.Count} argument(s): not takes one, xor two, and and or two or more,");
        return new(combination, "", arguments);
    }
}
