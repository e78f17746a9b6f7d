using Spectre.Console;

namespace FleetSystem.LocalCloud;

/// <summary>Shows what a long start is doing: a spinner on a terminal, lines elsewhere.</summary>
internal static class Progress
{
    /// <summary>Runs some work and shows its progress.</summary>
    public static Task ShowAsync(string what, Func<IProgress<string>, Task> work) =>
        AnsiConsole.Profile.Capabilities.Interactive
            ? AnsiConsole.Status().StartAsync(what, context => work(new Teller(text => context.Status(Markup.Escape(text)))))
            : work(new Teller(Console.WriteLine));

    /// <summary>Tells at once, on the caller's thread: the order of lines is the order of events.</summary>
    private sealed class Teller(Action<string> tell) : IProgress<string>
    {
        public void Report(string value) => tell(value);
    }
}
