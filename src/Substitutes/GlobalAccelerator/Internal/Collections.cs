namespace Amazon.GlobalAccelerator.Internal;

/// <summary>The start value of collections in requests and responses.</summary>
internal static class Collections
{
    /// <summary>Null, as version 4 of the SDK has it, unless <see cref="AWSConfigs.InitializeCollections"/> asks for empty ones.</summary>
    public static List<T>? New<T>() => AWSConfigs.InitializeCollections ? [] : null;
}
