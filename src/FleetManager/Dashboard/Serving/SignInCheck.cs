using FleetSystem.SiloHost.Access;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Dashboard.Serving;

/// <summary>
/// Looks again and again whether whoever has a page open may still have it: a page asks no more requests that would be refused. Once his key is taken out, or his sign-in
/// is as old as it may be, he is nobody, and no action of the page does anything.
/// </summary>
internal class SignInCheck(IOptionsMonitor<AccessOptions> access, ApiKeyRing keys, TimeProvider time, ILoggerFactory logs) : RevalidatingServerAuthenticationStateProvider(logs)
{
    private readonly DateTimeOffset _opened = time.GetUtcNow();

    /// <inheritdoc/>
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        Task.FromResult(time.GetUtcNow() - _opened < access.CurrentValue.SignIn.MaxLifetime && keys.IsStillKnown(authenticationState.User));
}
