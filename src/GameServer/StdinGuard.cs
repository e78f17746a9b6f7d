namespace FleetSystem.GameServer;

/// <summary>Stops the server when standard input ends: the other end of that pipe is held by the process that started it, so no server outlives it.</summary>
internal static class StdinGuard
{
    private const int StackBytes = 128 * 1024;

    public static void Start(CancellationTokenSource stop)
    {
        // A blocking read on a thread of its own: a read of a console stream would block one of the few pool threads instead.
        var thread = new Thread(() => Watch(stop), StackBytes) { IsBackground = true, Name = "stdin" };
        thread.Start();
    }

    private static void Watch(CancellationTokenSource stop)
    {
        Span<byte> ignored = stackalloc byte[64];
        try
        {
            using var input = Console.OpenStandardInput();
            while (input.Read(ignored) > 0)
            {
            }
        }
        catch (IOException)
        {
        }

        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The server has ended by itself meanwhile.
        }
    }
}
