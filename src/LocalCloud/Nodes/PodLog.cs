namespace FleetSystem.LocalCloud.Nodes;

/// <summary>Keeps the newest output of a pod in two files of half the limit each: the full one steps back as <c>.1</c>.</summary>
internal sealed class PodLog : IAsyncDisposable
{
    private const int BytesLeast = 4096;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly int _fileBytesMax;
    private FileStream _file;

    private PodLog(string path, int bytesMax)
    {
        Path = path;
        _fileBytesMax = Math.Max(bytesMax, BytesLeast) / 2;
        _file = Create(path);
    }

    public string Path { get; }

    public static PodLog Open(string directory, string name, int bytesMax)
    {
        Directory.CreateDirectory(directory);
        return new PodLog(System.IO.Path.Combine(directory, name + ".log"), bytesMax);
    }

    /// <summary>Copies a stream until it ends.</summary>
    public async Task CopyAsync(Stream from)
    {
        var buffer = new byte[BytesLeast / 2];
        try
        {
            while (await from.ReadAsync(buffer) is var length and > 0)
                await WriteAsync(buffer.AsMemory(0, length));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The pipe broke with its process, or the disk is full: neither is a reason to lose the pod.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        _gate.Dispose();
    }

    private static FileStream Create(string path) => new(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        await _gate.WaitAsync();
        try
        {
            if (_file.Position + bytes.Length > _fileBytesMax)
            {
                await _file.DisposeAsync();
                File.Move(Path, Path + ".1", overwrite: true);
                _file = Create(Path);
            }

            await _file.WriteAsync(bytes);
        }
        finally
        {
            _gate.Release();
        }
    }
}
