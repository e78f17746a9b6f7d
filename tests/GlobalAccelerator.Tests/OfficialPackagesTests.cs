using System.Diagnostics;
using System.Text.Json;

namespace FleetSystem.GlobalAccelerator.Tests;

/// <summary>
/// The switch to the official package, as far as it can be tested where that package cannot be had: what MSBuild evaluates for a build.
/// </summary>
public sealed class OfficialPackagesTests
{
    [Theory]
    [InlineData("FleetManager", "AWSSDK.GlobalAccelerator", "GlobalAccelerator", true)]
    [InlineData("FleetManager", "AWSSDK.GlobalAccelerator", "GlobalAccelerator", false)]
    [InlineData("SiloHost", "Microsoft.Orleans.Clustering.DynamoDB", "Orleans.Clustering.DynamoDB", true)]
    [InlineData("SiloHost", "Microsoft.Orleans.Clustering.DynamoDB", "Orleans.Clustering.DynamoDB", false)]
    public async Task Evaluate_Project_TakesThePackageOrTheStandInAndNeverBoth(string project, string package, string standIn, bool official)
    {
        var (packages, projects) = await EvaluateAsync(project, official);

        Assert.Equal(official, packages.Contains(package));
        Assert.Equal(!official, projects.Any(reference => reference.Contains($"Substitutes/{standIn}", StringComparison.Ordinal)));
    }

    private static async Task<(List<string> Packages, List<string> Projects)> EvaluateAsync(string project, bool official)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            WorkingDirectory = RepositoryRoot(),
            ArgumentList =
            {
                "msbuild", $"src/{project}/{project}.csproj", $"-p:OfficialPackages={(official ? "true" : "false")}",
                "-getItem:PackageReference", "-getItem:ProjectReference", "-nodeReuse:false",
            },
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output);
        var items = JsonDocument.Parse(output).RootElement.GetProperty("Items");
        return (Identities(items, "PackageReference"), Identities(items, "ProjectReference"));
    }

    private static List<string> Identities(JsonElement items, string name) =>
        [.. items.GetProperty(name).EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!)];

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "FleetSystem.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"FleetSystem.sln is in no folder above {AppContext.BaseDirectory}.");
    }
}
