using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Tests.Kubernetes;

public sealed class LabelSelectorTests
{
    private static readonly Dictionary<string, string> Labels = new() { ["zone"] = "a", ["agones.dev/fleet"] = "arena", ["n"] = "5", ["empty"] = "" };

    [Theory]
    [InlineData("", true)]
    [InlineData("zone=a", true)]
    [InlineData("zone==a,agones.dev/fleet=arena", true)]
    [InlineData("zone=b", false)]
    [InlineData("zone!=b", true)]
    [InlineData("other!=b", true)]
    [InlineData("zone in (b, a)", true)]
    [InlineData("zone in (b)", false)]
    [InlineData("zone notin (a)", false)]
    [InlineData("other notin (a)", true)]
    [InlineData("zone", true)]
    [InlineData("other", false)]
    [InlineData("!other", true)]
    [InlineData("! zone", false)]
    [InlineData("n>4,n<6", true)]
    [InlineData("n>5", false)]
    [InlineData("empty=", true)]
    [InlineData("zone=,empty=", false)]
    [InlineData("in in (in)", false)]
    public void Matches_QueryForm_AsKubernetes(string selector, bool expected) =>
        Assert.Equal(expected, LabelSelector.Parse(selector).Matches(Labels));

    [Theory]
    [InlineData("a===b")]
    [InlineData("a=b,")]
    [InlineData("a in")]
    [InlineData("a in (b")]
    [InlineData("a in b")]
    [InlineData("=b")]
    [InlineData("!")]
    [InlineData("a>x")]
    [InlineData("not valid=b")]
    [InlineData("-a=b")]
    [InlineData("a=b!")]
    public void Parse_Malformed_Is400(string selector)
    {
        var refused = Assert.Throws<ApiException>(() => LabelSelector.Parse(selector));

        Assert.Equal(400, refused.Code);
        Assert.StartsWith("unable to parse requirement: ", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status.phase=Running")]
    [InlineData("spec.nodeName=x")]
    [InlineData("metadata.name")]
    public void FieldSelector_OtherFieldsAndNonsense_Are400(string selector) =>
        Assert.Equal(400, Assert.Throws<ApiException>(() => FieldSelector.Parse(selector)).Code);
}
