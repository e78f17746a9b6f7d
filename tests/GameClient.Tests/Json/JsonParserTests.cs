using System.Text;
using System.Text.Json;
using CsCheck;

namespace FleetSystem.GameClient.Tests.Json;

public sealed class JsonParserTests
{
    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1,]")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{a:1}")]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData("+1")]
    [InlineData("-")]
    [InlineData("1e")]
    [InlineData("tru")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12g4\"")]
    [InlineData("\"\\u12")]
    [InlineData("\"a\nb\"")]
    [InlineData("\"open")]
    [InlineData("1 2")]
    [InlineData("// no\n1")]
    [InlineData("NaN")]
    public void Parse_NotJson_ThrowsFormatException(string json) => Assert.Throws<FormatException>(() => JsonParser.Parse(json, 1000));

    [Fact]
    public void Parse_TooLongOrTooDeep_ThrowsFormatException()
    {
        Assert.Throws<FormatException>(() => JsonParser.Parse("[1,2,3]", 6));
        Assert.Throws<FormatException>(() => JsonParser.Parse(new string('[', 100_000), 1_000_000));
        JsonParser.Parse(new string('[', JsonParser.DepthMax) + new string(']', JsonParser.DepthMax), 1000);
        Assert.Throws<FormatException>(() => JsonParser.Parse(new string('[', JsonParser.DepthMax + 1) + new string(']', JsonParser.DepthMax + 1), 1000));
    }

    [Fact]
    public void Parse_AnyDocument_IsReadAsSystemTextJsonReadsIt() =>
        Document(4).Sample(document =>
        {
            var json = JsonSerializer.Serialize(document);
            Assert.Equal(json, Write(JsonParser.Parse(json, 1 << 20)));
        });

    [Fact]
    public void Parse_AnyDamage_IsRefusedOrReadAsSystemTextJsonReadsIt() =>
        Gen.Select(Document(3), Gen.Int[0, 1000], Pick.From("", "\"", "{", "}", "[", "]", ",", ":", "\\", "0", "-", "e", "\u0001", " ")).Sample((document, at, damage) =>
        {
            var json = JsonSerializer.Serialize(document);
            at %= json.Length;
            json = json[..at] + damage + json[(at + 1)..];
            string? expected = null, actual = null;
            try
            {
                using var read = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = JsonParser.DepthMax });
                expected = JsonSerializer.Serialize(read.RootElement.ValueKind);
            }
            catch (JsonException)
            {
            }

            try
            {
                actual = JsonSerializer.Serialize(Enum.Parse<JsonValueKind>(JsonParser.Parse(json, 1 << 20).Kind.ToString()));
            }
            catch (FormatException)
            {
            }

            Assert.Equal(expected, actual);
        });

    [Fact]
    public void AppendString_AnyText_IsReadBackTheSame() =>
        Gen.String.Sample(text => Assert.Equal(text, JsonParser.Parse(new StringBuilder().AppendString(text).ToString(), 1 << 20).String()));

    private static Gen<object?> Document(int depth)
    {
        var leaf = Gen.OneOf(
            Gen.Const((object?)null),
            Gen.Bool.Select(value => (object?)value),
            Gen.Int.Select(value => (object?)value),
            Gen.Long.Select(value => (object?)value),
            Gen.String[Gen.Char[' ', '\u2fff'], 0, 20].Select(value => (object?)value),
            Pick.From("\"", "\\", "\n\t\r\b\f", "한국", "/").Select(value => (object?)value));
        if (depth == 0) return leaf;
        return Gen.OneOf(
            leaf,
            Document(depth - 1).Array[0, 4].Select(items => (object?)items),
            Gen.Dictionary(Gen.String[Gen.Char['a', 'z'], 1, 3], Document(depth - 1))[0, 4].Select(members => (object?)members));
    }

    private static string Write(JsonValue value) => JsonSerializer.Serialize(Plain(value));

    private static object? Plain(JsonValue value) => value.Kind switch
    {
        JsonKind.Null => null,
        JsonKind.True => true,
        JsonKind.False => false,
        JsonKind.Number => value.Int64(),
        JsonKind.String => value.String(),
        JsonKind.Array => value.Items().Select(Plain).ToArray(),
        _ => value.Members().ToDictionary(member => member.Key, member => Plain(member.Value)),
    };
}
