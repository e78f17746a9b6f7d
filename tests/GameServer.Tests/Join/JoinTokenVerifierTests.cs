using System.Text;
using FleetSystem.GameServer.Join;
using FleetSystem.GameServer.Protocol;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;

namespace FleetSystem.GameServer.Tests.Join;

public sealed class JoinTokenVerifierTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 1, 0, 0, TimeSpan.Zero));
    private readonly TokenSigner _signer;
    private readonly JoinTokenVerifier _verifier;

    public JoinTokenVerifierTests()
    {
        _signer = new TokenSigner(_time);
        _verifier = _signer.Verifier;
    }

    public void Dispose() => _signer.Dispose();

    [Fact]
    public async Task VerifyAsync_GoodToken_NamesThePlayerAndTheSession() =>
        Assert.Equal(new Admission("p1", "s-1", default), await VerifyAsync(_signer.Sign()));

    [Fact]
    public async Task VerifyAsync_NoToken_IsRefused() => Assert.Equal(RefusalCode.TokenMissing, (await VerifyAsync("")).Refusal);

    [Theory]
    [InlineData(4.9, null)]
    [InlineData(5.1, RefusalCode.TokenExpired)]
    internal async Task VerifyAsync_AfterExpiry_GrantsTheClockSkewOnly(double secondsLate, RefusalCode? refusal)
    {
        var token = _signer.Sign(lifetime: TimeSpan.FromMinutes(1));
        _time.Advance(TimeSpan.FromMinutes(1) + TimeSpan.FromSeconds(secondsLate));

        var admission = await VerifyAsync(token);

        Assert.Equal(refusal ?? default, admission.Refusal);
        Assert.Equal(refusal is null, admission.PlayerId is not null);
    }

    [Fact]
    public async Task VerifyAsync_NoSessionOtherFleetOrIssuer_IsRefusedWithItsCode()
    {
        Assert.Equal(RefusalCode.OtherSession, (await VerifyAsync(_signer.Sign(session: null))).Refusal);
        Assert.Equal(RefusalCode.OtherFleet, (await VerifyAsync(_signer.Sign(fleet: "other"))).Refusal);
        Assert.Equal(RefusalCode.TokenInvalid, (await VerifyAsync(_signer.Sign(issuer: "other"))).Refusal);
        Assert.Equal(RefusalCode.TokenInvalid, (await VerifyAsync(_signer.Sign(player: null))).Refusal);
    }

    [Fact]
    public async Task VerifyAsync_EveryCharacterTamperedWith_IsRefused()
    {
        var token = _signer.Sign();
        var signatureAt = token.LastIndexOf('.') + 1;
        for (var i = 0; i < token.Length; i++)
        {
            if (token[i] == '.' || i == token.Length - 1)
                continue;
            var other = token[i] == 'A' ? 'B' : 'A';
            var tampered = token[..i] + other + token[(i + 1)..];

            var admission = await VerifyAsync(tampered);
            Assert.True(admission.PlayerId is null, $"character {i} of {token.Length}, signature at {signatureAt}");
        }
    }

    [Fact]
    public async Task VerifyAsync_OtherKeyOrAlgorithm_IsRefused()
    {
        using var other = new TokenSigner(_time);
        Assert.Equal(RefusalCode.TokenInvalid, (await VerifyAsync(other.Sign())).Refusal);

        // The classic confusion: the public key, known to all, used as a shared secret.
        Assert.Equal(RefusalCode.TokenInvalid, (await VerifyAsync(_signer.Sign(algorithm: SecurityAlgorithms.HmacSha256))).Refusal);

        // And the classic emptiness.
        var unsigned = Base64UrlEncoder.Encode("{\"alg\":\"none\"}") + "." + _signer.Sign().Split('.')[1] + ".";
        Assert.Equal(RefusalCode.TokenInvalid, (await VerifyAsync(unsigned)).Refusal);
    }

    [Theory]
    [InlineData("rubbish")]
    [InlineData("a.b.c")]
    [InlineData("....")]
    public async Task VerifyAsync_Rubbish_IsRefused(string token) => Assert.Equal(RefusalCode.TokenInvalid, (await VerifyAsync(token)).Refusal);

    private ValueTask<Admission> VerifyAsync(string token) => _verifier.VerifyAsync(Encoding.ASCII.GetBytes(token), "arena");
}
