using System.Text;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.Matchmaker.Queues;

/// <summary>The rule set that holds for a queue, asked for again and again.</summary>
/// <param name="context">The queue.</param>
internal sealed class RuleSetFollower(QueueContext context)
{
    private DateTimeOffset _askedAt;
    private bool _isAsking;
    private string _known = "";

    /// <summary>The version that holds.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Nothing is known: the next answer is the rule set that holds.</summary>
    public void Forget() => _known = "";

    /// <summary>Asks for the rule set when it is time to.</summary>
    /// <param name="now">The time.</param>
    /// <param name="changed">What follows when another holds.</param>
    public async Task FollowAsync(DateTimeOffset now, Action<RuleSet, string> changed)
    {
        if (_isAsking || now - _askedAt < context.Options.RuleSetInterval) return;
        try
        {
            if (await AskAsync() is var (ruleSet, text)) changed(ruleSet, text);
        }
        catch (Exception fault)
        {
            QueueLog.RuleSetFailed(context.Log, context.Id, fault);
        }
    }

    /// <summary>Asks for the rule set.</summary>
    /// <returns>Null when the one that is known holds, or another has faults.</returns>
    public async Task<(RuleSet RuleSet, string Text)?> AskAsync()
    {
        (_isAsking, _askedAt) = (true, context.Now);
        try
        {
            if (await context.Grains.Reach<IRuleSetGrain>(context.Id).GetSince(_known) is not { } version) return null;
            var reading = RuleSetReader.Read(Encoding.UTF8.GetBytes(version.Text));
            _known = version.Version;
            if (reading.RuleSet is not { } ruleSet)
            {
                QueueLog.RuleSetFaulty(context.Log, context.Id, version.Version, string.Join(' ', reading.Faults));
                return null;
            }

            Version = version.Version;
            QueueLog.RuleSetChanged(context.Log, context.Id, version.Version);
            return (ruleSet, version.Text);
        }
        finally
        {
            _isAsking = false;
        }
    }
}
