using System.Security.Claims;
using FleetSystem.Matchmaker.Access;
using FleetSystem.SiloHost.Access;
using Microsoft.AspNetCore.Http;

namespace FleetSystem.Matchmaker.Tests.Access;

/// <summary>Who a caller is, and what is for him.</summary>
public sealed class CallerTests
{
    [Fact]
    public void Of_NobodyVouchedFor_NothingIsForHim()
    {
        var caller = Caller.Of(new DefaultHttpContext());
        Assert.False(caller.IsBackend);
        Assert.False(caller.MaySee(["alice", ""]));
        Assert.False(caller.Owns("alice"));
        Assert.NotEqual("", caller.Id);
    }

    [Theory]
    [InlineData("Viewer")]
    [InlineData("Operator")]
    [InlineData("Admin")]
    public void Of_AnOperator_NothingIsForHimHere(string role) => Assert.Same(Caller.Stranger, Caller.Of(Context(role, "olga")));

    [Fact]
    public void Of_NoAccessConfigured_OneAnonymousCallerThatSeesEverything()
    {
        var caller = Caller.Of(Context(PlayersAccess.AnonymousRole, ""));
        Assert.Same(Caller.Anonymous, caller);
        Assert.Equal(("", true), (caller.Id, caller.IsBackend));
        Assert.True(caller.MaySee(["alice"]));
        Assert.True(caller.Owns("alice"));
    }

    [Fact]
    public void Of_APlayer_HisOwnAlone()
    {
        var caller = Caller.Of(Context(PlayersAccess.PlayerRole, "alice"));
        Assert.Equal(("player:alice", "alice", false), (caller.Id, caller.PlayerId, caller.IsBackend));
        Assert.True(caller.MaySee(["bob", "alice"]));
        Assert.False(caller.MaySee(["bob", "Alice"]));
        Assert.False(caller.MaySee([]));
        Assert.True(caller.Owns("alice"));
        Assert.False(caller.Owns("bob"));
    }

    [Fact]
    public void Of_ABackendOfAPlayersName_AnotherCallerThatSeesEverything()
    {
        var caller = Caller.Of(Context(nameof(AccessRole.Backend), "alice"));
        Assert.True(caller.IsBackend);
        Assert.True(caller.MaySee(["bob"]));
        Assert.NotEqual(Caller.Player("alice").Id, caller.Id);
    }

    private static DefaultHttpContext Context(string role, string name) =>
        new() { User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, role), new Claim(ClaimTypes.Name, name)], "test")) };
}
