using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetModel.Tests.Clusters;

public sealed class LabelSyntaxTests
{
    private static readonly string Sixty3 = new('a', 63);

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("A.b_c-9")]
    [InlineData("1")]
    public void ValueFault_Allowed_IsNull(string value) => Assert.Null(LabelSyntax.ValueFault(value));

    [Theory]
    [InlineData("not valid!")]
    [InlineData("-a")]
    [InlineData("a.")]
    [InlineData("a/b")]
    [InlineData("é")]
    [InlineData("a\n")]
    public void ValueFault_NotAllowed_SaysWhatIs(string value) => Assert.Contains("63 letters", LabelSyntax.ValueFault(value));

    [Fact]
    public void ValueFault_Length_IsBounded()
    {
        Assert.Null(LabelSyntax.ValueFault(Sixty3));
        Assert.NotNull(LabelSyntax.ValueFault(Sixty3 + "a"));
    }

    [Theory]
    [InlineData("game")]
    [InlineData("agones.dev/fleet")]
    [InlineData("fleetsystem.dev/Zone_1")]
    [InlineData("a/b")]
    [InlineData("1-a.b/c")]
    public void KeyFault_Allowed_IsNull(string key) => Assert.Null(LabelSyntax.KeyFault(key));

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a/b/c")]
    [InlineData("A.dev/b")]
    [InlineData("a..dev/b")]
    [InlineData(".dev/b")]
    [InlineData("a-.dev/b")]
    [InlineData("a_b/c")]
    [InlineData("a b")]
    [InlineData("_a")]
    public void KeyFault_NotAllowed_IsTold(string key) => Assert.NotNull(LabelSyntax.KeyFault(key));

    [Fact]
    public void KeyFault_LengthsOfNameAndPrefix_AreBounded()
    {
        var prefix = string.Join('.', Enumerable.Repeat(new string('p', 62), 4)); // 251
        Assert.Null(LabelSyntax.KeyFault($"{prefix}.x/{Sixty3}"));
        Assert.NotNull(LabelSyntax.KeyFault($"{prefix}.xx/{Sixty3}"));
        Assert.NotNull(LabelSyntax.KeyFault($"x/{Sixty3}a"));
    }
}
