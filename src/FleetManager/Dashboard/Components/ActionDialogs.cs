using FleetSystem.FleetManager.Dashboard.Components.Parts;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace FleetSystem.FleetManager.Dashboard.Components;

/// <summary>Asks before something is changed.</summary>
internal static class ActionDialogs
{
    /// <summary>Shows the dialog of an action, and tells when it was done.</summary>
    /// <param name="dialogs">The page's dialogs.</param>
    /// <param name="news">Where it is told that it was done.</param>
    /// <param name="title">What is done, and to what.</param>
    /// <param name="consequence">What will happen then.</param>
    /// <param name="verb">The word on the button.</param>
    /// <param name="act">Does it, with the reason; answers what is wrong, or null.</param>
    /// <param name="isDangerous">Whether players will feel it.</param>
    /// <param name="fields">What else has to be said, or null.</param>
    public static async Task AskAsync(
        this IDialogService dialogs, ISnackbar news, string title, string consequence, string verb, Func<string, Task<string?>> act, bool isDangerous = false, RenderFragment? fields = null)
    {
        var parameters = new DialogParameters<ActionDialog>
        {
            { dialog => dialog.Title, title },
            { dialog => dialog.Consequence, consequence },
            { dialog => dialog.Verb, verb },
            { dialog => dialog.Act, act },
            { dialog => dialog.IsDangerous, isDangerous },
            { dialog => dialog.Fields, fields },
        };
        var shown = await dialogs.ShowAsync<ActionDialog>(title, parameters);
        if (await shown.Result is { Canceled: false }) news.Add($"Done: {title}", MudBlazor.Severity.Success);
    }
}
