using FleetSystem.FleetModel.Configuration;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Storage;

/// <summary>Settings of the grain storage on DynamoDB. Where DynamoDB is says the section <c>DynamoDB</c>.</summary>
public sealed class DynamoDBStorageOptions
{
    /// <summary>The configuration section that faults are reported under.</summary>
    public const string SectionName = "Storage:DynamoDB";

    /// <summary>Name of the table, 3 to 255 letters, digits, <c>_</c>, <c>-</c> and <c>.</c>. The default is <c>FleetSystemGrainState</c>.</summary>
    public string Table { get; set; } = "FleetSystemGrainState";

    /// <summary>
    /// The largest state, in bytes of JSON. The default value is 380,000: DynamoDB's limit of 409,600 bytes an item less room for keys. Value must be between 1,000 and 400,000.
    /// </summary>
    public int MaxStateBytes { get; set; } = 380_000;

    /// <summary>
    /// The most calls under way at once; further ones wait for their turn, within their own deadline. The default value is 256. Value must be between 1 and 10,000.
    /// </summary>
    public int MaxConcurrentCalls { get; set; } = 256;

    /// <summary>The most calls that may wait for their turn; further ones are refused at once. The default value is 4,096. Value must be between 1 and 100,000.</summary>
    public int MaxWaitingCalls { get; set; } = 4_096;

    /// <summary>Rows that a listing reads at a time. The default value is 256. Value must be between 1 and 10,000.</summary>
    public int ListPageSize { get; set; } = 256;
}

/// <summary>Names every faulty setting of the DynamoDB grain storage at once.</summary>
internal sealed class DynamoDBStorageOptionsValidator : IValidateOptions<DynamoDBStorageOptions>
{
    public ValidateOptionsResult Validate(string? name, DynamoDBStorageOptions options)
    {
        var faults = new FaultList(DynamoDBStorageOptions.SectionName);
        faults.Check(
            options.Table is { Length: >= 3 and <= 255 } table && table.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.'),
            nameof(options.Table),
            $"is '{options.Table}': a table's name has 3 to 255 letters, digits, '_', '-' and '.'");
        Within(nameof(options.MaxStateBytes), options.MaxStateBytes, 1_000, 400_000);
        Within(nameof(options.MaxConcurrentCalls), options.MaxConcurrentCalls, 1, 10_000);
        Within(nameof(options.MaxWaitingCalls), options.MaxWaitingCalls, 1, 100_000);
        Within(nameof(options.ListPageSize), options.ListPageSize, 1, 10_000);
        return faults.ToResult();

        void Within(string key, int value, int least, int most) => faults.Check(value >= least && value <= most, key, $"is {value}: {least} to {most} is possible");
    }
}
