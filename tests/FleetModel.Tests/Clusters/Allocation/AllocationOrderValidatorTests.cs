using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;

namespace FleetSystem.FleetModel.Tests.Clusters.Allocation;

public sealed class AllocationOrderValidatorTests
{
    private static readonly ServerSelector Anything = new(new Dictionary<string, string>(), []);
    private static readonly AllocationOrder Order = new([Anything], new Dictionary<string, string>(), new Dictionary<string, string>());

    [Fact]
    public void Validate_EverythingUsedAsAgonesAllows_HasNoFault()
    {
        var selector = new ServerSelector(
            Map("agones.dev/fleet", "arena"),
            [
                LabelRequirement.In("zone", ["a", ""]),
                LabelRequirement.NotIn("node", ["n-1"]),
                LabelRequirement.Exists("game"),
                LabelRequirement.DoesNotExist("drained"),
            ])
        {
            State = GameServerState.Allocated,
            Counters = new Dictionary<string, CounterSelector> { ["rooms"] = new(1, 2, 3, 3) },
            Lists = new Dictionary<string, ListSelector> { ["players"] = new("p1", 1, 0) },
        };
        var order = new AllocationOrder([selector, Anything], Map("session", "s-1"), Map("Example.com/Note", "any text, even 한국어"))
        {
            Scheduling = SchedulingStrategy.Distributed,
            Priorities = [new CapacityPriority(CapacityType.List, "players", CapacityOrder.Descending)],
            Counters = new Dictionary<string, CounterAction> { ["rooms"] = new(CounterDirection.Increment, 0, 0), ["seats"] = new(Capacity: 9) },
            Lists = new Dictionary<string, ListAction> { ["players"] = new(["p"], ["q"], ListAction.MaxCapacity) },
        };

        Assert.Empty(AllocationOrderValidator.Validate(order));
    }

    [Fact]
    public void Validate_NoSelectorAtAll_IsLeftToTheCaller() => Assert.Empty(AllocationOrderValidator.Validate(Order with { Selectors = [] }));

    public static TheoryData<string, AllocationOrder> OneFault => new()
    {
        { "selectors[1].matchLabels[game]", Order with { Selectors = [Anything, Anything with { MatchLabels = Map("game", "not valid!") }] } },
        { "selectors[0].matchLabels[a b]", Selecting(Anything with { MatchLabels = Map("a b", "c") }) },
        { "selectors[0].matchExpressions[0].key", Requiring(LabelRequirement.Exists("/x")) },
        { "selectors[0].matchExpressions[0].operator", Requiring(new LabelRequirement("x", (LabelOperator)9, [])) },
        { "selectors[0].matchExpressions[0].values", Requiring(LabelRequirement.In("x", [])) },
        { "selectors[0].matchExpressions[0].values", Requiring(LabelRequirement.NotIn("x", [])) },
        { "selectors[0].matchExpressions[0].values", Requiring(new LabelRequirement("x", LabelOperator.Exists, ["y"])) },
        { "selectors[0].matchExpressions[0].values", Requiring(new LabelRequirement("x", LabelOperator.DoesNotExist, ["y"])) },
        { "selectors[0].matchExpressions[0].values[1]", Requiring(LabelRequirement.In("x", ["y", "z!"])) },
        { "selectors[0].gameServerState", Selecting(Anything with { State = GameServerState.Reserved }) },
        { "selectors[0].counters[rooms].minCount", Counting(new CounterSelector(MinCount: -1)) },
        { "selectors[0].counters[rooms].maxCount", Counting(new CounterSelector(MaxCount: -1)) },
        { "selectors[0].counters[rooms].maxCount", Counting(new CounterSelector(MinCount: 2, MaxCount: 1)) },
        { "selectors[0].counters[rooms].minAvailable", Counting(new CounterSelector(MinAvailable: -1)) },
        { "selectors[0].counters[rooms].maxAvailable", Counting(new CounterSelector(MaxAvailable: -1)) },
        { "selectors[0].counters[rooms].maxAvailable", Counting(new CounterSelector(MinAvailable: 2, MaxAvailable: 1)) },
        { "selectors[0].lists[players].minAvailable", Listing(new ListSelector(MinAvailable: -1)) },
        { "selectors[0].lists[players].maxAvailable", Listing(new ListSelector(MaxAvailable: -1)) },
        { "selectors[0].lists[players].maxAvailable", Listing(new ListSelector(MinAvailable: 2, MaxAvailable: 1)) },
        { "priorities[0].type", Order with { Priorities = [new CapacityPriority((CapacityType)7, "rooms")] } },
        { "priorities[0].order", Order with { Priorities = [new CapacityPriority(CapacityType.Counter, "rooms", (CapacityOrder)7)] } },
        { "priorities[0].key", Order with { Priorities = [new CapacityPriority(CapacityType.Counter, "")] } },
        { "scheduling", Order with { Scheduling = (SchedulingStrategy)7 } },
        { "counters[rooms].action", Acting(new CounterAction((CounterDirection)7, 1)) },
        { "counters[rooms].action", Acting(new CounterAction(Amount: 1)) },
        { "counters[rooms].amount", Acting(new CounterAction(CounterDirection.Decrement)) },
        { "counters[rooms].amount", Acting(new CounterAction(CounterDirection.Decrement, -1)) },
        { "counters[rooms].capacity", Acting(new CounterAction(Capacity: -1)) },
        { "lists[players].capacity", Order with { Lists = new Dictionary<string, ListAction> { ["players"] = new([], [], -1) } } },
        { "lists[players].capacity", Order with { Lists = new Dictionary<string, ListAction> { ["players"] = new([], [], 1001) } } },
        { "metadata.labels[session]", Order with { Labels = Map("session", "not valid!") } },
        { "metadata.labels[Example.com/x]", Order with { Labels = Map("Example.com/x", "y") } },
        { "metadata.annotations[a b]", Order with { Annotations = Map("a b", "c") } },
        { "metadata.annotations", Order with { Annotations = Map("note", new string('x', AllocationOrderValidator.LargestAnnotations)) } },
    };

