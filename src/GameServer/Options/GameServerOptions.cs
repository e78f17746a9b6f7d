using System.Net;

namespace FleetSystem.GameServer.Options;

/// <summary>What a game server is told at its start; every value comes from one setting of <see cref="SettingsReader"/>.</summary>
internal sealed record GameServerOptions
{
    /// <summary>Address to bind. GAMESERVER_ADDRESS, default 0.0.0.0.</summary>
    public IPAddress Address { get; init; } = IPAddress.Any;

    /// <summary>UDP port to bind. GAMESERVER_PORT, default 7777; 0 lets the system choose.</summary>
    public int Port { get; init; } = 7777;

    /// <summary>File with the public keys of the join tokens' signer, as a JWK set. GAMESERVER_JOIN_KEYS_FILE, required.</summary>
    public string JoinKeysFile { get; init; } = "";

    /// <summary>Fleet that join tokens are issued for, where that is not the name of the Agones Fleet. GAMESERVER_FLEET, default the label agones.dev/fleet.</summary>
    public string? Fleet { get; init; }

    /// <summary>Host of the SDK sidecar. AGONES_SDK_GRPC_HOST, default localhost.</summary>
    public string SdkHost { get; init; } = "localhost";

    /// <summary>Port of the SDK sidecar. AGONES_SDK_GRPC_PORT, default 9357.</summary>
    public int SdkPort { get; init; } = 9357;

    /// <summary>End when standard input is closed, so that no server outlives the process that started it. GAMESERVER_EXIT_ON_STDIN_CLOSE, default 0.</summary>
    public bool ExitOnStdinClose { get; init; }

    /// <summary>A session without players for this long ends. GAMESERVER_IDLE_END_SECONDS, default 60, 1 to 86400.</summary>
    public TimeSpan IdleEnd { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time between two Health messages. GAMESERVER_HEALTH_INTERVAL_SECONDS, default 2, 1 to 60; keep it below half of the fleet's health period.</summary>
    public TimeSpan HealthInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A player not heard from for this long has left. GAMESERVER_PLAYER_TIMEOUT_SECONDS, default 15, 1 to 3600.</summary>
    public TimeSpan PlayerTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Most players of a session at a time. GAMESERVER_PLAYERS_MAX, default 64, 1 to 10000.</summary>
    public int PlayersMax { get; init; } = 64;

    /// <summary>Most sessions at a time, where the fleet puts several on one server. GAMESERVER_SESSIONS_MAX, default 1, 1 to 1000.</summary>
    public int SessionsMax { get; init; } = 1;

    /// <summary>Counter that a session's place is given back to when the server ends it and goes on. GAMESERVER_PLACES_COUNTER, default none.</summary>
    public string? PlacesCounter { get; init; }

    /// <summary>List that a session is taken out of when the server ends it and goes on. GAMESERVER_PLACES_LIST, default none; not beside a counter.</summary>
    public string? PlacesList { get; init; }

    /// <summary>Shut down when the last of several sessions has ended. GAMESERVER_END_WHEN_EMPTY, default 0: the server waits for the next one.</summary>
    public bool EndWhenEmpty { get; init; }

    /// <summary>
    /// A place that a player of a match left for this long is asked a new player for, through the SDK. GAMESERVER_BACKFILL_SECONDS, default 0, 0 to 3600; 0
    /// never asks. Where a server has one session at a time.
    /// </summary>
    public TimeSpan BackfillAfter { get; init; }

    /// <summary>Most join tokens verified in a second; more are refused as busy. GAMESERVER_JOINS_PER_SECOND_MAX, default 200, 1 to 100000.</summary>
    public int JoinsPerSecondMax { get; init; } = 200;

    /// <summary>How long the sidecar may take to answer the first call. GAMESERVER_SDK_START_SECONDS, default 60, 1 to 3600.</summary>
    public TimeSpan SdkStart { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a server that asked for Shutdown waits to be ended before it ends itself. GAMESERVER_SHUTDOWN_WAIT_SECONDS, default 30, 0 to 3600.</summary>
    public TimeSpan ShutdownWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Reads all settings from arguments (<c>--port 7000</c>) and environment (<c>GAMESERVER_PORT=7000</c>); arguments win.</summary>
    /// <param name="arguments">The process's arguments.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="faults">Every fault found, each naming its setting and what it takes.</param>
    public static GameServerOptions Read(IReadOnlyList<string> arguments, Func<string, string?> environment, out IReadOnlyList<string> faults)
    {
        var settings = new SettingsReader(arguments, environment);
        var options = new GameServerOptions
        {
            Address = settings.Address("GAMESERVER_ADDRESS", IPAddress.Any),
            Port = settings.Number("GAMESERVER_PORT", 7777, 0, 65535),
            JoinKeysFile = settings.ExistingFile("GAMESERVER_JOIN_KEYS_FILE"),
            Fleet = settings.Text("GAMESERVER_FLEET", "") is { Length: > 0 } fleet ? fleet : null,
            SdkHost = settings.Text("AGONES_SDK_GRPC_HOST", "localhost"),
            SdkPort = settings.Number("AGONES_SDK_GRPC_PORT", 9357, 1, 65535),
            ExitOnStdinClose = settings.Flag("GAMESERVER_EXIT_ON_STDIN_CLOSE"),
            IdleEnd = settings.Seconds("GAMESERVER_IDLE_END_SECONDS", 60, 1, 86400),
            HealthInterval = settings.Seconds("GAMESERVER_HEALTH_INTERVAL_SECONDS", 2, 1, 60),
            PlayerTimeout = settings.Seconds("GAMESERVER_PLAYER_TIMEOUT_SECONDS", 15, 1, 3600),
            PlayersMax = settings.Number("GAMESERVER_PLAYERS_MAX", 64, 1, 10000),
            SessionsMax = settings.Number("GAMESERVER_SESSIONS_MAX", 1, 1, 1000),
            PlacesCounter = settings.Text("GAMESERVER_PLACES_COUNTER", "") is { Length: > 0 } counter ? counter : null,
            PlacesList = settings.Text("GAMESERVER_PLACES_LIST", "") is { Length: > 0 } list ? list : null,
            EndWhenEmpty = settings.Flag("GAMESERVER_END_WHEN_EMPTY"),
            BackfillAfter = settings.Seconds("GAMESERVER_BACKFILL_SECONDS", 0, 0, 3600),
            JoinsPerSecondMax = settings.Number("GAMESERVER_JOINS_PER_SECOND_MAX", 200, 1, 100000),
            SdkStart = settings.Seconds("GAMESERVER_SDK_START_SECONDS", 60, 1, 3600),
            ShutdownWait = settings.Seconds("GAMESERVER_SHUTDOWN_WAIT_SECONDS", 30, 0, 3600),
        };
        var problems = settings.Finish();
        faults = options is { PlacesCounter: not null, PlacesList: not null }
            ? [.. problems, "GAMESERVER_PLACES_COUNTER and GAMESERVER_PLACES_LIST are both given: a session's place is in one of them, keep that one"]
            : problems;
        return options;
    }
}
