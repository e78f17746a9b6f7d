using MudBlazor;

namespace FleetSystem.FleetManager.Dashboard.Components.Layout;

/// <summary>Colours and letters of the dashboard, dark and light. Letters are the system's: nothing is fetched.</summary>
internal static class DashboardTheme
{
    private static readonly string[] Letters = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Ubuntu", "Cantarell", "sans-serif"];

    public static readonly MudTheme Theme = new()
    {
        PaletteDark = new PaletteDark
        {
            Primary = "#58a6ff",
            Secondary = "#a371f7",
            Info = "#58a6ff",
            Success = "#3fb950",
            Warning = "#d29922",
            Error = "#f85149",
            Background = "#0d1117",
            Surface = "#161b22",
            AppbarBackground = "#010409",
            AppbarText = "#e6edf3",
            DrawerBackground = "#0d1117",
            DrawerText = "#c9d1d9",
            DrawerIcon = "#8b949e",
            TextPrimary = "#e6edf3",
            TextSecondary = "#8b949e",
            ActionDefault = "#8b949e",
            LinesDefault = "#30363d",
            LinesInputs = "#484f58",
            TableLines = "#21262d",
            TableHover = "#1c2128",
            Divider = "#30363d",
        },
        PaletteLight = new PaletteLight
        {
            Primary = "#0969da",
            Secondary = "#8250df",
            Info = "#0969da",
            Success = "#1a7f37",
            Warning = "#9a6700",
            Error = "#cf222e",
            Background = "#f6f8fa",
            Surface = "#ffffff",
            AppbarBackground = "#24292f",
            AppbarText = "#f6f8fa",
            DrawerBackground = "#f6f8fa",
            DrawerText = "#24292f",
            DrawerIcon = "#57606a",
            TextPrimary = "#1f2328",
            TextSecondary = "#59636e",
            ActionDefault = "#59636e",
            LinesDefault = "#d0d7de",
            LinesInputs = "#8c959f",
            TableLines = "#d8dee4",
            TableHover = "#f3f4f6",
            Divider = "#d0d7de",
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "6px", AppbarHeight = "48px" },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = Letters, FontSize = ".875rem", LineHeight = "1.45" },
            Button = new ButtonTypography { FontFamily = Letters, TextTransform = "none", FontWeight = "500" },
        },
    };
}
