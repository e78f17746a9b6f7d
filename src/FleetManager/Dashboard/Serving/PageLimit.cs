using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Dashboard.Serving;

/// <summary>How many pages are open: each keeps state on this host, so there is a limit.</summary>
internal sealed class OpenPages(IOptions<DashboardOptions> options)
{
    private int _open;

    /// <summary>Pages that are open.</summary>
    public int Count => Volatile.Read(ref _open);

    /// <summary>One more, unless there are too many.</summary>
    public bool TryOpen()
    {
        if (Interlocked.Increment(ref _open) <= options.Value.MaxPages) return true;
        Interlocked.Decrement(ref _open);
        return false;
    }

    /// <summary>One less.</summary>
    public void Close() => Interlocked.Decrement(ref _open);
}

/// <summary>Counts a page from its opening to its end; one too many is refused.</summary>
internal sealed class PageLimit(OpenPages pages, IOptions<DashboardOptions> options) : CircuitHandler
{
    private bool _isOpen;

    public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        _isOpen = pages.TryOpen();
        return _isOpen
            ? Task.CompletedTask
            : throw new InvalidOperationException($"{options.Value.MaxPages} pages of the dashboard are open on this host ({DashboardOptions.Section}:{nameof(options.Value.MaxPages)}). Close one, or ask another host.");
    }

    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        if (_isOpen) pages.Close();
        _isOpen = false;
        return Task.CompletedTask;
    }
}
