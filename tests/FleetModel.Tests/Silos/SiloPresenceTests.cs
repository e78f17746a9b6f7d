using FleetSystem.FleetModel.Silos;

namespace FleetSystem.FleetModel.Tests.Silos;

public sealed class SiloPresenceTests
{
    private static readonly SiloMember[] Members = [new("silo-a", "10.0.0.1"), new("silo-b", "10.0.0.2")];

    private readonly SiloPresence _presence = new();

    public SiloPresenceTests()
    {
        _presence.ListNodes(["node-a", "node-b"]);
        _presence.ListPods([Pod("silo-a", "node-a", "10.0.0.1"), Pod("silo-b", "node-b", "10.0.0.2")]);
    }

    [Fact]
    public void FindGone_EverythingThere_FindsNone() => Assert.Empty(_presence.FindGone(Members));

    [Fact]
    public void FindGone_PodDeleted_IsItsSiloAlone()
    {
        _presence.LosePod("silo-b");
        Assert.Equal([new GoneSilo("silo-b", "has lost its pod, which was deleted")], _presence.FindGone(Members));

        // Told until the membership has it.
        Assert.Single(_presence.FindGone(Members));
        Assert.Empty(_presence.FindGone([Members[0]]));
    }

    [Fact]
    public void FindGone_PodMissingInANewList_IsItsSilo()
    {
        _presence.ListPods([Pod("silo-a", "node-a", "10.0.0.1")]);
        Assert.Equal("silo-b", Assert.Single(_presence.FindGone(Members)).Name);
    }

    [Fact]
    public void FindGone_PodInAFinalPhase_IsItsSilo()
    {
        _presence.SeePod(Pod("silo-a", "node-a", "10.0.0.1") with { HasEnded = true });
        Assert.Equal([new GoneSilo("silo-a", "has lost its pod, which has ended")], _presence.FindGone(Members));
    }

    [Fact]
    public void FindGone_NodeDeleted_IsItsSiloAloneThoughThePodIsThere()
    {
        _presence.LoseNode("node-a");
        Assert.Equal([new GoneSilo("silo-a", "has lost its node node-a, which was deleted")], _presence.FindGone(Members));
    }

    [Fact]
    public void FindGone_PodsOfAnotherNamespace_AreNotJudged() => Assert.Empty(_presence.FindGone([new("elsewhere", "10.0.0.9")]));

    [Fact]
    public void FindGone_NodeNotToldYet_IsNoProof()
    {
        _presence.SeePod(Pod("silo-c", "node-c", "10.0.0.3"));
        Assert.Empty(_presence.FindGone([.. Members, new("silo-c", "10.0.0.3")]));
    }

    [Fact]
    public void FindGone_SiloOfTheSameNameAtAnotherAddress_IsNotThePods()
    {
        _presence.SeePod(Pod("silo-a", "node-a", "10.0.0.77") with { HasEnded = true });
        Assert.Empty(_presence.FindGone(Members));
    }

    private static SiloPod Pod(string name, string node, string address) => new(name, node, address, HasEnded: false);
}
