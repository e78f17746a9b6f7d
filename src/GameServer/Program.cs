using System.Net.Sockets;
using System.Runtime.InteropServices;
using FleetSystem.GameServer;
using FleetSystem.GameServer.Join;
using FleetSystem.GameServer.Net;
using FleetSystem.GameServer.Options;
using FleetSystem.GameServer.Sdk;
using FleetSystem.GameServer.Sessions;

var options = GameServerOptions.Read(args, Environment.GetEnvironmentVariable, out var faults);
var problems = faults.ToList();
var keys = options.JoinKeysFile.Length == 0 ? [] : JoinKeys.TryRead(options.JoinKeysFile, problems);
if (problems.Count > 0)
{
    foreach (var problem in problems)
        Console.Error.WriteLine(problem);
    return ExitCode.BadConfiguration;
}

var logger = new LineLogger(Console.OpenStandardOutput(), TimeProvider.System);
DatagramSocket socket;
try
{
    socket = new DatagramSocket(options.Address, options.Port);
}
catch (SocketException exception)
{
    Console.Error.WriteLine($"UDP {options.Address}:{options.Port} cannot be bound ({exception.SocketErrorCode}): choose another GAMESERVER_ADDRESS or GAMESERVER_PORT");
    return ExitCode.AddressInUse;
}

using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}

// Ctrl-C reaches the whole process group: who holds our standard input decides when we end, not the terminal that he was started from.
void Interrupt(PosixSignalContext context)
{
    context.Cancel = true;
    if (!options.ExitOnStdinClose)
        stop.Cancel();
}

using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
if (options.ExitOnStdinClose)
    StdinGuard.Start(stop);

using (socket)
using (var sdk = new AgonesSdk(options.SdkHost, options.SdkPort, TimeProvider.System))
{
    var host = new SessionHost(options, new JoinTokenVerifier(keys, TimeProvider.System), TimeProvider.System);
    return await new DedicatedServer(options, socket, host, sdk, TimeProvider.System, logger).RunAsync(stop.Token);
}
