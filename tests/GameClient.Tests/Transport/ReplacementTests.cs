using static FleetSystem.GameClient.Tests.Transport.TransportFixture;

namespace FleetSystem.GameClient.Tests.Transport;

/// <summary>Newer connections of the same session.</summary>
public sealed class ReplacementTests
{
    [Fact]
    public void Apply_NextIncarnation_JoinsTheReplacementWithItsToken()
    {
        using var player = new TransportFixture();
        player.Play(5);
        player.Server.IsDead = true;
        player.Play(2);
        player.Server.IsDead = false;

        Assert.True(player.Transport.Apply(Connection(2, token: "second")));
        player.Play(1);

        Assert.Equal((TransportState.Joined, 2, 10_002), (player.Status.State, player.Status.Connection.Incarnation, player.Status.Current.Port));
        Assert.Equal("second", player.Server.Joins[^1].Token);
        Assert.NotEqual(player.Server.Joins[0].Nonce, player.Server.Joins[^1].Nonce);
        Assert.Equal(4, player.Network.Open);
    }

    [Fact]
    public void Apply_NextIncarnation_WhatTheOldServerStillSaysIsDropped()
    {
        using var player = new TransportFixture();
        player.Play(1);
        player.Transport.TrySend("G old"u8);
        player.Clock.Advance(30);

        player.Transport.Apply(Connection(2));
        player.Clock.Advance(500);

        var buffer = new byte[1200];
        Assert.True(player.Transport.TryReceive(buffer, out var length));
        Assert.Equal("j"u8, buffer.AsSpan(0, length));
        Assert.False(player.Transport.TryReceive(buffer, out _));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(10)]
    public void Apply_NextIncarnationWhileTheAcceleratorIsDead_BeginsAtTheLoadBalancer(double silentSeconds)
    {
        using var player = new TransportFixture();
        player.Play(5);
        player.CutAccelerator();
        player.Play(5);
        player.Server.IsDead = true;
        player.Play(silentSeconds);
        player.Server.IsDead = false;

        player.Transport.Apply(Connection(2));
        player.MeasureGap();
        player.Play(1);

        Assert.Equal((TransportState.Joined, RouteKind.NetworkLoadBalancer), (player.Status.State, player.Status.Current.Kind));
        Assert.True(player.LongestGap < TimeSpan.FromMilliseconds(200), $"{player.LongestGap}");
    }

    [Fact]
    public void Apply_ServerHadClosed_ReplacementStartsAnew()
    {
        using var player = new TransportFixture();
        player.Play(1);
        player.Server.InputAnswer = "c\u0001"u8.ToArray();
        player.Play(1);
        Assert.False(player.Transport.Apply(Connection()));
        Assert.Equal(TransportState.Closed, player.Transport.State);

        player.Transport.Apply(Connection(2));
        player.Play(1);

        Assert.Equal((TransportState.Joined, (int?)null), (player.Status.State, player.Status.Code));
    }

    [Fact]
    public void Apply_SameIncarnationLoadBalancerFirst_GoesThereAtOnceAndKeepsWhatWasSeen()
    {
        using var player = new TransportFixture();

        // Less than a path needs to prove itself without the service's word.
        player.Play(4);
        var opened = player.Network.Opened;
        player.MeasureGap();

        Assert.True(player.Transport.Apply(Connection(loadBalancerFirst: true)));
        player.Play(1);

        Assert.Equal((RouteKind.NetworkLoadBalancer, PathChangeReason.BetterPath), (player.Status.Current.Kind, player.Status.LastChange));
        Assert.True(player.LongestGap < TimeSpan.FromMilliseconds(200), $"{player.LongestGap}");
        Assert.Equal(opened, player.Network.Opened);
        Assert.Single(player.Server.Joins);
    }

    [Fact]
    public void Receive_ServerTellsAnotherOrder_GoesThereAtOnceAndOnceOnly()
    {
        using var player = new TransportFixture();
        player.Play(4);
        player.MeasureGap();
        player.Server.InputAnswer = "o"u8.ToArray();
        player.Play(1);

        Assert.Equal((RouteKind.NetworkLoadBalancer, PathChangeReason.BetterPath), (player.Status.Current.Kind, player.Status.LastChange));
        Assert.Equal([RouteKind.NetworkLoadBalancer, RouteKind.Direct, RouteKind.Accelerator], player.Status.Connection.Routes.Select(route => route.Kind));
        Assert.True(player.LongestGap < TimeSpan.FromMilliseconds(200), $"{player.LongestGap}");

        // Told again, it changes nothing.
        var changes = player.Status.PathChanges;
        player.Server.InputAnswer = "o"u8.ToArray();
        player.Play(1);
        Assert.Equal(changes, player.Status.PathChanges);
        Assert.Single(player.Server.Joins);
    }

    [Fact]
    public void Apply_SameIncarnationPutsADeadPathFirst_StaysOnTheOneThatWorks()
    {
        using var player = new TransportFixture();
        player.Play(5);
        player.Network[LoadBalancer].IsCut = true;
        player.Play(5);

        player.Transport.Apply(Connection(loadBalancerFirst: true));
        player.Play(30);

        Assert.Equal((RouteKind.Accelerator, 0), (player.Status.Current.Kind, player.Status.PathChanges));
    }

    [Fact]
    public void Apply_RouteInUseIsTakenAway_GoesToTheBestOfTheRest()
    {
        using var player = new TransportFixture();
        player.Play(5);
        SessionConnection whole = Connection();

        player.Transport.Apply(new SessionConnection("s-1", 1, "p2", [.. whole.Routes.Skip(1)], whole.JoinToken));
        player.Play(1);

        Assert.Equal(RouteKind.NetworkLoadBalancer, player.Status.Current.Kind);
        Assert.Equal(2, player.Network.Open);
        Assert.Single(player.Server.Joins);
    }

    [Fact]
    public void Apply_OlderOrTheSame_ChangesNothing()
    {
        using var player = new TransportFixture();
        player.Transport.Apply(Connection(2));
        player.Play(1);
        var joins = player.Server.Joins.Count;

        Assert.False(player.Transport.Apply(Connection()));
        Assert.False(player.Transport.Apply(Connection(2)));
        player.Play(1);

        Assert.Equal((joins, 2), (player.Server.Joins.Count, player.Status.Connection.Incarnation));
    }

    [Fact]
    public void Apply_OtherSessionOrPlayer_Throws()
    {
        using var player = new TransportFixture();
        var connection = Connection(2);
        Assert.Throws<ArgumentException>(() => player.Transport.Apply(new SessionConnection("s-2", 2, "p2", connection.Routes, "token")));
        Assert.Throws<ArgumentException>(() => player.Transport.Apply(new SessionConnection("s-1", 2, "p3", connection.Routes, "token")));
    }
}
