using FleetSystem.FleetManager.Dashboard.Live;
using Microsoft.AspNetCore.Components;

namespace FleetSystem.FleetManager.Dashboard.Components;

/// <summary>A page that follows the readings: it is drawn anew after each, until it is left.</summary>
public abstract class LivePage : ComponentBase, IDisposable
{
    private IDisposable? _watching;

    [Inject]
    private FleetWatch Watch { get; set; } = default!;

    /// <summary>The reading that is shown.</summary>
    protected FleetReading Reading => Watch.Current;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        OnReading();
        _watching = Watch.Watch(() => InvokeAsync(() =>
        {
            OnReading();
            StateHasChanged();
        }));
    }

    /// <summary>A new reading has come.</summary>
    protected virtual void OnReading()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends what the page holds.</summary>
    protected virtual void Dispose(bool isDisposing) => _watching?.Dispose();
}
