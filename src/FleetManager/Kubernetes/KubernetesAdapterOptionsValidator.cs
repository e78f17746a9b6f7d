using System.Globalization;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Kubernetes;

/// <summary>Lists every fault of <see cref="KubernetesAdapterOptions"/> at once, each with its key.</summary>
internal sealed class KubernetesAdapterOptionsValidator : IValidateOptions<KubernetesAdapterOptions>
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    public ValidateOptionsResult Validate(string? name, KubernetesAdapterOptions options)
    {
        var faults = new List<string>();
        Between(nameof(options.RequestTimeout), options.RequestTimeout, Shortest, Minute);
        Between(nameof(options.AllocationTimeout), options.AllocationTimeout, Shortest, Minute);
        Between(nameof(options.FindTimeout), options.FindTimeout, Shortest, Minute);
        Between(nameof(options.ListTimeout), options.ListTimeout, Shortest, 5 * Minute);
        Between(nameof(options.ConnectTimeout), options.ConnectTimeout, Shortest, Minute);
        Between(nameof(options.WatchTimeout), options.WatchTimeout, TimeSpan.FromSeconds(1), 60 * Minute);
        Between(nameof(options.StaleAfter), options.StaleAfter, TimeSpan.FromSeconds(1), 60 * Minute);
        Between(nameof(options.BackoffMin), options.BackoffMin, TimeSpan.FromMilliseconds(1), Minute);
        Between(nameof(options.BackoffMax), options.BackoffMax, options.BackoffMin, 10 * Minute);
        Between(nameof(options.RetryAfterMax), options.RetryAfterMax, TimeSpan.FromSeconds(1), 10 * Minute);
        Between(nameof(options.PageSize), options.PageSize, 1, 10_000);
        Between(nameof(options.ChannelCapacity), options.ChannelCapacity, 16, 1_000_000);
        Between(nameof(options.MaxConnections), options.MaxConnections, 4, 10_000);
        Between(nameof(options.MaxEventBytes), options.MaxEventBytes, 64 * 1024, 64 * 1024 * 1024);
        Between(nameof(options.MaxPageBytes), options.MaxPageBytes, 1024 * 1024, 1024 * 1024 * 1024);
        Between(nameof(options.InternedStrings), options.InternedStrings, 256, 1_000_000);
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Between<T>(string key, T value, T least, T most)
            where T : IComparable<T>
        {
            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
                faults.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{KubernetesAdapterOptions.Section}:{key} is {value}; set it to at least {least} and at most {most}."));
        }
    }
}
