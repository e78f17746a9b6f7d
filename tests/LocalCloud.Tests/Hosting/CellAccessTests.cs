using System.Net;
using System.Net.Http.Headers;
using FleetSystem.LocalCloud.Bots;
using FleetSystem.LocalCloud.Hosting;

namespace FleetSystem.LocalCloud.Tests.Hosting;

/// <summary>The credentials that a local cell is started with.</summary>
[Collection(WholeSystem.Name)]
public sealed class CellAccessTests
{
    [Fact]
    public async Task Start_WithAccess_CallersNeedTheirKeysWhichAreInNoLogAndNoConfiguration()
    {
        var cancellation = TestContext.Current.CancellationToken;
        LocalCloudOptions? options = null;
        await using var cloud = await WholeSystem.StartAsync(
            wanted =>
            {
                (wanted.Regions, wanted.ZonesPerRegion, wanted.ServersPerZone) = (["ap-northeast-2"], 1, 1);
                options = wanted;
            },
            cancellation);
        var (regions, ops) = (new Uri(cloud.ApiUrl, "v1/regions"), new Uri(cloud.OperationsUrl, "ops/v1/regions"));
        var access = cloud.Access!;
        Assert.Equal(
            [HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden],
            [
                await StatusAsync(regions, null), await StatusAsync(ops, null), await StatusAsync(regions, access.BackendKey), await StatusAsync(regions, access.TokenOf("alice")), await StatusAsync(ops, access.OperatorKey),
                await StatusAsync(regions, access.OperatorKey), await StatusAsync(ops, access.BackendKey),
            ]);
        Assert.Contains(access.BackendKey, cloud.ExampleCurl(), StringComparison.Ordinal);

        // What other processes may read is readable for this user alone; nothing else has a secret in it.
        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in new[] { access.OperatorKeyFile, access.ViewerKeyFile, access.BackendKeyFile, Path.Combine(options!.DataDirectory, "access", "players-signing-key.pem") })
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        foreach (var file in Directory.EnumerateFiles(options!.DataDirectory, "*", SearchOption.AllDirectories).Except([access.OperatorKeyFile, access.ViewerKeyFile, access.BackendKeyFile]))
        {
            await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var text = await new StreamReader(open).ReadToEndAsync(cancellation);
            Assert.DoesNotContain(access.OperatorKey, text, StringComparison.Ordinal);
            Assert.DoesNotContain(access.ViewerKey, text, StringComparison.Ordinal);
            Assert.DoesNotContain(access.BackendKey, text, StringComparison.Ordinal);
        }

        async Task<HttpStatusCode> StatusAsync(Uri url, string? credential)
        {
            using var http = new HttpClient { DefaultRequestHeaders = { Authorization = credential is null ? null : new AuthenticationHeaderValue("Bearer", credential) } };
            using var answer = await http.GetAsync(url, cancellation);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Start_WithoutAccess_EverybodyMayCall()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cloud = await WholeSystem.StartAsync(
            options => (options.Regions, options.ZonesPerRegion, options.ServersPerZone, options.Access) = (["ap-northeast-2"], 1, 1, false), cancellation);
        Assert.Null(cloud.Access);
        Assert.Empty(cloud.Credentials());
        Assert.DoesNotContain("Authorization", cloud.ExampleCurl(), StringComparison.Ordinal);
        using var api = PlayersApi.Of(cloud);
        Assert.NotEmpty((await api.RegionsAsync(cancellation)).Regions);
    }
}
