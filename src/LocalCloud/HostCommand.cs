using FleetSystem.LocalCloud.Hosting;
using FleetSystem.SiloHost;

namespace FleetSystem.LocalCloud;

/// <summary>Runs one host of the cell as this process, until its standard input ends: how <c>--separate-hosts</c> starts them.</summary>
internal static class HostCommand
{
    /// <summary>Name of the command.</summary>
    public const string Name = "host";

    /// <summary>Runs a host.</summary>
    public static async Task<int> RunAsync(string kind, string configFile, string directory, CancellationToken cancellationToken)
    {
        var chosen = HostKind.All.FirstOrDefault(candidate => candidate.Name == kind) ?? throw new LocalCloudException($"There is no host '{kind}'.");
        Directory.CreateDirectory(directory);
        using var logs = RunLog.Create(directory, Path.GetFileNameWithoutExtension(configFile));
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var input = Task.Factory.StartNew(() => WaitForEnd(ending), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return await HostProgram.RunAsync(
            chosen.Name,
            () =>
            {
                var host = chosen.Build(["--config", configFile], builder => builder.Logging.ClearProviders().Services.AddSingleton(logs));
                ending.Token.Register(host.Lifetime.StopApplication);
                return host;
            },
            Console.Error);
    }

    private static void WaitForEnd(CancellationTokenSource ending)
    {
        using var input = Console.OpenStandardInput();
        var ignored = new byte[64];
        while (input.Read(ignored) > 0)
        {
        }

        ending.Cancel();
    }
}
