namespace FleetSystem.GameClient.Tests;

internal static class Example
{
    // <example>
    public static async Task PlayAsync(string sessionJson, string playerId, Uri api, HttpClient http, IGame game, CancellationToken quit)
    {
        var session = SessionDocument.Parse(sessionJson);           // the answer of POST /v1/sessions, handed on by your backend
        using var transport = new SessionTransport(session.ConnectionOf(playerId)!, new GameServerHandshake());
        using var follower = new SessionFollower(transport, http, api);     // replacements, fresh tokens, better routes
        using var reporter = new RouteReporter(transport, http, api);       // helps the service find dead paths
        transport.Changed += (_, _) => game.Show(transport.Status);

        var buffer = new byte[1200];
        while (!quit.IsCancellationRequested && follower.Last?.Session.IsClosed != true)
        {
            while (transport.TryReceive(buffer, out var length))
                game.Take(buffer.AsSpan(0, length));
            if (transport.State == TransportState.Joined)
                transport.TrySend(game.NextInput());
            await game.NextFrameAsync();
        }

        transport.TrySend(game.Farewell());
    }
    // </example>
}

/// <summary>The game of the example.</summary>
internal interface IGame
{
    void Show(TransportStatus status);

    void Take(ReadOnlySpan<byte> datagram);

    ReadOnlySpan<byte> NextInput();

    ReadOnlySpan<byte> Farewell();

    Task NextFrameAsync();
}
