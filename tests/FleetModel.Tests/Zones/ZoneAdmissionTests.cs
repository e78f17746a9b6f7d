using CsCheck;
using FleetSystem.FleetModel.Zones;

namespace FleetSystem.FleetModel.Tests.Zones;

public sealed class ZoneAdmissionTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void ExcludedFor_NoDirective_Nothing() => Assert.Empty(new ZoneAdmission([], 1).ExcludedFor("s"));

    [Fact]
    public void ExcludedFor_SharesOfNothingAndAll_EvacuatedForEverybodyAndOpenForEverybody()
    {
        var admission = Of(1, ("a", 0), ("b", 1));
        Assert.All(Sessions, session => Assert.Equal(["a"], admission.ExcludedFor(session)));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void ExcludedFor_PartOfTheSessions_AboutThatShareIsTaken(double share)
    {
        var admission = Of(7, ("a", share));
        Assert.InRange(Sessions.Count(session => admission.ExcludedFor(session).Count == 0) / 2000.0, share - 0.03, share + 0.03);
    }

    [Fact]
    public void ExcludedFor_AnySessionAndSeed_TheSameAnswerAgainAndTakenAtEveryLargerShare() =>
        Gen.Select(Gen.String[1, 40], Gen.Int, Gen.Int[0, 100], Gen.Int[0, 100]).Sample((session, seed, one, other) =>
        {
            var (small, large) = (Math.Min(one, other) / 100.0, Math.Max(one, other) / 100.0);
            var excluded = Of(seed, ("a", small)).ExcludedFor(session);
            Assert.Equal(excluded, Of(seed, ("a", small)).ExcludedFor(session));
            if (excluded.Count == 0) Assert.Empty(Of(seed, ("a", large)).ExcludedFor(session));
        }, iter: 1000);

    [Fact]
    public void ExcludedFor_OtherSeed_OtherSessions() =>
        Assert.Contains(Sessions, session => Of(1, ("a", 0.5)).ExcludedFor(session).Count != Of(2, ("a", 0.5)).ExcludedFor(session).Count);

    private static IEnumerable<string> Sessions => Enumerable.Range(0, 2000).Select(number => $"s-{number}");

    private static ZoneAdmission Of(int seed, params (string Zone, double Share)[] shares) =>
        new([.. shares.Select(pair => new ZoneDirective(pair.Zone, pair.Share, "test", Now))], seed);
}
