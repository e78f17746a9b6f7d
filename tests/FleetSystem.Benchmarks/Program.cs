using System.CommandLine;
using BenchmarkDotNet.Running;
using FleetSystem.Benchmarks.Informers;
using FleetSystem.Benchmarks.Load;
using FleetSystem.Benchmarks.Matching;
using FleetSystem.Benchmarks.Storage;

// Anything but a subcommand of ours belongs to BenchmarkDotNet, which has its own options.
Command[] commands =
[
    LoadCommand.Create(TimeProvider.System), StorageCommand.Create(TimeProvider.System), InformersCommand.Create(TimeProvider.System), MatchingCommand.Create(TimeProvider.System),
    QueueCommand.Create(),
];
if (args is [var first, ..] && commands.Any(command => command.Name == first))
{
    var root = new RootCommand("Measures FleetSystem.");
    foreach (var command in commands)
        root.Subcommands.Add(command);
    // Interrupted, a command still waits for its last answers and prints what it has.
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(6) });
}

// Without arguments it would ask which; all of them is the answer.
BenchmarkSwitcher.FromAssembly(typeof(StorageWriteBenchmarks).Assembly).Run(args.Length == 0 ? ["--filter", "*"] : args);
return 0;
