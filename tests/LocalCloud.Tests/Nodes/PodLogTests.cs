using System.Text;
using FleetSystem.LocalCloud.Nodes;

namespace FleetSystem.LocalCloud.Tests.Nodes;

public sealed class PodLogTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fleetsystem-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task CopyAsync_MoreThanTheLimit_KeepsTheNewest()
    {
        const int Limit = 8192;
        var written = string.Concat(Enumerable.Range(0, 10_000).Select(number => $"line {number}\n"));
        await using (var log = PodLog.Open(_directory, "arena-1", Limit))
            await log.CopyAsync(new MemoryStream(Encoding.ASCII.GetBytes(written)));

        var kept = string.Concat(
            await File.ReadAllTextAsync(Path.Combine(_directory, "arena-1.log.1"), TestContext.Current.CancellationToken),
            await File.ReadAllTextAsync(Path.Combine(_directory, "arena-1.log"), TestContext.Current.CancellationToken));

        Assert.InRange(kept.Length, Limit / 4, Limit);
        Assert.EndsWith(kept, written, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(_directory).Length);
    }
}
