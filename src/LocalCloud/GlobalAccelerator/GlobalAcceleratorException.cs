namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>An error that the API answers: its documented name, a message, an HTTP status.</summary>
internal sealed class GlobalAcceleratorException(string error, string message, int status = 400) : Exception(message)
{
    public string Error { get; } = error;

    public int Status { get; } = status;

    public static GlobalAcceleratorException InvalidArgument(string message) => new("InvalidArgumentException", message);

    public static GlobalAcceleratorException InvalidPortRange(string message) => new("InvalidPortRangeException", message);

    public static GlobalAcceleratorException LimitExceeded(string message) => new("LimitExceededException", message);

    public static GlobalAcceleratorException NotFound(string kind, string arn) => new($"{kind}NotFoundException", $"There is no such resource: {arn}.");
}
