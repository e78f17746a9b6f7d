using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>
/// When a pass over a pool is worth while: something came or went, the last pass did not get to everybody, or time has brought a ticket into another of the rule
/// set's stages. The latter are kept to a tenth of a second, so that many tickets need few entries.
/// </summary>
internal sealed class PassSchedule
{
    private const long Grain = TimeSpan.TicksPerSecond / 10;

    private readonly SortedSet<long> _moments = [];
    private int[] _stages = [];
    private bool _isDue;

    /// <summary>Begins anew under a rule set.</summary>
    public void Begin(RuleSet ruleSet)
    {
        _stages = [.. ruleSet.Stages.Select(stage => stage.AfterSeconds).Where(after => after > 0)];
        _moments.Clear();
        _isDue = true;
    }

    /// <summary>Something changed.</summary>
    public void Note() => _isDue = true;

    /// <summary>A ticket or backfill comes into the pool.</summary>
    public void NoteComing(DateTimeOffset createdAt, DateTimeOffset now)
    {
        _isDue = true;
        foreach (var after in _stages)
        {
            var at = createdAt.UtcTicks + (after * TimeSpan.TicksPerSecond);
            if (at > now.UtcTicks) _moments.Add((at + Grain - 1) / Grain);
        }
    }

    /// <summary>Whether a pass is due.</summary>
    public bool IsDue(DateTimeOffset now)
    {
        while (_moments.Count > 0 && _moments.Min * Grain <= now.UtcTicks)
        {
            _moments.Remove(_moments.Min);
            _isDue = true;
        }

        return _isDue;
    }

    /// <summary>A pass begins.</summary>
    public void NoteBegun() => _isDue = false;
}
