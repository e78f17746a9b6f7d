using System.Globalization;
using System.Net;
using System.Text;
using FleetSystem.FleetModel.Clusters;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FleetSystem.Benchmarks.Informers;

/// <summary>
/// An API server with so many GameServers of the size that Agones' own have. It writes each object when it is asked for and keeps none, so
/// that what the process holds is what the informers hold.
/// </summary>
internal sealed class SyntheticCluster : IAsyncDisposable
{
    private const int Nodes = 100;
    private const int TicksPerSecond = 100;

    private readonly int _servers;
    private readonly double _changesPerSecond;
    private readonly TimeProvider _time;
    private readonly WebApplication _app;
    private readonly TaskCompletionSource _changing = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SyntheticCluster(int servers, double changesPerSecond, TimeProvider time)
    {
        (_servers, _changesPerSecond, _time) = (servers, changesPerSecond, time);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.MapGet("/api/v1/nodes", context => AnswerAsync(context, Nodes, Node, null));
        _app.MapGet("/apis/agones.dev/v1/namespaces/default/fleets", context => AnswerAsync(context, 0, _ => "", null));
        _app.MapGet("/apis/agones.dev/v1/namespaces/default/gameservers", context => AnswerAsync(context, _servers, number => GameServer(number, 1, null), ChangeAsync));
    }

    public string KubeConfig { get; } = Path.GetTempFileName();

    /// <summary>Changes that were written to the watch.</summary>
    public long Changes { get; private set; }

    public static async Task<SyntheticCluster> StartAsync(int servers, double changesPerSecond, TimeProvider time)
    {
        var cluster = new SyntheticCluster(servers, changesPerSecond, time);
        await cluster._app.StartAsync();
        var address = cluster._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        await File.WriteAllTextAsync(cluster.KubeConfig, $$$$"""
            apiVersion: v1
            kind: Config
            current-context: bench
            clusters: [{name: bench, cluster: {server: "{{{{address}}}}"}}]
            users: [{name: bench, user: {token: none}}]
            contexts: [{name: bench, context: {cluster: bench, user: bench}}]
            """);
        return cluster;
    }

