using CsCheck;
using static FleetSystem.GameClient.Tests.Transport.TransportFixture;

namespace FleetSystem.GameClient.Tests.Transport;

/// <summary>Leaving a path, and going back to it. Time is the fake clock's, to the millisecond.</summary>
public sealed class FailoverTests
{
    private static readonly TimeSpan Goal = TimeSpan.FromSeconds(3);

    [Fact]
    public void Silence_BothAcceleratorAddressesDie_GoesOnThroughTheLoadBalancerWithoutJoiningAgain()
    {
        using var player = new TransportFixture();
        player.Play(30);
        player.MeasureGap();

        player.CutAccelerator();
        player.Play(10);

        Assert.Equal((RouteKind.NetworkLoadBalancer, 1, PathChangeReason.Silence), (player.Status.Current.Kind, player.Status.PathChanges, player.Status.LastChange));
        Assert.InRange(player.LongestGap, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.2));
        Assert.Single(player.Server.Joins);
        Assert.Equal([PathState.Down, PathState.Down, PathState.Healthy, PathState.Healthy], player.Status.Paths.Select(path => path.State));
    }

    [Fact]
    public void Silence_OneAcceleratorAddressDies_TakesTheOther()
    {
        using var player = new TransportFixture();
        player.Play(5);
        var dead = player.Status.Current.Address;

        player.Network[dead].IsCut = true;
        player.Play(5);

        Assert.Equal((RouteKind.Accelerator, 1), (player.Status.Current.Kind, player.Status.PathChanges));
        Assert.NotEqual(dead, player.Status.Current.Address);
    }

    [Fact]
    public void Silence_AllButTheLastAreDead_StillMeetsTheGoal()
    {
        using var player = new TransportFixture();
        player.Play(5);
        player.MeasureGap();

        player.CutAccelerator();
        player.Network[LoadBalancer].IsCut = true;
        player.Play(5);

        Assert.Equal(RouteKind.Direct, player.Status.Current.Kind);
        Assert.True(player.LongestGap < Goal, $"{player.LongestGap}");
    }

    [Fact]
    public void Silence_AcceleratorDeadBeforeTheJoin_JoinsThroughTheLoadBalancer()
    {
        using var player = new TransportFixture(before: network => network[First].IsCut = network[Second].IsCut = true);

        player.Play(3);

        Assert.Equal((TransportState.Joined, RouteKind.NetworkLoadBalancer), (player.Status.State, player.Status.Current.Kind));
        Assert.InRange(player.LongestGap, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.2));
    }

    [Fact]
    public void Silence_QuietGame_IsNoticedByTheTransportsOwnProbes()
    {
        using var player = new TransportFixture();
        player.Play(1);

        player.CutAccelerator();
        player.Clock.Advance(3000);

        Assert.Equal(RouteKind.NetworkLoadBalancer, player.Status.Current.Kind);
    }

    [Fact]
    public void Silence_ServerKnowsPlayersByAddress_IsToldTheJoinAgainOnTheNewPath()
    {
        using var player = new TransportFixture(handshake: new FakeHandshake { NamesPlayerInEveryDatagram = false }, server: new FakeGameServer { KnowsPlayersByAddress = true });
        player.Play(5);
        player.MeasureGap();

        player.CutAccelerator();
        player.Network[LoadBalancer].Loss = 0.5;
        player.Play(3);

        Assert.Equal(RouteKind.NetworkLoadBalancer, player.Status.Current.Kind);
        Assert.True(player.LongestGap < Goal, $"{player.LongestGap}");
        Assert.Single(player.Server.Joins.Select(join => join.Nonce).Distinct());
        Assert.Equal(LoadBalancer, player.Server.Joins[^1].Host);
        player.Network[LoadBalancer].Loss = 0;
        var joins = player.Server.Joins.Count;
        player.Play(5);
        Assert.Equal(joins, player.Server.Joins.Count);
    }

    [Fact]
    public void Silence_ProtocolWithoutProbes_TriesTheNextInOrder()
    {
        using var player = new TransportFixture(handshake: new FakeHandshake { HasProbes = false });
        player.Play(5);
        player.MeasureGap();
        var dead = player.Status.Current.Address;

        player.Network[dead].IsCut = true;
        player.Play(5);

        Assert.Equal((RouteKind.Accelerator, 1), (player.Status.Current.Kind, player.Status.PathChanges));
        Assert.True(player.LongestGap < Goal, $"{player.LongestGap}");
    }

    [Theory]
    [InlineData(20)]
    [InlineData(2000)]
    public void Loss_TenPercentEachWay_NeverChangesThePath(int inputEveryMilliseconds)
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            using var player = new TransportFixture(seed);
            foreach (var host in new[] { First, Second, LoadBalancer, Direct }) player.Network[host].Loss = 0.1;

            player.Play(300, inputEveryMilliseconds);

            Assert.True(player.Status.PathChanges == 0, $"seed {player.Seed}: {player.Status.PathChanges} changes");
            Assert.InRange((double)player.Status.Current.Lost / player.Status.Current.Sent, 0.1, 0.3);
        }
    }

    [Fact]
    public void Loss_HalfOfAllOnThePathInUse_LeavesItForOneThatLosesNothing()
    {
        using var player = new TransportFixture();
        player.Play(30);
        player.Network[First].Loss = player.Network[Second].Loss = 0.5;

        player.Play(30);

        Assert.Equal((RouteKind.NetworkLoadBalancer, PathChangeReason.Loss), (player.Status.Current.Kind, player.Status.LastChange));
        var changes = player.Status.PathChanges;
        player.Play(120);
        Assert.Equal(changes, player.Status.PathChanges);
    }

    [Fact]
    public void Return_AcceleratorIsBack_IsTakenOnceItHasProvenItself()
    {
        using var player = new TransportFixture();
        player.Play(5);
        player.CutAccelerator();
        player.Play(20);

        player.CutAccelerator(isCut: false);
        player.Play(9.9);
        Assert.Equal(RouteKind.NetworkLoadBalancer, player.Status.Current.Kind);
        player.MeasureGap();
        player.Play(1.5);

        Assert.Equal((RouteKind.Accelerator, PathChangeReason.BetterPath), (player.Status.Current.Kind, player.Status.LastChange));
        Assert.True(player.LongestGap < TimeSpan.FromMilliseconds(200), $"{player.LongestGap}");
    }

    [Fact]
    public void Return_AcceleratorFlaps_WaitsTwiceAsLongEachTime()
    {
        using var player = new TransportFixture();
        player.Play(5);
        for (var i = 0; i < 60; i++)
        {
            player.CutAccelerator();
            player.Play(3);
            player.CutAccelerator(isCut: false);
            player.Play(17);
        }

        // Without damping the player would have gone forth and back each of the 60 times. Both addresses have to prove themselves.
        Assert.InRange(player.Status.PathChanges, 3, 8);
    }

    [Fact]
    public void AllSilent_ServerDies_HoldsOnThenTriesTheOthersSlowly()
    {
        using var player = new TransportFixture();
        player.Play(5);

        player.Server.IsDead = true;
        player.Play(1.9);
        Assert.Equal(0, player.Status.PathChanges);
        var sent = player.Status.Sent;
        player.Play(60, inputEveryMilliseconds: 60_000);

        Assert.InRange(player.Status.PathChanges, 20, 32);
        Assert.Equal(PathChangeReason.AllSilent, player.Status.LastChange);

        // 4 paths at one a second, and five seconds of asking faster.
        Assert.InRange(player.Status.Sent - sent, 200, 4 * (60 + 50));
    }

    [Fact]
    public void AllSilent_ServerDies_AllAreTriedInOrderAndAround()
    {
        using var player = new TransportFixture();
        player.Play(5);
        player.Server.IsDead = true;

        List<string> tried = [player.Status.Current.Address];
        for (var changes = 0; tried.Count < 5; player.Play(0.1))
        {
            if (player.Status.PathChanges == changes) continue;
            changes = player.Status.PathChanges;
            tried.Add(player.Status.Current.Address);
        }

        Assert.Equal([.. player.Status.Paths.Select(path => path.Address), player.Status.Paths[0].Address], tried);
    }

    [Fact]
    public void AllSilent_PlayersNetworkChanged_SocketsAreOpenedAnewWithinTheGoal()
    {
        using var player = new TransportFixture();
        player.Play(30);
        player.MeasureGap();
        var opened = player.Network.Opened;

        player.Network.NetworkSince = player.Clock.Now;
        player.Play(10);

        Assert.True(player.LongestGap < Goal, $"{player.LongestGap}");
        Assert.InRange(player.Network.Opened - opened, 1, 4);
        Assert.Equal(4, player.Network.Open);
        Assert.Single(player.Server.Joins);
    }

    [Fact]
    public void Unsendable_InterfaceIsGone_SocketIsOpenedAnewEverySecondAtMost()
    {
        using var player = new TransportFixture();
        player.Play(5);
        var opened = player.Network.Opened;

        player.Network[Direct].IsUnsendable = true;
        player.Play(10);

        Assert.InRange(player.Network.Opened - opened, 5, 11);
    }

    [Fact]
    public void Sleep_GameWasInTheBackground_BlamesNoPath()
    {
        using var player = new TransportFixture();
        player.Play(5);

        player.Transport.TrySend("G"u8);
        player.Clock.Sleep(TimeSpan.FromMinutes(2));
        player.Play(5);

        Assert.Equal(0, player.Status.PathChanges);
        Assert.Equal(0, player.Status.Paths.Sum(path => path.Lost));
    }

    [Fact]
    public void Probes_NothingHappens_AreAsFewAsPromised()
    {
        using var player = new TransportFixture();
        player.Play(60);
        foreach (var host in new[] { First, Second, LoadBalancer, Direct }) Assert.InRange(player.SentTo(host, 'P'), 55, 61);
    }

    [Fact]
    public void Silence_AnyCuts_NeverWithoutAnAnswerForThreeSecondsWhileOnePathWorks() =>
        Gen.Select(Gen.Int[1, 1_000_000], Gen.Int[0, 3], Gen.Int[0, 3].Array[4, 12], Gen.Int[500, 6000].Array[12]).Sample(
            (seed, sound, cuts, times) =>
            {
                using var player = new TransportFixture(seed);
                string[] hosts = [First, Second, LoadBalancer, Direct];
                player.Play(2);
                for (var i = 0; i < cuts.Length; i++)
                {
                    // One path always works; the others come and go.
                    if (cuts[i] != sound) player.Network[hosts[cuts[i]]].IsCut ^= true;
                    player.Play(times[i] / 1000.0);
                }

                Assert.True(player.LongestGap < Goal, $"seed {seed}: {player.LongestGap} without an answer");
                Assert.Single(player.Server.Joins.Select(join => join.Nonce).Distinct());
            },
            iter: 60);
}
