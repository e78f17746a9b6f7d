using FleetSystem.SiloHost.Access;
using Microsoft.Extensions.Configuration;

namespace FleetSystem.SiloHost.Tests.Access;

/// <summary>Faults of the section, and the rule of where a host may listen.</summary>
public sealed class AccessOptionsTests
{
    private static readonly string Hash = new('a', 64);

    [Theory]
    [InlineData("http://127.0.0.1:8081", true)]
    [InlineData("http://localhost:8081;http://[::1]:8081", true)]
    [InlineData("http://0.0.0.0:8081", false)]
    [InlineData("http://127.0.0.1:8081;http://10.1.2.3:80", false)]
    [InlineData("http://*:8081", false)]
    [InlineData("http://fleet.example:8081", false)]
    public void Validate_NoAccessControl_LoopbackOnly(string urls, bool starts)
    {
        var result = Validator(("Urls", urls)).Validate(null, new AccessOptions());
        Assert.Equal(starts, result.Succeeded);
        if (!starts) Assert.Contains("Access:ApiKeys", Assert.Single(result.Failures!), StringComparison.Ordinal);
        Assert.True(Validator(("Urls", urls)).Validate(null, new AccessOptions { Trusted = true }).Succeeded);
        Assert.True(Validator(("Urls", urls)).Validate(null, new AccessOptions { ApiKeys = [new ApiKeyOptions { Name = "ci", Sha256 = Hash }] }).Succeeded);
    }

    [Fact]
    public void Validate_KestrelsOwnEndpoints_AreWhatCounts()
    {
        Assert.True(Validator(("Urls", "http://0.0.0.0:1"), ("Kestrel:Endpoints:Players:Url", "http://127.0.0.1:1")).Validate(null, new AccessOptions()).Succeeded);
        Assert.False(Validator(("Kestrel:Endpoints:Players:Url", "http://0.0.0.0:1")).Validate(null, new AccessOptions()).Succeeded);
    }

    [Fact]
    public void Validate_KeysOfTheOtherHostsCallers_DoNotMakeUpForIts()
    {
        var options = new AccessOptions { ApiKeys = [new ApiKeyOptions { Name = "ci", Sha256 = Hash }] };
        Assert.False(new AccessOptionsValidator(Configuration(("Urls", "http://0.0.0.0:1")), access => access.GuardsOperators, "keys").Validate(null, new AccessOptions { ApiKeys = [new ApiKeyOptions { Name = "ci", Role = AccessRole.Backend, Sha256 = Hash }] }).Succeeded);
        Assert.False(new AccessOptionsValidator(Configuration(("Urls", "http://0.0.0.0:1")), access => access.GuardsPlayers, "players' issuers").Validate(null, options).Succeeded);
    }

    [Fact]
    public void Validate_BadKeys_EachToldWithItsPlaceAndNoHash()
    {
        var options = new AccessOptions
        {
            ApiKeys = [new ApiKeyOptions { Name = "a b", Sha256 = Hash }, new ApiKeyOptions { Name = "x", Sha256 = "secret-key-itself" }, new ApiKeyOptions { Name = "y", Sha256 = Hash.ToUpperInvariant() }],
        };
        var faults = Validator().Validate(null, options).Failures!.ToList();
        Assert.Equal(["Access:ApiKeys:0:Name", "Access:ApiKeys:1:Sha256", "Access:ApiKeys:2:Sha256"], faults.Select(fault => fault.Split(' ')[0]));
        Assert.DoesNotContain(faults, fault => fault.Contains("secret-key-itself", StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_BadIssuers_EachToldWithItsPlace()
    {
        var keys = Path.Combine(AppContext.BaseDirectory, "no-such-keys.json");
        var options = new AccessOptions
        {
            Players =
            [
                new TokenIssuerOptions { Issuer = "own-key", Audience = "game" },
                new TokenIssuerOptions { Issuer = "http://id.example", Audience = "" },
                new TokenIssuerOptions { Issuer = "a", Audience = "game", KeysUrl = "http://id.example/keys" },
                new TokenIssuerOptions { Issuer = "b", Audience = "game", KeysFile = keys, ClockSkew = TimeSpan.FromHours(1), KeysRefreshInterval = TimeSpan.FromSeconds(1) },
                new TokenIssuerOptions { Issuer = "https://id.example", Audience = "game", KeysUrl = "http://127.0.0.1:1/keys" },
                new TokenIssuerOptions { Issuer = "https://id.example", Audience = "game" },
            ],
        };
        Assert.Equal(
            [
                "Access:Players:0:Issuer", "Access:Players:1:Audience", "Access:Players:1:Issuer", "Access:Players:2:KeysUrl", "Access:Players:3:KeysFile", "Access:Players:3:ClockSkew", "Access:Players:3:KeysRefreshInterval", "Access:Players:5:Issuer",
            ],
            Validator().Validate(null, options).Failures!.Select(fault => fault.Split(' ')[0]));
    }

    private static AccessOptionsValidator Validator(params (string Key, string Value)[] settings) => new(Configuration(settings), access => access.GuardsOperators, "operators' keys in Access:ApiKeys");

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();
}
