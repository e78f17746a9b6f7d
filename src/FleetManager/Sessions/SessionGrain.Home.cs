using FleetSystem.FleetModel.Grains;

namespace FleetSystem.FleetManager.Sessions;

/// <summary>Which cell keeps the session.</summary>
internal sealed partial class SessionGrain
{
    public async Task<HomeReply> Settle(HomeQuestion question)
    {
        await _storing.WaitAsync();
        try
        {
            if (_broken) throw Unavailable();
            var here = system.Value.Cell;
            if (_session is not null) return new HomeReply(_session.Fingerprint == question.Fingerprint ? here : null);
            var known = store.State.Elsewhere;
            if (known is not null && known.Fingerprint != question.Fingerprint) return new HomeReply(null);
            if (known is not null && known.Cell != question.Instead) return new HomeReply(known.Cell);
            if (known?.Cell == question.Cell || (known is null && question.Cell == here)) return new HomeReply(question.Cell);
            await StoreElsewhere(question.Cell == here ? null : new SessionElsewhere(question.Cell, question.Fingerprint), question.Keep);
            return new HomeReply(question.Cell);
        }
        finally
        {
            _storing.Release();
        }
    }

    public Task<string?> FindElsewhere() => Task.FromResult(_session is null ? store.State.Elsewhere?.Cell : null);

    private async Task StoreElsewhere(SessionElsewhere? elsewhere, TimeSpan keep)
    {
        try
        {
            store.State.Elsewhere = elsewhere;
            store.State.ExpiresAt = time.GetUtcNow() + keep + options.Value.ClosedSessionRetention;
            await store.WriteStateAsync();
        }
        catch (Exception fault)
        {
            _broken = true;
            DeactivateOnIdle();
            throw Unavailable(fault);
        }
    }
}