    /// <summary>Begins to change servers, at the given rate, one after the other.</summary>
    public void Change() => _changing.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        File.Delete(KubeConfig);
    }

    private async Task AnswerAsync(HttpContext context, int count, Func<int, string> item, Func<HttpContext, Task>? watch)
    {
        context.Response.ContentType = "application/json";
        if (context.Request.Query["watch"] == "true")
        {
            await context.Response.StartAsync();
            await (watch?.Invoke(context) ?? Task.Delay(Timeout.InfiniteTimeSpan, _time, context.RequestAborted));
            return;
        }

        var from = int.TryParse(context.Request.Query["continue"], CultureInfo.InvariantCulture, out var next) ? next : 0;
        var to = Math.Min(count, from + int.Parse(context.Request.Query["limit"]!, CultureInfo.InvariantCulture));
        var more = to < count ? to.ToString(CultureInfo.InvariantCulture) : "";
        await context.Response.WriteAsync($$$$"""{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"1","continue":"{{{{more}}}}"},"items":[""");
        for (var number = from; number < to; number++) await context.Response.WriteAsync((number > from ? "," : "") + item(number));
        await context.Response.WriteAsync("]}");
    }

    private async Task ChangeAsync(HttpContext context)
    {
        await _changing.Task.WaitAsync(context.RequestAborted);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / TicksPerSecond), _time);
        var started = _time.GetTimestamp();
        var version = 1;
        while (await timer.WaitForNextTickAsync(context.RequestAborted))
        {
            for (var due = (long)(_time.GetElapsedTime(started).TotalSeconds * _changesPerSecond); Changes < due; Changes++)
            {
                var server = GameServer((int)(Changes % _servers), ++version, _time.GetTimestamp());
                await context.Response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes($$$$"""{"type":"MODIFIED","object":{{{{server}}}}}""" + "\n"), context.RequestAborted);
            }
        }
    }

    private static string Node(int number) => $$$$"""
        {"metadata":{"name":"node-{{{{number}}}}","labels":{"{{{{AgonesKeys.NodeZone}}}}":"r0{{{{"abc"[number % 3]}}}}"} },"status":{"conditions":[{"type":"Ready","status":"True"}]} }
        """.Trim();

    // The time at which it was written stands where the bench finds it again: in the label of the session.
    private static string GameServer(int number, int version, long? at) => $$$$$"""
        {"apiVersion":"agones.dev/v1","kind":"GameServer","metadata":{"annotations":{"agones.dev/sdk-version":"1.56.0","owner":"studio"},"creationTimestamp":"2026-11-23T01:23:53Z","finalizers":["agones.dev/controller"],"generateName":"arena-bsbjh-","generation":6,"labels":{"agones.dev/fleet":"arena","agones.dev/gameserverset":"arena-bsbjh","{{{{{AgonesKeys.Zone}}}}}":"r0{{{{{"abc"[number % 3]}}}}}","{{{{{AgonesKeys.Session}}}}}":"{{{{{at ?? 0}}}}}","{{{{{AgonesKeys.Incarnation}}}}}":"1","{{{{{AgonesKeys.Node}}}}}":"node-{{{{{number % Nodes}}}}}"},"managedFields":[{"apiVersion":"agones.dev/v1","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:annotations":{".":{},"f:owner":{}},"f:generateName":{},"f:labels":{".":{},"f:agones.dev/fleet":{},"f:agones.dev/gameserverset":{},"f:game":{}},"f:ownerReferences":{".":{},"k:{\"uid\":\"161439f1-7924-459f-b95d-bba24a1c2f1c\"}":{}}},"f:spec":{".":{},"f:health":{".":{},"f:failureThreshold":{},"f:initialDelaySeconds":{},"f:periodSeconds":{}},"f:immutableReplicas":{},"f:ports":{},"f:scheduling":{},"f:sdkServer":{},"f:template":{".":{},"f:metadata":{".":{},"f:creationTimestamp":{}},"f:spec":{".":{},"f:containers":{}}}},"f:status":{".":{},"f:address":{},"f:addresses":{},"f:nodeName":{},"f:ports":{},"f:state":{}}},"manager":"agones-controller","operation":"Update","time":"2026-11-23T01:23:54Z"}],"name":"arena-bsbjh-{{{{{number:x5}}}}}","namespace":"default","ownerReferences":[{"apiVersion":"agones.dev/v1","blockOwnerDeletion":true,"controller":true,"kind":"GameServerSet","name":"arena-bsbjh","uid":"161439f1-7924-459f-b95d-bba24a1c2f1c"}],"resourceVersion":"{{{{{version}}}}}","uid":"3d9cddc2-f843-4907-8c03-{{{{{number:x12}}}}}"},"spec":{"container":"game-server","eviction":{"safe":"Never"},"health":{"failureThreshold":3,"initialDelaySeconds":5,"periodSeconds":5},"ports":[{"container":"game-server","containerPort":7777,"hostPort":{{{{{7000 + (number % 1000)}}}}},"name":"game","portPolicy":"Dynamic","protocol":"UDP"}],"scheduling":"Packed","template":{"spec":{"containers":[{"image":"example/arena:1","name":"game-server","resources":{"requests":{"cpu":"20m","memory":"32Mi"}}}]}}},"status":{"address":"10.0.{{{{{number / 250 % 250}}}}}.{{{{{number % 250}}}}}","addresses":[{"address":"10.0.{{{{{number / 250 % 250}}}}}.{{{{{number % 250}}}}}","type":"InternalIP"}],"nodeName":"node-{{{{{number % Nodes}}}}}","players":null,"ports":[{"name":"game","port":{{{{{7000 + (number % 1000)}}}}}}],"reservedUntil":null,"state":"{{{{{(version % 2 == 0 ? "Reserved" : "Ready")}}}}}"}}
        """.Trim();
}
