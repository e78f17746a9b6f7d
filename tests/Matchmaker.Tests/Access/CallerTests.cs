using System.Security.Claims;
using FleetSystem.Matchmaker.Access;
using Microsoft.AspNetCore.Http;

namespace FleetSystem.Matchmaker.Tests.Access;

/// <summary>Who a caller is, and what is for him.</summary>
public sealed class CallerTests
{
    [Fact]
    public void Of_NoAccessConfigured_OneAnonymousCallerThatSeesEverything()
    {
        var caller = Caller.Of(new DefaultHttpContext());
        Assert.Same(Caller.Anonymous, caller);
        Assert.Equal(("", true), (caller.Id, caller.IsBackend));
        Assert.True(caller.MaySee(["alice"]));
        Assert.True(caller.Owns("alice"));
    }

    [Fact]
    public void Of_APlayer_HisOwnAlone()
    {
        var caller = Caller.Of(Context(Caller.PlayerKind, "alice"));
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
        var caller = Caller.Of(Context(Caller.BackendKind, "alice"));
        Assert.True(caller.IsBackend);
        Assert.True(caller.MaySee(["bob"]));
        Assert.NotEqual(Caller.Player("alice").Id, caller.Id);
    }

    private static DefaultHttpContext Context(string kind, string name) =>
        new() { User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(Caller.KindClaim, kind), new Claim(ClaimTypes.Name, name)], "test")) };
}
