using System.Globalization;

namespace FleetSystem.LocalCloud.Bots;

/// <summary>What a bot sent on one connection and what the server made of it: counts losses and finds answers that cannot be true.</summary>
internal sealed class BotLedger(TimeProvider time, TimeSpan lostAfter)
{
    /// <summary>Inputs kept in mind; at 20 ms these are 20 s.</summary>
    private const int WindowLength = 1024;

    /// <summary>Contradictions kept; the first ones tell the story.</summary>
    private const int ViolationsMax = 16;

    private readonly long[] _sentAt = new long[WindowLength];
    private readonly bool[] _answered = new bool[WindowLength];
    private readonly List<string> _violations = [];
    private uint _settled;
    private ulong _base;
    private uint _acknowledged;

    public uint Sent { get; private set; }

    public long Answered { get; private set; }

    /// <summary>Inputs without an answer in time.</summary>
    public long Lost { get; private set; }

    public ulong Counter { get; private set; }

    public ulong Total { get; private set; }

    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Starts a connection: the server says where the player's state stands.</summary>
    public void Welcome(ulong counter, ulong total, bool sameServer)
    {
        if (sameServer && counter < Counter)
            Violate($"on joining again the player's counter fell from {Counter} to {counter}");
        if (sameServer && total < Total)
            Violate($"on joining again the session's total fell from {Total} to {total}");
        Abandon();
        (_base, Counter, Total) = (counter, counter, total);
        (Sent, _settled, _acknowledged) = (0, 0, 0);
    }

    public uint Next()
    {
        // Before the number goes up: the new input takes the oldest one's place in the window.
        if (Sent - _settled >= WindowLength)
            Settle();
        Sent++;
        _sentAt[Sent % WindowLength] = time.GetTimestamp();
        _answered[Sent % WindowLength] = false;
        return Sent;
    }

    /// <summary>Counts an answer to input number <paramref name="acknowledged"/> and checks it.</summary>
    public void State(uint acknowledged, ulong counter, ulong total)
    {
        if (acknowledged > Sent)
        {
            Violate($"input {acknowledged} was acknowledged, {Sent} were sent");
            return;
        }

        if (acknowledged > 0 && Sent - acknowledged < WindowLength && !_answered[acknowledged % WindowLength])
        {
            _answered[acknowledged % WindowLength] = true;
            Answered++;
            if (acknowledged <= _settled)
                Lost--;
        }

        if (total < counter)
            Violate($"the session's total {total} is below the player's counter {counter}");
        if (counter < _base || counter - _base > acknowledged)
            Violate($"the counter rose by {(long)(counter - _base)} with {acknowledged} inputs acknowledged");
        if (acknowledged < _acknowledged)
        {
            // Overtaken on its way: it tells of the past, and must fit it.
            if (counter > Counter)
                Violate($"an older answer has a higher counter, {counter} against {Counter}");
            return;
        }

        if (counter < Counter || total < Total)
            Violate($"counter or total fell: {Counter} to {counter}, {Total} to {total}");
        if (acknowledged > _acknowledged && counter == Counter)
            Violate($"input {acknowledged} was acknowledged but not applied");
        (_acknowledged, Counter, Total) = (acknowledged, counter, total);
    }

    /// <summary>Counts inputs as lost whose time is over.</summary>
    public void Settle()
    {
        while (_settled < Sent)
        {
            var next = (_settled + 1) % WindowLength;
            var full = Sent - _settled >= WindowLength;
            if (!_answered[next])
            {
                if (!full && time.GetElapsedTime(_sentAt[next]) < lostAfter)
                    return;
                Lost++;
            }

            _settled++;
        }
    }

    /// <summary>What the former connection still owed will not come.</summary>
    private void Abandon()
    {
        while (_settled < Sent)
        {
            if (!_answered[++_settled % WindowLength])
                Lost++;
        }
    }

    private void Violate(FormattableString what)
    {
        if (_violations.Count < ViolationsMax)
            _violations.Add(what.ToString(CultureInfo.InvariantCulture));
    }
}
