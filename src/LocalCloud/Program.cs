using System.CommandLine;
using System.Runtime.InteropServices;
using FleetSystem.LocalCloud;

// Ctrl-C and SIGTERM end the command in good order; a second one ends the process at once.
using var ending = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
return await CommandLine.Create(RunCommand.RunAsync, TourCommand.RunAsync).Parse(args)
    .InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }, ending.Token);

void End(PosixSignalContext signal)
{
    signal.Cancel = !ending.IsCancellationRequested;
    ending.Cancel();
}
