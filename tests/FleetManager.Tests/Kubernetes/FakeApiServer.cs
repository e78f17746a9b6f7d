using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FleetSystem.FleetManager.Tests.Kubernetes;

/// <summary>
/// An API server over HTTP whose answers a test writes: for each kind of call a queue of answers, and when it is empty an empty list, or a
/// watch that stays open and silent.
/// </summary>
internal sealed class FakeApiServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Func<HttpContext, Task>>> _answers = new();
    private readonly WebApplication _app;

    private FakeApiServer(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public string Address { get; private set; } = "";

    public string KubeConfig { get; private set; } = "";

    /// <summary>Calls in the order in which they came.</summary>
    public ConcurrentQueue<SeenRequest> Requests { get; } = new();

    /// <summary>Starts a server, with its first answers in place before anyone can ask.</summary>
    public static async Task<FakeApiServer> StartAsync(int port = 0, Action<FakeApiServer>? first = null)
    {
        var server = new FakeApiServer(port);
        first?.Invoke(server);
        await server._app.StartAsync();
        server.Address = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        server.KubeConfig = Path.Combine(Path.GetTempPath(), $"fleet-test-{Environment.ProcessId}-{new Uri(server.Address).Port}.kubeconfig");
        server.WriteKubeConfig(server.Address);
        return server;
    }

    /// <summary>Adds an answer to <c>LIST gameservers</c>, <c>GET gameservers</c> (one of them), <c>WATCH nodes</c>, <c>POST gameserverallocations</c>, <c>PATCH gameservers</c>...</summary>
    public FakeApiServer On(string call, params Func<HttpContext, Task>[] answers)
    {
        var queue = _answers.GetOrAdd(call, _ => new());
        foreach (var answer in answers) queue.Enqueue(answer);
        return this;
    }

    public IReadOnlyList<SeenRequest> Seen(string call) => [.. Requests.Where(request => request.Call == call)];

    public void WriteKubeConfig(string address) => File.WriteAllText(KubeConfig, $"""
        apiVersion: v1
        kind: Config
        current-context: test
        clusters: [{"{"}name: test, cluster: {"{"}server: "{address}"{"}"}{"}"}]
        users: [{"{"}name: test, user: {"{"}token: secret-token{"}"}{"}"}]
        contexts: [{"{"}name: test, context: {"{"}cluster: test, user: test{"}"}{"}"}]
        """);

    public Task StopAsync() => _app.StopAsync(new CancellationToken(canceled: true));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _app.DisposeAsync();
        File.Delete(KubeConfig);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var call = CallOf(context.Request);
        using var body = new StreamReader(context.Request.Body);
        Requests.Enqueue(new SeenRequest(
            call,
            context.Request.Path + context.Request.QueryString,
            context.Request.Headers.Authorization.ToString(),
            context.Request.Headers.Accept.ToString(),
            context.Request.ContentType ?? "",
            await body.ReadToEndAsync(context.RequestAborted)));
        if (_answers.TryGetValue(call, out var queue) && queue.TryDequeue(out var answer)) await answer(context);
        else if (call.StartsWith("LIST ", StringComparison.Ordinal)) await Answers.EmptyList(context);
        else if (call.StartsWith("WATCH ", StringComparison.Ordinal)) await Answers.Silence(context);
        else await Answers.Status(501, "no answer was written for " + call)(context);
    }

    private static string CallOf(HttpRequest request)
    {
        var segments = request.Path.Value!.Split('/');
        string[] plurals = ["gameservers", "fleets", "nodes", "gameserverallocations", "gameserverallocationpolicies", "fleetautoscalers"];
        var plural = segments.FirstOrDefault(plurals.Contains) ?? request.Path.Value;
        if (!HttpMethods.IsGet(request.Method)) return $"{request.Method} {plural}";
        if (request.Query["watch"] == "true") return $"WATCH {plural}";
        return segments[^1] == plural ? $"LIST {plural}" : $"GET {plural}";
    }
}

/// <summary>A call that came to the fake API server.</summary>
internal sealed record SeenRequest(string Call, string Path, string Authorization, string Accept, string ContentType, string Body);
