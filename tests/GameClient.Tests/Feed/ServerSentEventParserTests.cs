using System.Net.ServerSentEvents;
using System.Text;
using CsCheck;

namespace FleetSystem.GameClient.Tests.Feed;

public sealed class ServerSentEventParserTests
{
    [Fact]
    public void Read_AnyStreamInAnyPieces_IsReadAsTheFrameworkReadsIt() =>
        Gen.Select(
            Pick.From("data", "id", "event", "retry", "", "data: a", "id: 7", ": comment", "data:한국", "data:  b", "event: x").Array[0, 30],
            Pick.From("\n", "\r", "\r\n").Array[30],
            Gen.Int[1, 7].Array[40]).Sample((lines, ends, pieces) =>
            {
                var text = new StringBuilder();
                for (var i = 0; i < lines.Length; i++) text.Append(lines[i]).Append(ends[i]);
                var bytes = Encoding.UTF8.GetBytes(text.ToString());
                var expected = SseParser.Create(new MemoryStream(bytes)).Enumerate().Select(item => item.Data).ToList();

                var actual = new List<string>();
                var parser = new ServerSentEventParser(10_000, item => actual.Add(item.Data));
                for (int at = 0, piece = 0; at < bytes.Length; piece++)
                {
                    var length = Math.Min(pieces[piece % pieces.Length], bytes.Length - at);
                    parser.Read(bytes.AsSpan(at, length));
                    at += length;
                }

                Assert.Equal(expected, actual);
            });

    [Fact]
    public void Read_IdsAndByteOrderMark_AreUnderstood()
    {
        var read = new List<(string, string)>();
        new ServerSentEventParser(1000, item => read.Add((item.Id, item.Data))).Read("\uFEFFid: 7\ndata: a\n\ndata: b\n\n"u8);
        Assert.Equal([("7", "a"), ("7", "b")], read);
    }

    [Fact]
    public void Read_EventWithoutEnd_IsRefusedBeforeItFillsTheMemory()
    {
        var parser = new ServerSentEventParser(1000, _ => { });
        var fault = Assert.Throws<FormatException>(() =>
        {
            for (var i = 0; i < 100; i++) parser.Read("data: 0123456789\n"u8);
        });
        Assert.Contains("1000", fault.Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => new ServerSentEventParser(1000, _ => { }).Read(new byte[1001]));
    }
}
