using FleetSystem.FleetManager.Kubernetes.Reading;
using FleetSystem.FleetManager.Kubernetes.Requests;

namespace FleetSystem.FleetManager.Kubernetes.Watching;

/// <summary>
/// A list that is fetched page by page and goes on where a failed page left it: with thousands of servers, starting over at each throttled
/// page would add to the very load that throttles.
/// </summary>
internal sealed class PagedList<T>(ListedResource<T> resource, KubernetesApi api, KubernetesAdapterOptions options, string? labelSelector = null)
    where T : class
{
    private List<T> _items = [];
    private string? _continue;

    /// <summary>resourceVersion of the whole list, known after its last page.</summary>
    public ResourceVersion Version { get; } = new();

    /// <summary>Fetches pages until the list is whole. After a failure the next call goes on; after a 410 it begins anew.</summary>
    public async Task<IReadOnlyList<T>> ReadAsync(TimeSpan pageTimeout, TimeProvider time, CancellationToken cancellationToken)
    {
        do
        {
            using var page = new Deadline(pageTimeout, time, cancellationToken);
            await ReadPageAsync(page);
        }
        while (_continue is not null);
        return Take();
    }

    /// <summary>The same, with one deadline for all pages.</summary>
    public async Task<IReadOnlyList<T>> ReadAsync(Deadline deadline)
    {
        do await ReadPageAsync(deadline);
        while (_continue is not null);
        return Take();
    }

    private async Task ReadPageAsync(Deadline deadline)
    {
        var known = _items.Count;
        try
        {
            var path = ApiPaths.List(resource.Path, options.PageSize, labelSelector, _continue);
            using var response = await api.SendOkAsync(HttpMethod.Get, path, null, deadline.Token);
            using var body = await PooledBody.ReadAsync(response.Content, options.MaxPageBytes, deadline.Token);
            Version.Clear();
            _continue = ListPage.Read(body.Span, resource, _items, Version).Continue;
        }
        catch (ApiException exception) when (exception.Failure.IsExpired || exception.Failure.StatusCode == 400)
        {
            Restart(); // The continue token is too old, or is none that this server knows.
            throw;
        }
        catch (OperationCanceledException exception) when (deadline.HasPassed)
        {
            throw new TimeoutException($"No whole page of {resource.Plural} in time.", exception);
        }
        catch
        {
            if (_items.Count > known) _items.RemoveRange(known, _items.Count - known);
            throw;
        }
    }

    private List<T> Take()
    {
        var items = _items;
        Restart();
        return items;
    }

    private void Restart() => (_items, _continue) = ([], null);
}
