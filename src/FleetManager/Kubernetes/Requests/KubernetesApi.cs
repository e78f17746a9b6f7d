using System.Globalization;
using System.Net.Http.Headers;
using FleetSystem.FleetModel.Configuration;
using k8s;

namespace FleetSystem.FleetManager.Kubernetes.Requests;

/// <summary>
/// Requests to one API server through KubernetesClient: it finds the server and gives TLS and credentials. Its typed calls and its watch are
/// left aside, because they build every object whole and turn each line into a string first.
/// </summary>
internal sealed class KubernetesApi(ClusterOptions cluster, KubernetesAdapterOptions options, TimeProvider time) : IDisposable
{
    private const int LongestRefusal = 256 * 1024;
    private static readonly MediaTypeWithQualityHeaderValue Json = new("application/json");

    private readonly SemaphoreSlim _opening = new(1, 1);
    private Connection? _connection;
    private bool _disposed;

    /// <summary>Sends a request and returns when the head of the answer is there, whatever its status.</summary>
    /// <exception cref="NothingSentException">The kubeconfig or the credentials are at fault.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        var (connection, request) = await PrepareAsync(method, path, content, cancellationToken);
        using (request)
            return await connection.Client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>Sends a request and returns a 2xx answer.</summary>
    /// <exception cref="ApiException">The answer is another one.</exception>
    public async Task<HttpResponseMessage> SendOkAsync(
        HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        var response = await SendAsync(method, path, content, cancellationToken);
        if (response.IsSuccessStatusCode) return response;
        using (response)
            throw new ApiException(await ReadFailureAsync(response, cancellationToken));
    }

    /// <summary>Reads what a refusal says.</summary>
    public async Task<ApiFailure> ReadFailureAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var body = await PooledBody.ReadAsync(response.Content, LongestRefusal, cancellationToken);
        return ApiFailure.Parse((int)response.StatusCode, RetryAfter(response.Headers.RetryAfter, time.GetUtcNow()), body.Span);
    }

    public void Dispose()
    {
        _disposed = true;
        _connection?.Client.Dispose();
        _opening.Dispose();
    }

    /// <summary>The header's seconds, or the time until its date.</summary>
    internal static TimeSpan? RetryAfter(RetryConditionHeaderValue? header, DateTimeOffset now)
    {
        if (header?.Delta is { } delta) return delta;
        if (header?.Date is not { } date) return null;
        return date > now ? date - now : TimeSpan.Zero;
    }

    private async Task<(Connection Connection, HttpRequestMessage Request)> PrepareAsync(
        HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var connection = _connection ?? await OpenAsync(cancellationToken);
            var request = new HttpRequestMessage(method, new Uri(connection.Client.BaseUri, path)) { Content = content };
            if (!connection.DisableHttp2) request.Version = System.Net.HttpVersion.Version20;
            request.Headers.Accept.Add(Json);
            if (connection.Client.Credentials is { } credentials) await credentials.ProcessHttpRequestAsync(request, cancellationToken);
            if (!string.IsNullOrEmpty(connection.TlsServerName)) request.Headers.Host = connection.TlsServerName;
            return (connection, request);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new NothingSentException($"Cluster {cluster.Id} cannot be called: {exception.Message}", exception);
        }
    }

    private async Task<Connection> OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            // A kubeconfig is read synchronously and may run a credential plugin for minutes.
            return _connection ??= await Task.Run(Open, cancellationToken).WaitAsync(cancellationToken);
        }
        finally
        {
            _opening.Release();
        }
    }

    private Connection Open()
    {
        var configuration = Configuration();
        configuration.UserAgent = string.Create(
            CultureInfo.InvariantCulture, $"FleetSystem/{typeof(KubernetesApi).Assembly.GetName().Version?.ToString(3)}");
        configuration.FirstMessageHandlerSetup = handler =>
        {
            var sockets = (SocketsHttpHandler)handler;
            sockets.ConnectTimeout = options.ConnectTimeout;
            sockets.MaxConnectionsPerServer = options.MaxConnections;
            sockets.UseCookies = false;
            sockets.AllowAutoRedirect = false;
            // A watch over a connection whose other end vanished without a word is found by pings where there is HTTP/2.
            sockets.KeepAlivePingDelay = TimeSpan.FromSeconds(15);
            sockets.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
            // Connections are renewed, so that replaced API servers behind one name get their share again.
            sockets.PooledConnectionLifetime = TimeSpan.FromMinutes(10);
        };
        return new Connection(new k8s.Kubernetes(configuration), configuration.TlsServerName, configuration.DisableHttp2);
    }

    private KubernetesClientConfiguration Configuration()
    {
        if (cluster.KubeConfig is { Length: > 0 } file)
            return KubernetesClientConfiguration.BuildConfigFromConfigFile(file, cluster.Context);
        if (cluster.Context is null && KubernetesClientConfiguration.IsInCluster()) return KubernetesClientConfiguration.InClusterConfig();
        if (cluster.Context is null) return KubernetesClientConfiguration.BuildDefaultConfig();
        return KubernetesClientConfiguration.BuildConfigFromConfigFile(FileWithContext(cluster.Context), cluster.Context);
    }

    /// <summary>The first file of KUBECONFIG that has the context; null for the user's default file.</summary>
    private static string? FileWithContext(string context) => Environment.GetEnvironmentVariable("KUBECONFIG")?
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .FirstOrDefault(file =>
            File.Exists(file) && KubernetesClientConfiguration.LoadKubeConfig(file).Contexts?.Any(known => known.Name == context) == true);

    private sealed record Connection(k8s.Kubernetes Client, string? TlsServerName, bool DisableHttp2);
}

/// <summary>A request never left: its configuration, its credentials or its connection failed.</summary>
internal sealed class NothingSentException(string message, Exception inner) : Exception(message, inner);
