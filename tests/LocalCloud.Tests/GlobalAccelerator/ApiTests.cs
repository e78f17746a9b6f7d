using System.Net;
using System.Text;
using Amazon.GlobalAccelerator;
using Amazon.GlobalAccelerator.Model;
using Amazon.Runtime;
using FleetSystem.LocalCloud.GlobalAccelerator;
using FleetSystem.LocalCloud.Tests.LoadBalancing;
using Microsoft.Extensions.Time.Testing;
using LimitExceededException = Amazon.GlobalAccelerator.Model.LimitExceededException;

namespace FleetSystem.LocalCloud.Tests.GlobalAccelerator;

public sealed class ApiTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Execute_WrongSecret_InvalidSignature()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var client = local.NewClient(secret: "other");

        var error = await Assert.ThrowsAsync<AmazonGlobalAcceleratorException>(() => client.ListAcceleratorsAsync(new(), Stop));

        Assert.Equal("InvalidSignatureException", error.ErrorCode);
        Assert.Equal(HttpStatusCode.Forbidden, error.StatusCode);
    }

    [Fact]
    public async Task Execute_UnknownKey_UnrecognizedClient()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var client = local.NewClient(key: "other");

        var error = await Assert.ThrowsAsync<AmazonGlobalAcceleratorException>(() => client.ListAcceleratorsAsync(new(), Stop));

        Assert.Equal("UnrecognizedClientException", error.ErrorCode);
    }

    [Fact]
    public async Task Execute_SignedForAnotherRegion_InvalidSignature()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var client = local.NewClient(configure: config => config.AuthenticationRegion = "ap-northeast-2");

        var error = await Assert.ThrowsAsync<AmazonGlobalAcceleratorException>(() => client.ListAcceleratorsAsync(new(), Stop));

        Assert.Equal("InvalidSignatureException", error.ErrorCode);
    }

    [Fact]
    public async Task Execute_BodyChangedOnTheWay_InvalidSignature()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var client = local.NewClient(configure: config => config.HttpClientFactory = new TamperingFactory());

        var error = await Assert.ThrowsAsync<AmazonGlobalAcceleratorException>(
            () => client.CreateAcceleratorAsync(new() { Name = "arena" }, Stop));

        Assert.Equal("InvalidSignatureException", error.ErrorCode);
    }

    [Fact]
    public async Task Execute_ClockTenMinutesOff_SignatureExpired()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(10));
        await using var local = await LocalGlobalAccelerator.StartAsync(options => options.ClockSkewMax = TimeSpan.FromMinutes(5), clock);

        var error = await Assert.ThrowsAsync<AmazonGlobalAcceleratorException>(() => local.Client.ListAcceleratorsAsync(new(), Stop));

        Assert.Contains("Signature expired", error.Message);
    }

    [Fact]
    public async Task Execute_NotSigned_MissingAuthenticationToken()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, local.Url) { Content = new StringContent("{}") };
        request.Headers.Add("X-Amz-Target", "GlobalAccelerator_V20180706.ListAccelerators");

        using var answer = await http.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("application/x-amz-json-1.1", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("\"__type\":\"MissingAuthenticationTokenException\"", await answer.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task Execute_BodyOverTheLimit_Refused()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync(options => options.RequestBytesMax = 2048);

        var error = await Assert.ThrowsAsync<AmazonGlobalAcceleratorException>(
            () => local.Client.CreateAcceleratorAsync(new() { Name = new string('a', 4096) }, Stop));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, error.StatusCode);
    }

    [Theory]
    [InlineData("", "Name is required")]
    [InlineData("n256", "Name has 256 characters")]
    public async Task CreateAccelerator_NameOutOfBounds_InvalidArgumentNamesIt(string name, string message)
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();

        var error = await Assert.ThrowsAsync<InvalidArgumentException>(
            () => local.Client.CreateAcceleratorAsync(new() { Name = name.Length == 0 ? null : new string('n', 256) }, Stop));

        Assert.Contains(message, error.Message);
    }

    [Fact]
    public async Task DescribeCustomRoutingAccelerator_UnknownArn_AcceleratorNotFound()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();

        var error = await Assert.ThrowsAsync<AcceleratorNotFoundException>(() => local.Client.DescribeCustomRoutingAcceleratorAsync(
            new() { AcceleratorArn = "arn:aws:globalaccelerator::123456789012:accelerator/00000000-0000-0000-0000-000000000000" }, Stop));

        Assert.Equal(HttpStatusCode.BadRequest, error.StatusCode);
        Assert.Equal(ErrorType.Unknown, error.ErrorType);
        Assert.NotEmpty(error.RequestId);
    }

    [Fact]
    public async Task CreateCustomRoutingAccelerator_SameTokenAgain_SameAcceleratorOnce()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var request = new CreateCustomRoutingAcceleratorRequest { Name = "arena", IdempotencyToken = "one" };

        var first = await local.Client.CreateCustomRoutingAcceleratorAsync(request, Stop);
        var second = await local.Client.CreateCustomRoutingAcceleratorAsync(request, Stop);
        var other = await Assert.ThrowsAsync<InvalidArgumentException>(
            () => local.Client.CreateCustomRoutingAcceleratorAsync(new() { Name = "other", IdempotencyToken = "one" }, Stop));
        var list = await local.Client.ListCustomRoutingAcceleratorsAsync(new(), Stop);

        Assert.Equal(first.Accelerator!.AcceleratorArn, second.Accelerator!.AcceleratorArn);
        Assert.Single(list.Accelerators!);
        Assert.Contains("IdempotencyToken", other.Message);
    }

    [Fact]
    public async Task CreateCustomRoutingAccelerator_BeyondTheQuota_LimitExceeded()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        for (var i = 0; i < 10; i++)
            await local.Client.CreateCustomRoutingAcceleratorAsync(new() { Name = $"a{i}" }, Stop);

        await Assert.ThrowsAsync<LimitExceededException>(() => local.Client.CreateCustomRoutingAcceleratorAsync(new() { Name = "a10" }, Stop));
    }

    [Fact]
    public async Task ListCustomRoutingAccelerators_Paged_EachOnceInOrder()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        for (var i = 0; i < 7; i++)
            await local.Client.CreateCustomRoutingAcceleratorAsync(new() { Name = $"a{i}" }, Stop);

        var names = new List<string>();
        string? next = null;
        do
        {
            var page = await local.Client.ListCustomRoutingAcceleratorsAsync(new() { MaxResults = 3, NextToken = next }, Stop);
            Assert.InRange(page.Accelerators!.Count, 1, 3);
            names.AddRange(page.Accelerators.Select(a => a.Name!));
            next = page.NextToken;
        }
        while (next is not null);

        Assert.Equal(["a0", "a1", "a2", "a3", "a4", "a5", "a6"], names);
    }

    [Fact]
    public async Task ListAccelerators_TokenOfAnotherList_InvalidNextToken()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        for (var i = 0; i < 2; i++)
            await local.Client.CreateCustomRoutingAcceleratorAsync(new() { Name = $"a{i}" }, Stop);
        var page = await local.Client.ListCustomRoutingAcceleratorsAsync(new() { MaxResults = 1 }, Stop);

        await Assert.ThrowsAsync<InvalidNextTokenException>(() => local.Client.ListAcceleratorsAsync(new() { NextToken = page.NextToken }, Stop));
        await Assert.ThrowsAsync<InvalidNextTokenException>(() => local.Client.ListAcceleratorsAsync(new() { NextToken = "???" }, Stop));
    }

    [Fact]
    public async Task UpdateAccelerator_WhileInProgress_TransactionInProgressUntilDeployed()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var local = await LocalGlobalAccelerator.StartAsync(options => options.DeploymentTime = TimeSpan.FromMinutes(5), clock);
        var created = await local.Client.CreateAcceleratorAsync(new() { Name = "api" }, Stop);
        var update = new UpdateAcceleratorRequest { AcceleratorArn = created.Accelerator!.AcceleratorArn, Enabled = false };

        await Assert.ThrowsAsync<TransactionInProgressException>(() => local.Client.UpdateAcceleratorAsync(update, Stop));
        clock.Advance(TimeSpan.FromMinutes(5));
        var described = await local.Client.DescribeAcceleratorAsync(new() { AcceleratorArn = update.AcceleratorArn }, Stop);
        var updated = await local.Client.UpdateAcceleratorAsync(update, Stop);

        Assert.Equal(AcceleratorStatus.IN_PROGRESS, created.Accelerator.Status);
        Assert.Equal(AcceleratorStatus.DEPLOYED, described.Accelerator!.Status);
        Assert.Equal(AcceleratorStatus.IN_PROGRESS, updated.Accelerator!.Status);
        Assert.Equal(TimeSpan.FromMinutes(5), updated.Accelerator.LastModifiedTime - updated.Accelerator.CreatedTime);
        Assert.Equal(clock.GetUtcNow().UtcDateTime, updated.Accelerator.LastModifiedTime!.Value, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task DeleteAccelerator_EnabledOrInUse_RefusedInTheDocumentedOrder()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var plan = await CustomRoutingPlan.CreateAsync(local, networks: "127.20.1.0/28");
        var delete = new DeleteCustomRoutingAcceleratorRequest { AcceleratorArn = plan.AcceleratorArn };

        await Assert.ThrowsAsync<AcceleratorNotDisabledException>(() => local.Client.DeleteCustomRoutingAcceleratorAsync(delete, Stop));
        await local.Client.UpdateCustomRoutingAcceleratorAsync(new() { AcceleratorArn = plan.AcceleratorArn, Enabled = false }, Stop);
        await Assert.ThrowsAsync<AssociatedListenerFoundException>(() => local.Client.DeleteCustomRoutingAcceleratorAsync(delete, Stop));
        await Assert.ThrowsAsync<AssociatedEndpointGroupFoundException>(
            () => local.Client.DeleteCustomRoutingListenerAsync(new() { ListenerArn = plan.ListenerArn }, Stop));
        await local.Client.DeleteCustomRoutingEndpointGroupAsync(new() { EndpointGroupArn = plan.GroupArn }, Stop);
        await local.Client.DeleteCustomRoutingListenerAsync(new() { ListenerArn = plan.ListenerArn }, Stop);
        await local.Client.DeleteCustomRoutingAcceleratorAsync(delete, Stop);

        Assert.Empty((await local.Client.ListCustomRoutingAcceleratorsAsync(new(), Stop)).Accelerators!);
    }

    [Fact]
    public async Task Execute_ControlPlaneFails_ErrorUntilItIsRestored()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();

        local.Service.Faults.Current = ControlPlaneFault.Fail;
        await Assert.ThrowsAsync<InternalServiceErrorException>(() => local.Client.ListAcceleratorsAsync(new(), Stop));
        local.Service.Faults.Current = ControlPlaneFault.Throttle;
        var throttled = await Assert.ThrowsAsync<AmazonGlobalAcceleratorException>(() => local.Client.ListAcceleratorsAsync(new(), Stop));
        local.Service.Faults.Current = ControlPlaneFault.Disconnect;
        await Assert.ThrowsAnyAsync<Exception>(() => local.Client.ListAcceleratorsAsync(new(), Stop));
        local.Service.Faults.Current = ControlPlaneFault.None;

        Assert.Equal("ThrottlingException", throttled.ErrorCode);
        Assert.Empty((await local.Client.ListAcceleratorsAsync(new(), Stop)).Accelerators!);
    }

    [Fact]
    public async Task Execute_ControlPlaneHangs_OnlyTheCallersDeadlineEndsTheCall()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        local.Service.Faults.Current = ControlPlaneFault.Hang;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);

        var call = local.Client.ListAcceleratorsAsync(new(), deadline.Token);
        await UdpRelayTests.UntilAsync(() => local.Service.Faults.Hanging == 1);
        Assert.False(call.IsCompleted);
        await deadline.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Stop_CallsHang_TheyEndWithTheHost()
    {
        var local = await LocalGlobalAccelerator.StartAsync();
        local.Service.Faults.Current = ControlPlaneFault.Hang;
        using var http = new HttpClient();
        var call = http.PostAsync(local.Url, new StringContent("{}"), Stop);
        await UdpRelayTests.UntilAsync(() => local.Service.Faults.Hanging == 1);

        // The host's own limit for calls that are under way is 30 seconds.
        await local.StopAsync().WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Stop);

        await Assert.ThrowsAsync<HttpRequestException>(() => call);
        await local.DisposeAsync();
    }

    private sealed class TamperingFactory : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new TamperingHandler());
    }

    private sealed class TamperingHandler() : DelegatingHandler(new HttpClientHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var type = request.Content!.Headers.ContentType;
            var body = await request.Content.ReadAsStringAsync(cancellationToken);
            request.Content = new StringContent(body.Replace("arena", "brena", StringComparison.Ordinal), Encoding.UTF8);
            request.Content.Headers.ContentType = type;
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
