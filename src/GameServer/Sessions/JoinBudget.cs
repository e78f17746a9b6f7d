namespace FleetSystem.GameServer.Sessions;

/// <summary>Limits the joins looked at in a second: a signature costs far more to verify than a datagram costs to send.</summary>
internal sealed class JoinBudget(int perSecondMax, TimeProvider time)
{
    private long _windowStart = time.GetTimestamp();
    private int _spent;

    public bool TrySpend()
    {
        var now = time.GetTimestamp();
        if (time.GetElapsedTime(_windowStart, now) >= TimeSpan.FromSeconds(1))
        {
            _windowStart = now;
            _spent = 0;
        }

        return ++_spent <= perSecondMax;
    }
}
