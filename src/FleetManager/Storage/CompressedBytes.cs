using System.IO.Compression;

namespace FleetSystem.FleetManager.Storage;

/// <summary>Bytes of a state that are stored compressed (Brotli), so that much of what repeats itself fits a store's limit for one state.</summary>
internal static class CompressedBytes
{
    /// <summary>Compresses.</summary>
    public static byte[] Pack(ReadOnlySpan<byte> bytes)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Optimal)) brotli.Write(bytes);
        return packed.ToArray();
    }

    /// <summary>Gives back what was compressed.</summary>
    public static byte[] Unpack(byte[] packed)
    {
        using var bytes = new MemoryStream();
        using (var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress)) brotli.CopyTo(bytes);
        return bytes.ToArray();
    }
}
