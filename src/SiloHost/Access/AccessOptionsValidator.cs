using FleetSystem.FleetModel.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost.Access;

/// <summary>Checks <see cref="AccessOptions"/>, and that a host without access control listens where nobody else reaches it.</summary>
/// <param name="configuration">The host's configuration, which has its addresses.</param>
/// <param name="guards">Whether options guard what this host serves.</param>
/// <param name="means">What would guard it, for people.</param>
internal sealed class AccessOptionsValidator(IConfiguration configuration, Func<AccessOptions, bool> guards, string means) : IValidateOptions<AccessOptions>
{
    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        var faults = new FaultList(AccessOptions.Section);
        options.Check(faults);
        if (options.Trusted || guards(options)) return faults.ToResult();
        foreach (var address in ListenAddresses.Of(configuration).Where(address => !ListenAddresses.IsLoopback(address)))
        {
            faults.Add(nameof(options.Trusted), $"is false, and {address} is reached by others: "
                + $"give {means}, listen on 127.0.0.1, or put something before the host that controls access, and say so by true");
        }

        return faults.ToResult();
    }
}
