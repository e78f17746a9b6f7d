using System.Threading.Channels;
using FleetSystem.GameServer.Sdk;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace FleetSystem.GameServer.Sessions;

/// <summary>Keeps the GameServer's list <c>players</c>, where the fleet has one, equal to the players connected.</summary>
internal sealed class PlayerListSync(IAgonesSdk sdk, SessionHost host, TimeProvider time, ILogger logger)
{
    public const string ListName = "players";

    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly HashSet<string> _listed = new(StringComparer.Ordinal);
    private volatile bool _hasList;

    public void Signal() => _changed.Writer.TryWrite(true);

    /// <summary>Told once the GameServer shows whether it has the list, and what is in it.</summary>
    public void Found(IEnumerable<string> values)
    {
        if (_hasList)
            return;
        lock (_listed)
            _listed.UnionWith(values);
        _hasList = true;
        Signal();
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var backoff = new Backoff(time);
        await foreach (var _ in _changed.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            while (_hasList && !await ReconcileAsync(cancellationToken).ConfigureAwait(false))
                await backoff.WaitAsync(cancellationToken).ConfigureAwait(false);
            backoff.Reset();
        }
    }

    private async Task<bool> ReconcileAsync(CancellationToken cancellationToken)
    {
        var connected = host.PlayerIds;
        string[] gone, come;
        lock (_listed)
        {
            gone = [.. _listed.Except(connected, StringComparer.Ordinal)];
            come = [.. connected.Except(_listed, StringComparer.Ordinal)];
        }

        // Those who left first: their places are needed for those who came.
        foreach (var player in gone)
        {
            if (!await TryAsync("RemoveListValue", token => sdk.RemoveListValueAsync(ListName, player, token), cancellationToken).ConfigureAwait(false))
                return false;
            lock (_listed)
                _listed.Remove(player);
        }

        foreach (var player in come)
        {
            if (!await TryAsync("AddListValue", token => sdk.AddListValueAsync(ListName, player, token), cancellationToken).ConfigureAwait(false))
                return false;
            lock (_listed)
                _listed.Add(player);
        }

        return true;
    }

    /// <summary>A refusal (already there, not there, list full) will be the same next time, so it counts as done.</summary>
    private async Task<bool> TryAsync(string name, Func<CancellationToken, Task> call, CancellationToken cancellationToken)
    {
        try
        {
            await call(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RpcException exception) when (!cancellationToken.IsCancellationRequested)
        {
            var refused = SdkRetry.IsRefusal(exception);
            if (refused)
                logger.CallRefused(name, exception.Status.Detail);
            else
                logger.CallFailed(name, exception.Status.Detail);
            return refused;
        }
    }
}
