using System.Runtime.InteropServices;

namespace FleetSystem.LocalCloud.Nodes;

/// <summary>Finds the <c>dotnet</c> host that this process's runtime belongs to.</summary>
internal static class DotnetHost
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (Environment.ProcessPath is { } own && System.IO.Path.GetFileName(own) == name)
            return own;

        // <root>/shared/Microsoft.NETCore.App/<version>/
        var root = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory()).Parent?.Parent?.Parent;
        var beside = root is null ? name : System.IO.Path.Combine(root.FullName, name);
        return File.Exists(beside) ? beside : name;
    }
}
