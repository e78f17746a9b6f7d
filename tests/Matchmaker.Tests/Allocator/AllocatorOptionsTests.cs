using FleetSystem.Matchmaker.Allocator;
using Microsoft.Extensions.Configuration;

namespace FleetSystem.Matchmaker.Tests.Allocator;

public sealed class AllocatorOptionsTests
{
    [Fact]
    public void Validate_Defaults_AreSoundAndServeNothing()
    {
        Assert.Null(Validate());
        Assert.Equal(("", ""), (new AllocatorOptions().GrpcUrl, new AllocatorOptions().RestUrl));
    }

    [Theory]
    [InlineData("GrpcUrl", "127.0.0.1:8443")]
    [InlineData("GrpcUrl", "http://example.com:8443")]
    [InlineData("RestUrl", "ftp://127.0.0.1:8443")]
    [InlineData("RestUrl", "http://127.0.0.1:8443/path")]
    [InlineData("Regions:0", "mars")]
    [InlineData("Timeout", "00:00:00.5")]
    [InlineData("Timeout", "00:05:01")]
    [InlineData("UnallocatedStatus", "418")]
    public void Validate_OneFault_NamesItsKey(string key, string value) =>
        Assert.Contains($"Matchmaker:Allocator:{key} is", Validate((key, value)));

    [Theory]
    [InlineData("CertificateFile")]
    [InlineData("KeyFile")]
    [InlineData("ClientCaDirectory")]
    public void Validate_HttpsWithoutItsFiles_NamesEach(string key) =>
        Assert.Contains($"Matchmaker:Allocator:Tls:{key} is", Validate(("GrpcUrl", "https://0.0.0.0:8443")));

    [Fact]
    public void Validate_OnePortWithoutTls_IsAFault()
    {
        Assert.Contains("HTTP/2 without TLS", Validate(("GrpcUrl", "http://127.0.0.1:8443"), ("RestUrl", "http://localhost:8443")));
        Assert.Null(Validate(("GrpcUrl", "http://127.0.0.1:8443"), ("RestUrl", "http://[::1]:8443")));
    }

    /// <summary>The faults in one line, or null.</summary>
    private static string? Validate(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            settings.Select(setting => new KeyValuePair<string, string?>($"Matchmaker:Allocator:{setting.Key}", setting.Value))
                .Append(new("FleetSystem:Regions:0:Id", "seoul"))).Build();
        var options = configuration.GetSection(MatchmakerOptions.Section).Get<MatchmakerOptions>() ?? new MatchmakerOptions();
        return new AllocatorOptionsValidator(configuration).Validate(null, options).FailureMessage;
    }
}
