using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Tests.Kubernetes;

public sealed class PatchTests
{
    // The examples of RFC 7396, appendix A, whose target and patch are objects.
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", """{}""")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("""{}""", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void MergePatch_ExamplesOfTheRfc_GiveItsResults(string target, string patch, string expected)
    {
        var node = (JsonObject)JsonNode.Parse(target)!;

        MergePatch.Apply(node, (JsonObject)JsonNode.Parse(patch)!);

        AssertJson(expected, node);
    }

    // The examples of RFC 6902, appendix A.
    [Theory]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux"}]""", """{"baz":"qux","foo":"bar"}""")]
    [InlineData("""{"foo":["bar","baz"]}""", """[{"op":"add","path":"/foo/1","value":"qux"}]""", """{"foo":["bar","qux","baz"]}""")]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"remove","path":"/baz"}]""", """{"foo":"bar"}""")]
    [InlineData("""{"foo":["bar","qux","baz"]}""", """[{"op":"remove","path":"/foo/1"}]""", """{"foo":["bar","baz"]}""")]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"replace","path":"/baz","value":"boo"}]""", """{"baz":"boo","foo":"bar"}""")]
    [InlineData("""{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}""", """[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]""", """{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}""")]
    [InlineData("""{"foo":["all","grass","cows","eat"]}""", """[{"op":"move","from":"/foo/1","path":"/foo/3"}]""", """{"foo":["all","cows","eat","grass"]}""")]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/child","value":{"grandchild":{}}}]""", """{"foo":"bar","child":{"grandchild":{}}}""")]
    [InlineData("""{"/":9,"~1":10}""", """[{"op":"test","path":"/~01","value":10}]""", """{"/":9,"~1":10}""")]
    [InlineData("""{"foo":["bar"]}""", """[{"op":"add","path":"/foo/-","value":["abc","def"]}]""", """{"foo":["bar",["abc","def"]]}""")]
    public void JsonPatch_ExamplesOfTheRfc_GiveItsResults(string target, string patch, string expected) =>
        AssertJson(expected, JsonPatch.Apply(JsonNode.Parse(target)!, (JsonArray)JsonNode.Parse(patch)!));

    [Theory]
    [InlineData("""[{"op":"test","path":"/foo","value":"other"}]""", 422)]
    [InlineData("""[{"op":"remove","path":"/nothing"}]""", 422)]
    [InlineData("""[{"op":"replace","path":"/nothing","value":1}]""", 422)]
    [InlineData("""[{"op":"add","path":"/a/b","value":1}]""", 422)]
    [InlineData("""[{"op":"jump","path":"/foo"}]""", 400)]
    [InlineData("""[{"path":"/foo"}]""", 400)]
    [InlineData("""["nonsense"]""", 400)]
    [InlineData("""[{"op":"add","path":"foo","value":1}]""", 400)]
    public void JsonPatch_WhatCannotBeApplied_IsRefused(string patch, int code) =>
        Assert.Equal(code, Assert.Throws<ApiException>(() => JsonPatch.Apply(JsonNode.Parse("""{"foo":"bar"}""")!, (JsonArray)JsonNode.Parse(patch)!)).Code);

    [Fact]
    public void StrategicMergePatch_ConditionsAndTaints_AreMergedByTheirKeys()
    {
        var node = (JsonObject)JsonNode.Parse("""
            {"spec": {"taints": [{"key": "a", "effect": "NoSchedule"}, {"key": "b", "effect": "NoSchedule"}]},
             "status": {"conditions": [{"type": "Ready", "status": "True", "reason": "x"}, {"type": "DiskPressure", "status": "False"}]}}
            """)!;

        StrategicMergePatch.Apply(node, (JsonObject)JsonNode.Parse("""
            {"spec": {"$setElementOrder/taints": [], "taints": [{"key": "a", "$patch": "delete"}, {"key": "c", "effect": "NoExecute"}]},
             "status": {"conditions": [{"type": "Ready", "status": "Unknown"}]}}
            """)!);

        AssertJson("""
            {"spec": {"taints": [{"key": "b", "effect": "NoSchedule"}, {"key": "c", "effect": "NoExecute"}]},
             "status": {"conditions": [{"type": "Ready", "status": "Unknown", "reason": "x"}, {"type": "DiskPressure", "status": "False"}]}}
            """, node);
    }

    private static void AssertJson(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"expected {expected}, got {actual?.ToJsonString()}");
}
