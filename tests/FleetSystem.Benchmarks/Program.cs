using System.CommandLine;
using BenchmarkDotNet.Running;
using FleetSystem.Benchmarks.Storage;

// Anything but a subcommand of ours belongs to BenchmarkDotNet, which has its own options.
Command[] commands = [StorageCommand.Create(TimeProvider.System)];
if (args is [var first, ..] && commands.Any(command => command.Name == first))
{
    var root = new RootCommand("Measures FleetSystem.");
    foreach (var command in commands)
        root.Subcommands.Add(command);
    return await root.Parse(args).InvokeAsync();
}

BenchmarkSwitcher.FromAssembly(typeof(StorageWriteBenchmarks).Assembly).Run(args);
return 0;
