using FleetSystem.GameServer.Join;

namespace FleetSystem.GameServer.Tests.Join;

public sealed class JoinKeysTests
{
    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"keys\":[]}")]
    [InlineData("{\"keys\":[7]}")]
    [InlineData("{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\"}]}")]
    [InlineData("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQAB\",\"y\":\"AQAB\"}]}")]
    public void TryRead_NoUsableKey_NamesSettingAndFile(string content)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, content);
            var problems = new List<string>();

            Assert.Empty(JoinKeys.TryRead(path, problems));

            var problem = Assert.Single(problems);
            Assert.Contains("GAMESERVER_JOIN_KEYS_FILE", problem, StringComparison.Ordinal);
            Assert.Contains(path, problem, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Read_SeveralKeys_TakesThoseOfTheCurve()
    {
        using var signer = new TokenSigner(TimeProvider.System);
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, signer.JwkSet.Replace("[", "[{\"kty\":\"RSA\"},", StringComparison.Ordinal));

            Assert.Equal("k1", Assert.Single(JoinKeys.Read(path)).KeyId);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
