using System.Diagnostics;
using FleetSystem.FleetManager.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace FleetSystem.FleetManager.Tests.Storage;

/// <summary>Which store the process that is going to be killed writes to.</summary>
/// <param name="Kind">The provider.</param>
/// <param name="Location">Where its data is.</param>
public sealed record CrashWriterTarget(string Kind, string Location)
{
    private const string Variable = "FLEETSYSTEM_CRASH_WRITER";

    public static CrashWriterTarget Sqlite(string path) => new("sqlite", path);

    public static CrashWriterTarget DynamoDB(Uri service, string table) => new("dynamodb", $"{service}|{table}");

    public static CrashWriterTarget? FromEnvironment() =>
        Environment.GetEnvironmentVariable(Variable)?.Split('|', 2) is [var kind, var location] ? new CrashWriterTarget(kind, location) : null;

    /// <summary>This test program again, running only <see cref="CrashWriter"/>.</summary>
    public Process Start()
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            start.ArgumentList.Add(typeof(CrashWriter).Assembly.Location);
        foreach (var argument in (ReadOnlySpan<string>)["-explicit", "only", "-class", typeof(CrashWriter).FullName!, "-noColor", "-noLogo"])
            start.ArgumentList.Add(argument);
        start.Environment[Variable] = $"{Kind}|{Location}";
        return Process.Start(start)!;
    }
}

/// <summary>The other side of the durability test: writes as fast as it can and prints each key once its write was acknowledged, until it is killed.</summary>
public sealed class CrashWriter
{
    public const int Writers = 32;

    // Bounds the process if its parent dies before it can kill it.
    private const int WritesPerWriter = 20_000;

    [Fact(Explicit = true)]
    public async Task Write_UntilKilled_PrintsAcknowledgedKeys()
    {
        if (CrashWriterTarget.FromEnvironment() is not { } target)
            return;
        var storage = await OpenAsync(target);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(storage, writer))));
    }

    public static string TextOf(string key) => string.Concat(Enumerable.Repeat(key, 40));

    private static async Task WriteAsync(IGrainStorage storage, int writer)
    {
        for (var i = 0; i < WritesPerWriter; i++)
        {
            var key = $"{writer}-{i}";
            await storage.WriteStateAsync("crash", GrainId.Create("session", key), new TestGrainState(new TestState { Text = TextOf(key) }));
            Console.Out.WriteLine($"acknowledged {key}");
        }
    }

    private static async Task<IGrainStorage> OpenAsync(CrashWriterTarget target)
    {
        // Leaked on purpose: only SIGKILL ends this.
        switch (target.Kind)
        {
            case "sqlite":
                var services = new ServiceCollection().AddSerializer().AddMetrics().BuildServiceProvider();
                var storage = new SqliteGrainStorage(
                    "crash",
                    new SqliteStorageOptions { Path = target.Location },
                    services.GetRequiredService<IActivatorProvider>(),
                    TimeProvider.System,
                    ActivatorUtilities.CreateInstance<StorageMetrics>(services),
                    NullLogger<SqliteGrainStorage>.Instance);
                await storage.OpenAsync(CancellationToken.None);
                return storage;
            case "dynamodb" when target.Location.Split('|') is [var service, var table]:
                return await new DynamoDBTestStore(new Uri(service), table).OpenAsync();
            default:
                throw new NotSupportedException($"CrashWriter does not know the store '{target.Kind}'.");
        }
    }
}
