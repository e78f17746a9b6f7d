using System.Net;
using System.Text.Json.Nodes;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.LocalCloud.LoadBalancing;

namespace FleetSystem.LocalCloud.Hosting;

/// <summary>
/// Tells the NLB's proxy which token leads to which server, from the GameServers' annotation, as Quilkin's Agones provider does. When the
/// watch is lost the routes stay.
/// </summary>
internal sealed partial class TokenRoutes : IAsyncDisposable
{
    private const int EventsAtOnce = 256;

    private readonly ObjectStore _store;
    private readonly TokenTable _table;
    private readonly ILogger _log;
    private readonly Dictionary<string, List<byte[]>> _tokens = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _following;

    public TokenRoutes(ObjectStore store, TokenTable table, ILogger<TokenRoutes> log)
    {
        (_store, _table, _log) = (store, table, log);
        _following = FollowAsync(_stopping.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using var watch = _store.Watch(AgonesKinds.GameServer, out var snapshot);
            foreach (var gone in _tokens.Keys.Where(key => !snapshot.Objects.ContainsKey(key)).ToList()) Forget(gone);
            foreach (var server in snapshot.Objects.Values) Route(server);
            try
            {
                var events = new List<StoreEvent>(EventsAtOnce);
                while (true)
                {
                    await watch.WaitAsync(cancellationToken);
                    events.Clear();
                    watch.Read(events, EventsAtOnce);
                    foreach (var happened in events)
                    {
                        if (happened.Type == StoreEventType.Deleted) Forget(happened.Object.Key);
                        else Route(happened.Object);
                    }
                }
            }
            catch (ApiException)
            {
                // Fell behind the history: read everything again.
            }
        }
    }

    private void Route(StoredObject server)
    {
        // Only a claimed server has tokens; the others are not even parsed.
        if (!server.Labels.Keys.Any(key => key == AgonesKeys.Session || key.StartsWith(AgonesKeys.SharedSessionPrefix, StringComparison.Ordinal)))
        {
            Forget(server.Key);
            return;
        }

        var body = server.ToJson();
        var text = body["metadata"]?["annotations"]?[AgonesKeys.RoutingTokens]?.GetValue<string>() ?? "";
        var status = body["status"] as JsonObject;
        if (!IPAddress.TryParse(status?["address"]?.GetValue<string>(), out var address) || status?["ports"]?[0]?["port"]?.GetValue<int>() is not { } port) return;
        var tokens = Read(server.Name, text);
        if (_tokens.TryGetValue(server.Key, out var known))
        {
            foreach (var gone in known.Where(token => !tokens.Any(other => other.AsSpan().SequenceEqual(token)))) _table.Remove(gone);
        }

        _tokens[server.Key] = tokens;
        try
        {
            foreach (var token in tokens) _table.Set(token, new IPEndPoint(address, port));
        }
        catch (InvalidOperationException fault)
        {
            LogRefused(_log, server.Name, fault.Message);
        }
    }

    /// <summary>The tokens of an annotation, base64 and comma separated; those that the proxy cannot have are left out.</summary>
    private List<byte[]> Read(string gameServer, string text)
    {
        var tokens = new List<byte[]>();
        foreach (var encoded in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var token = new byte[encoded.Length];
            if (Convert.TryFromBase64String(encoded, token, out var length) && length == _table.TokenLength) tokens.Add(token[..length]);
            else LogRefused(_log, gameServer, $"it is not base64 of {_table.TokenLength} bytes");
        }

        return tokens;
    }

    private void Forget(string key)
    {
        if (!_tokens.Remove(key, out var tokens)) return;
        foreach (var token in tokens) _table.Remove(token);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Server {GameServerName} has a routing token that the load balancer does not take: {Reason}")]
    private static partial void LogRefused(ILogger logger, string gameServerName, string reason);
}
