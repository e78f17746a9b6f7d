using FleetSystem.FleetModel.Configuration;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Allocator;

/// <summary>Checks <see cref="AllocatorOptions"/> against the cell's configuration, which has its own validator and may be faulty itself.</summary>
internal sealed class AllocatorOptionsValidator(IConfiguration configuration) : IValidateOptions<MatchmakerOptions>
{
    public ValidateOptionsResult Validate(string? name, MatchmakerOptions options)
    {
        var faults = new FaultList(MatchmakerOptions.Section);
        options.Allocator.Check(
            nameof(options.Allocator) + ":",
            configuration.GetSection(FleetSystemOptions.Section).Get<FleetSystemOptions>() ?? new FleetSystemOptions(),
            faults);
        return faults.ToResult();
    }
}
