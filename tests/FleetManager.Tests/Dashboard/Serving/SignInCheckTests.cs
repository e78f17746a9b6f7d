using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FleetSystem.FleetManager.Dashboard.Serving;
using FleetSystem.SiloHost.Access;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.FleetManager.Tests.Dashboard.Serving;

/// <summary>An open page ends with its sign-in.</summary>
public sealed class SignInCheckTests : IDisposable
{
    private static readonly TimeSpan Reload = TimeSpan.FromSeconds(10);

    private readonly string _directory = Directory.CreateTempSubdirectory("sign-in-").FullName;
    private readonly FakeTimeProvider _clock = new();
    private readonly ServiceProvider _services;

    public SignInCheckTests()
    {
        Write("olga", "Operator");
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(_clock)
            .AddSingleton<CredentialChanges>()
            .AddSingleton<ApiKeyRing>()
            .Configure<AccessOptions>(access => (access.ApiKeysFile, access.ReloadInterval, access.SignIn.MaxLifetime) = (KeysFile, Reload, TimeSpan.FromHours(1)))
            .BuildServiceProvider();
    }

    private string KeysFile => Path.Combine(_directory, "keys.json");

    public void Dispose()
    {
        _services.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Page_KeyTakenOut_ItsUserIsNobody()
    {
        using var page = Open("olga", "Operator");
        Assert.True(await page.IsSignedInAfterALookAsync());

        Write("eve", "Operator");
        _clock.Advance(Reload);

        Assert.True(await page.EndedAsync());
    }

    [Fact]
    public async Task Page_KeysRoleIsLessNow_ItsUserIsNobody()
    {
        using var page = Open("olga", "Operator");
        Assert.True(await page.IsSignedInAfterALookAsync());

        Write("olga", "Viewer");
        _clock.Advance(Reload);

        Assert.True(await page.EndedAsync());
    }

    [Fact]
    public async Task Page_OpenAsLongAsASignInMayLast_ItsUserIsNobody()
    {
        using var page = Open("olga", "Operator");
        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.True(await page.IsSignedInAfterALookAsync());

        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.True(await page.EndedAsync());
    }

    private OpenPage Open(string name, string role)
    {
        var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, role), new Claim("fleetsystem:key", IdOf(name))], OperatorsAccess.CookieScheme));
        return new OpenPage(_services, _clock, user);
    }

    private void Write(string name, string role)
    {
        var entry = new { Name = name, Role = role, Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name + "-key"))) };
        File.WriteAllText(KeysFile, JsonSerializer.Serialize(new { ApiKeys = new[] { entry } }));
    }

    private static string IdOf(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name + "-key")))[..16];

    /// <summary>A page that looks without a pause.</summary>
    private sealed class OpenPage : SignInCheck
    {
        // For what never comes; it looks each millisecond.
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _looks;

        public OpenPage(IServiceProvider services, TimeProvider time, ClaimsPrincipal user)
            : base(services.GetRequiredService<IOptionsMonitor<AccessOptions>>(), services.GetRequiredService<ApiKeyRing>(), time, NullLoggerFactory.Instance)
        {
            AuthenticationStateChanged += async state =>
            {
                if ((await state).User.Identity?.IsAuthenticated != true) _ended.TrySetResult();
            };
            ((IHostEnvironmentAuthenticationStateProvider)this).SetAuthenticationState(Task.FromResult(new AuthenticationState(user)));
        }

        protected override TimeSpan RevalidationInterval => TimeSpan.FromMilliseconds(1);

        /// <summary>Whether its user is still somebody after it has looked again.</summary>
        public async Task<bool> IsSignedInAfterALookAsync()
        {
            for (var before = Volatile.Read(ref _looks); Volatile.Read(ref _looks) < before + 2 && !_ended.Task.IsCompleted;) await Task.Yield();
            return (await GetAuthenticationStateAsync()).User.Identity?.IsAuthenticated == true;
        }

        /// <summary>Waits until its user is nobody, and says whether a look at him says so too.</summary>
        public async Task<bool> EndedAsync()
        {
            await _ended.Task.WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
            return (await GetAuthenticationStateAsync()).User.Identity?.IsAuthenticated != true;
        }

        protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _looks);
            return base.ValidateAuthenticationStateAsync(authenticationState, cancellationToken);
        }
    }
}