    [Theory]
    [MemberData(nameof(OneFault), DisableDiscoveryEnumeration = true)]
    public void Validate_OneFault_IsToldWithItsPath(string path, AllocationOrder order)
    {
        var fault = Assert.Single(AllocationOrderValidator.Validate(order));
        Assert.Equal(path, fault.Path);
        Assert.NotEmpty(fault.Fault);
    }

    [Fact]
    public void Validate_SelectorsWrittenElsewhere_FaultsBearTheirPath()
    {
        var order = Order with { Selectors = [Anything, Anything with { MatchLabels = Map("game", "!") }] };

        Assert.Equal(
            "preferredGameServerSelectors[1].matchLabels[game]",
            Assert.Single(AllocationOrderValidator.Validate(order, index => $"preferredGameServerSelectors[{index}]")).Path);
    }

    [Fact]
    public void Validate_SeveralFaults_AllAreTold()
    {
        var order = Requiring(new LabelRequirement("/", LabelOperator.In, [])) with { Labels = Map("a", "!") };

        Assert.Equal(
            ["selectors[0].matchExpressions[0].key", "selectors[0].matchExpressions[0].values", "metadata.labels[a]"],
            AllocationOrderValidator.Validate(order).Select(fault => fault.Path));
    }

    private static AllocationOrder Selecting(ServerSelector selector) => Order with { Selectors = [selector] };

    private static AllocationOrder Requiring(LabelRequirement requirement) => Selecting(Anything with { MatchExpressions = [requirement] });

    private static AllocationOrder Counting(CounterSelector bounds) =>
        Selecting(Anything with { Counters = new Dictionary<string, CounterSelector> { ["rooms"] = bounds } });

    private static AllocationOrder Listing(ListSelector bounds) =>
        Selecting(Anything with { Lists = new Dictionary<string, ListSelector> { ["players"] = bounds } });

    private static AllocationOrder Acting(CounterAction action) => Order with { Counters = new Dictionary<string, CounterAction> { ["rooms"] = action } };

    private static Dictionary<string, string> Map(string key, string value) => new() { [key] = value };
}
