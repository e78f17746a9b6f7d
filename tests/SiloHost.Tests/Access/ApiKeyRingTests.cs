using System.Security.Cryptography;
using System.Text;
using FleetSystem.SiloHost.Access;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.SiloHost.Tests.Access;

/// <summary>Keys that come and go with a file.</summary>
public sealed class ApiKeyRingTests : IDisposable
{
    private static readonly TimeSpan Reload = TimeSpan.FromSeconds(10);

    private readonly string _directory = Directory.CreateTempSubdirectory("keys-").FullName;
    private readonly FakeTimeProvider _clock = new();
    private readonly Lines _log = new();
    private readonly CredentialChanges _changes = new();
    private int _notified;

    private string KeysFile => Path.Combine(_directory, "keys.json");

    public ApiKeyRingTests() => _changes.Changed += () => _notified++;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Find_KeyPutInAndTakenOut_KnownAndUnknownAtTheNextLook()
    {
        Write(("olga", "Operator"));
        using var ring = Ring();
        Assert.Null(ring.Find("eve-key"));
        Write(("olga", "Operator"), ("eve", "Viewer"));
        Assert.Null(ring.Find("eve-key"));
        _clock.Advance(Reload);
        Assert.Equal(("eve", AccessRole.Viewer), (ring.Find("eve-key")!.Name, ring.Find("eve-key")!.Role));

        var held = ring.Find("olga-key")!;
        Assert.True(ring.Holds(held));
        Write(("eve", "Viewer"));
        _clock.Advance(Reload);
        Assert.Null(ring.Find("olga-key"));
        Assert.False(ring.Holds(held));
        Assert.Equal(2, _notified);

        // Ids, and neither keys nor hashes.
        Assert.Contains(_log.Written, line => line.Contains($"olga/{Hash("olga-key")[..16]} (Operator) went", StringComparison.Ordinal));
        Assert.DoesNotContain(_log.Written, line => line.Contains("olga-key", StringComparison.Ordinal) || line.Contains(Hash("olga-key"), StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Find_SecretSwappedAsKubeletsDo_SeenAtTheNextLook()
    {
        // keys.json -> ..data/keys.json, ..data -> a directory of its own; a renewal makes another, and puts a new link in the place of ..data.
        Mount("first", ("olga", "Operator"));
        File.CreateSymbolicLink(KeysFile, Path.Combine("..data", "keys.json"));
        using var ring = Ring();
        Mount("second", ("eve", "Viewer"));
        _clock.Advance(Reload);
        Assert.Null(ring.Find("olga-key"));
        Assert.NotNull(ring.Find("eve-key"));

        void Mount(string directory, params (string Name, string Role)[] keys)
        {
            Directory.CreateDirectory(Path.Combine(_directory, directory));
            File.WriteAllText(Path.Combine(_directory, directory, "keys.json"), Json(keys));
            var link = Path.Combine(_directory, "..data");
            if (Path.Exists(link)) Directory.Delete(link);
            Directory.CreateSymbolicLink(link, directory);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"ApiKeys\": [{\"Name\": \"ev")]
    [InlineData("{}")]
    [InlineData("{\"ApiKeys\": [{\"Name\": \"eve\", \"Sha256\": \"HASH\"}]}")]
    [InlineData("{\"ApiKeys\": [{\"Name\": \"eve\", \"Role\": \"Viewer\", \"Sha256\": \"HASH\"}, {\"Name\": \"a b\", \"Role\": \"Viewer\", \"Sha256\": \"00\"}]}")]
    [InlineData(null)]
    public void Find_FileBrokenOrGone_WhatItSaidLastHoldsAndIsToldUntilItHeals(string? content)
    {
        Write(("olga", "Operator"));
        using var ring = Ring();
        if (content is null) File.Delete(KeysFile);
        else File.WriteAllText(KeysFile, content.Replace("HASH", Hash("eve-key"), StringComparison.Ordinal));
        _clock.Advance(Reload);
        Assert.NotNull(ring.Find("olga-key"));
        Assert.Null(ring.Find("eve-key"));
        Assert.NotNull(ring.Fault);
        Assert.Single(_log.Written, line => line.Contains("Error The API keys in", StringComparison.Ordinal));
        _clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(2, _log.Written.Count(line => line.Contains("Error The API keys in", StringComparison.Ordinal)));
        Assert.DoesNotContain(_log.Written, line => line.Contains(Hash("eve-key"), StringComparison.OrdinalIgnoreCase));

        // The same as before, and nothing has come or gone.
        Write(("olga", "Operator"));
        _clock.Advance(Reload);
        Assert.Null(ring.Fault);
        Assert.Equal(0, _notified);
        Assert.Contains(_log.Written, line => line.Contains("can be read again", StringComparison.Ordinal));
    }

    [Fact]
    public void Find_EmptyList_NobodyIsKnownAndTheHostStaysGuarded()
    {
        Write(("olga", "Operator"));
        using var ring = Ring();
        Write();
        _clock.Advance(Reload);
        Assert.Empty(ring.Keys);
        var options = new AccessOptions { ApiKeysFile = KeysFile };
        Assert.True(options.GuardsOperators);
        Assert.True(options.GuardsPlayers);
    }

    [Fact]
    public void Find_KeysOfTheConfiguration_StayBesideTheFiles()
    {
        Write(("olga", "Operator"));
        using var ring = Ring(new ApiKeyOptions { Name = "ada", Role = AccessRole.Admin, Sha256 = Hash("ada-key") });
        Write();
        _clock.Advance(Reload);
        Assert.NotNull(ring.Find("ada-key"));

        // Which of the two is meant cannot be told.
        Write(("ada", "Viewer"));
        _clock.Advance(Reload);
        Assert.Contains("ApiKeys:0:Sha256 is that of another key too", ring.Fault!.Value.Reason, StringComparison.Ordinal);
        Assert.Equal(AccessRole.Admin, ring.Find("ada-key")!.Role);
    }

    [Fact]
    public void Check_FileOfAnyFault_IsToldWithItsPlaceAndStartsNothing()
    {
        File.WriteAllText(KeysFile, "{\"ApiKeys\": [{\"Name\": \"eve\", \"Sha256\": \"not-a-hash\"}, {\"Name\": \"olga\", \"Role\": \"Root\", \"Sha256\": \"" + Hash("x") + "\"}]}");
        Assert.Contains("$.ApiKeys[1].", Fault(), StringComparison.Ordinal);
        File.WriteAllText(KeysFile, "{\"ApiKeys\": [{\"Name\": \"eve\", \"Sha256\": \"not-a-hash\"}]}");
        Assert.Contains("ApiKeys:0:Role is missing: Viewer, Operator, Admin, Backend are possible; ApiKeys:0:Sha256 is not", Fault(), StringComparison.Ordinal);
        Assert.DoesNotContain("not-a-hash", Fault(), StringComparison.Ordinal);
        File.Delete(KeysFile);
        Assert.Contains("Could not find file", Fault(), StringComparison.Ordinal);

        string Fault()
        {
            var faults = new FleetModel.Configuration.FaultList("Access");
            new AccessOptions { ApiKeysFile = KeysFile }.Check(faults);
            return Assert.Single(faults.Faults).Fault;
        }
    }

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static string Json(params (string Name, string Role)[] keys) =>
        $"{{\"ApiKeys\": [{string.Join(", ", keys.Select(key => $"{{\"Name\": \"{key.Name}\", \"Role\": \"{key.Role}\", \"Sha256\": \"{Hash(key.Name + "-key")}\"}}"))}]}}";

    private void Write(params (string Name, string Role)[] keys) => File.WriteAllText(KeysFile, Json(keys));

    private ApiKeyRing Ring(params ApiKeyOptions[] configured) =>
        new(Options.Create(new AccessOptions { ApiKeysFile = KeysFile, ReloadInterval = Reload, ApiKeys = configured }), _changes, _clock, _log);

    private sealed class Lines : ILogger<ApiKeyRing>
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Written.Add($"{logLevel} {formatter(state, exception)}");
    }
}
