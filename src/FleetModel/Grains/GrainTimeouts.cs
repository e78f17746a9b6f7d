namespace FleetSystem.FleetModel.Grains;

/// <summary>How long grain calls are waited for. Each callee keeps its own, shorter deadline; these only end what would wait for ever.</summary>
public static class GrainTimeouts
{
    /// <summary>Calls that may last as long as an allocation may: the longest deadline a caller can ask for, and a little.</summary>
    public const string Allocation = "00:05:30";

    /// <summary>One wait for a turn; the queue itself answers after <c>FleetManager:Waiting:PollLimit</c>.</summary>
    public const string Turn = "00:01:30";

    /// <summary>A change of a Fleet's size: a few calls to the cluster, and one or two entries of the audit log.</summary>
    public const string FleetSize = "00:01:30";
}
