using FleetSystem.SiloHost.Health;

namespace FleetSystem.SiloHost.Tests.Health;

public sealed class DrainOptionsTests
{
    [Fact]
    public void Total_Defaults_IsBelowWhatAgonesManifestsGiveAPod() =>
        Assert.InRange(new DrainOptions().Total, TimeSpan.Zero, TimeSpan.FromSeconds(60));

    [Fact]
    public async Task Host_ShutdownTimeout_IsAsLongAsTheDrainMayTake()
    {
        await using var host = await ProbedHost.StartAsync([], ("Silo:Drain:Delay", "00:00:10"), ("Silo:Drain:RequestTimeout", "00:00:20"), ("Silo:Drain:StopTimeout", "00:00:15"));
        Assert.Equal(TimeSpan.FromSeconds(45), host.ShutdownTimeout);
    }
}
