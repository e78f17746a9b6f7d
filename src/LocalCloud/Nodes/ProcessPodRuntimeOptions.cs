namespace FleetSystem.LocalCloud.Nodes;

/// <summary>Where game server processes come from and what they are given.</summary>
internal sealed record ProcessPodRuntimeOptions
{
    /// <summary>Container image to executable; a path that ends in <c>.dll</c> is run with this process's own .NET host.</summary>
    public IReadOnlyDictionary<string, string> Executables { get; init; } = new Dictionary<string, string>();

    /// <summary>Executable of images not listed, or null to refuse them. The default value is the game server built along with LocalCloud.</summary>
    public string? DefaultExecutable { get; init; } = Path.Combine(AppContext.BaseDirectory, "gameserver", "FleetSystem.GameServer.dll");

    /// <summary>Directory of the pods' log files, made when missing.</summary>
    public string LogDirectory { get; init; } = Path.Combine(Path.GetTempPath(), "fleetsystem", "pods");

    /// <summary>Most bytes of output kept for a pod, in two files. The default value is 1 MiB. Value must be at least 4096.</summary>
    public int LogBytesMax { get; init; } = 1024 * 1024;

    /// <summary>Environment of every pod; the pod's own and the runtime's variables win.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
