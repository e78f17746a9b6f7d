using System.Net;
using System.Net.Sockets;
using FleetSystem.GameClient.Tests.Feed;

namespace FleetSystem.GameClient.Tests;

public sealed class ExampleTests
{
    [Fact]
    public void Readme_Example_IsTheOneThatIsCompiled()
    {
        var directory = AppContext.BaseDirectory;
        var example = File.ReadAllText(Path.Combine(directory, "Example.cs")).Split("// <example>\n")[1].Split("    // </example>")[0];
        var lines = example.Split('\n').Select(line => line.Length > 4 ? line[4..] : line.Trim()).ToArray();

        Assert.Contains("```csharp\n" + string.Join('\n', lines).Trim() + "\n```", File.ReadAllText(Path.Combine(directory, "GameClient.README.md")).ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.InRange(lines.Count(line => line.Length > 0), 15, 21);
    }

    /// <summary>Over genuine sockets, with a server that speaks the game server's protocol.</summary>
    [Fact]
    public async Task Example_Runs_PlaysUntilTheSessionIsOver()
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var serving = ServeAsync(server, TestContext.Current.CancellationToken);
        using var service = new FakeService { Answer = request => request.Method == "POST" ? FakeRequest.Refusal(HttpStatusCode.Accepted) : null };
        using var http = new HttpClient(service);
        var game = new Game(service);

        await Example.PlayAsync(
            $$"""{"sessionId":"s-1","state":"playable","incarnation":1,"connections":[{"playerId":"p1","routes":[{"kind":"direct","addresses":["127.0.0.1"],"port":{{((IPEndPoint)server.LocalEndPoint!).Port}}}],"joinToken":"t"}]}""",
            "p1", FakeService.Api, http, game, TestContext.Current.CancellationToken);

        Assert.True(game.Taken >= 3);
        server.Dispose();
        await serving;
    }

    private static async Task ServeAsync(Socket server, CancellationToken cancellationToken)
    {
        var buffer = new byte[1200];
        try
        {
            while (true)
            {
                var from = await server.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), cancellationToken);
                var id = buffer[3..11];
                byte[]? answer = buffer[2] switch
                {
                    1 => [0x46, 1, 0x81, .. id, 0, 0, 0, 0, 0, 0, 0, 9, .. new byte[24], 0, 0],
                    2 => [0x46, 1, 0x83, .. id, .. new byte[20]],
                    4 => [0x46, 1, 0x84, .. id],
                    _ => null,
                };
                if (answer is not null) await server.SendToAsync(answer, from.RemoteEndPoint, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
        }
    }

    private sealed class Game(FakeService service) : IGame
    {
        private FakeStream? _feed;

        public int Taken { get; private set; }

        public void Show(TransportStatus status)
        {
        }

        public void Take(ReadOnlySpan<byte> datagram) => Taken++;

        public ReadOnlySpan<byte> NextInput() => (byte[])[0x46, 1, 2, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1, .. new byte[16]];

        public ReadOnlySpan<byte> Farewell() => [0x46, 1, 3, 0, 0, 0, 0, 0, 0, 0, 9];

        public async Task NextFrameAsync()
        {
            _feed ??= (await service.NextAsync()).Stream();
            if (Taken >= 3) _feed.Event(5, "ended");
            await Task.Yield();
        }
    }
}
