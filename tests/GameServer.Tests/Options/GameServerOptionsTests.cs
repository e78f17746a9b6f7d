using System.Net;
using FleetSystem.GameServer.Options;

namespace FleetSystem.GameServer.Tests.Options;

public sealed class GameServerOptionsTests
{
    private static readonly string ExistingFile = typeof(GameServerOptionsTests).Assembly.Location;

    [Fact]
    public void Read_Environment_TakesItsValues()
    {
        var options = Read(
            [],
            new()
            {
                ["GAMESERVER_ADDRESS"] = "127.0.10.1",
                ["GAMESERVER_PORT"] = "7300",
                ["GAMESERVER_JOIN_KEYS_FILE"] = ExistingFile,
                ["GAMESERVER_EXIT_ON_STDIN_CLOSE"] = "1",
                ["GAMESERVER_IDLE_END_SECONDS"] = "5",
                ["AGONES_SDK_GRPC_PORT"] = "59357",
            },
            out var faults);

        Assert.Empty(faults);
        Assert.Equal(IPAddress.Parse("127.0.10.1"), options.Address);
        Assert.Equal(7300, options.Port);
        Assert.True(options.ExitOnStdinClose);
        Assert.Equal(TimeSpan.FromSeconds(5), options.IdleEnd);
        Assert.Equal(59357, options.SdkPort);
    }

    [Fact]
    public void Read_NothingButTheKeys_TakesTheDefaults()
    {
        var options = Read([], new() { ["GAMESERVER_JOIN_KEYS_FILE"] = ExistingFile }, out var faults);

        Assert.Empty(faults);
        Assert.Equal(new GameServerOptions { JoinKeysFile = ExistingFile }, options);
    }

    [Fact]
    public void Read_CounterAndListForPlaces_IsAFault()
    {
        Read([], new() { ["GAMESERVER_JOIN_KEYS_FILE"] = ExistingFile, ["GAMESERVER_PLACES_COUNTER"] = "rooms", ["GAMESERVER_PLACES_LIST"] = "sessions" }, out var faults);

        Assert.Contains("GAMESERVER_PLACES_LIST", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ArgumentAndEnvironment_ArgumentWins()
    {
        var options = Read(
            ["--port", "7400", "--join-keys-file", ExistingFile], new() { ["GAMESERVER_PORT"] = "7300" }, out var faults);

        Assert.Empty(faults);
        Assert.Equal(7400, options.Port);
    }

    [Fact]
    public void Read_ManyFaults_ListsEveryOneWithItsSetting()
    {
        Read(
            ["--colour", "red"],
            new()
            {
                ["GAMESERVER_ADDRESS"] = "here",
                ["GAMESERVER_PORT"] = "70000",
                ["GAMESERVER_IDLE_END_SECONDS"] = "-1",
                ["GAMESERVER_EXIT_ON_STDIN_CLOSE"] = "maybe",
            },
            out var faults);

        string[] named = ["--colour", "GAMESERVER_ADDRESS", "GAMESERVER_PORT", "GAMESERVER_IDLE_END_SECONDS", "GAMESERVER_EXIT_ON_STDIN_CLOSE", "GAMESERVER_JOIN_KEYS_FILE"];
        Assert.Equal(named.Length, faults.Count);
        Assert.All(named, name => Assert.Contains(faults, fault => fault.Contains(name, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("port")]
    [InlineData("--port")]
    [InlineData("--port", "1", "--port", "2")]
    public void Read_MalformedArguments_SaysSo(params string[] arguments)
    {
        Read(arguments, new() { ["GAMESERVER_JOIN_KEYS_FILE"] = ExistingFile }, out var faults);

        Assert.Single(faults);
    }

    private static GameServerOptions Read(string[] arguments, Dictionary<string, string> environment, out IReadOnlyList<string> faults) =>
        GameServerOptions.Read(arguments, environment.GetValueOrDefault, out faults);
}
